//! Logins by name, in `login.toml`: a server's address and a token of it. Only their owner can read the file.

use super::failure::{Exit, Failure, Result};
use super::home;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::PathBuf;

/// Where a server is, and who asks.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Login {
    pub(super) url: String,
    pub(super) token: String,
}

/// All logins.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Profiles {
    #[serde(default, rename = "profile")]
    by_name: BTreeMap<String, Login>,
}

impl Profiles {
    /// Those that are kept; none where there is no file yet.
    pub(super) fn read() -> Result<Profiles> {
        let path = path()?;
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Profiles::default()),
            Err(error) => return Err(Failure::io(format!("read {}", path.display()))(error)),
        };
        toml::from_str(&text).map_err(|error| {
            let line = error.message().lines().next().unwrap_or_default();
            Failure::trouble(format!("{} cannot be read: {line}; remove it and run 'attache login'", path.display()))
        })
    }

    /// The login of this name.
    ///
    /// # Errors
    /// A refusal that says how to log in.
    pub(super) fn of(mut self, name: &str) -> Result<Login> {
        self.by_name.remove(name).ok_or_else(|| {
            let words = match name {
                "default" => {
                    "nobody is logged in; run 'attache login URL', or set ATTACHE_URL and ATTACHE_TOKEN".into()
                }
                name => format!("there is no login '{name}'; run 'attache login URL --profile {name}'"),
            };
            Failure::new(Exit::Refused, "not_logged_in", words)
        })
    }

    /// The address of this login, if it is there.
    pub(super) fn url(&self, name: &str) -> Option<String> {
        self.by_name.get(name).map(|login| login.url.clone())
    }

    /// Keeps a login.
    pub(super) fn keep(mut self, name: &str, login: Login) -> Result<()> {
        self.by_name.insert(name.to_owned(), login);
        self.write()
    }

    /// Forgets a login; whether it was there.
    pub(super) fn forget(mut self, name: &str) -> Result<bool> {
        let was_there = self.by_name.remove(name).is_some();
        if was_there {
            self.write()?;
        }
        Ok(was_there)
    }

    fn write(&self) -> Result<()> {
        let text = toml::to_string(self).map_err(|error| Failure::trouble(format!("write the logins: {error}")))?;
        home::write(&path()?, &text)
    }
}

fn path() -> Result<PathBuf> {
    Ok(home::settings()?.join("login.toml"))
}
