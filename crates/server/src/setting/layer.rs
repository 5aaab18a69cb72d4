//! The layers of settings. Every value is text until it is read, and knows where it came from for messages.

use super::{nearest, table};
use crate::cli::{Place, Reach};
use crate::{Error, Result};
use attache_model::limits::Limits;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

/// The name of the settings file in the data folder.
const FILE: &str = "attache.toml";

/// Variables of the client's commands, which say nothing about a server.
const CLIENTS: [&str; 3] = ["ATTACHE_URL", "ATTACHE_TOKEN", "ATTACHE_PROFILE"];

/// Where a value came from; a later one wins over an earlier one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin {
    Default,
    File(PathBuf),
    Variable(String),
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::File(path) => write!(f, "{}", path.display()),
            Origin::Variable(name) => f.write_str(name),
            Origin::Flag(name) => write!(f, "--{name}"),
        }
    }
}

/// All values by name, each from the strongest layer that has it.
#[derive(Clone)]
pub(super) struct Layers(BTreeMap<String, (String, Origin)>);

/// The texts may hold a password.
impl fmt::Debug for Layers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Layers(..)")
    }
}

impl Layers {
    /// The weakest layer, which has every name.
    pub(super) fn defaults() -> Layers {
        let settings = table::SETTINGS.iter().map(|setting| (setting.name.to_owned(), setting.default.to_owned()));
        let limits = Limits::TABLE.iter().map(|limit| (table::limit_key(limit.name), limit.default.to_string()));
        Layers(settings.chain(limits).map(|(key, text)| (key, (text, Origin::Default))).collect())
    }

    /// Adds the `ATTACHE_*` variables. An empty one counts as not set, as composing tools write it.
    pub(super) fn add_environment(&mut self, variables: impl IntoIterator<Item = (OsString, OsString)>) -> Result<()> {
        let keys: BTreeMap<String, String> = table::keys().map(|key| (table::variable(&key), key)).collect();
        for (name, value) in variables {
            let Some(name) = name.to_str().filter(|name| name.starts_with("ATTACHE_")) else { continue };
            if CLIENTS.contains(&name) {
                continue;
            }
            let origin = Origin::Variable(name.into());
            let Some(key) = keys.get(name) else {
                return Err(unknown(name, "environment", keys.keys().map(String::as_str)));
            };
            let value = value
                .into_string()
                .map_err(|value| Error::setting(key, &origin, &value.to_string_lossy(), "it has to be UTF-8".into()))?;
            if !value.is_empty() {
                self.put(key, value, origin);
            }
        }
        Ok(())
    }

    /// Adds the flags of the command line.
    pub(super) fn add_flags(&mut self, place: &Place, reach: &Reach) {
        let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.to_string_lossy().into_owned());
        let networks = (!reach.allow_private_network.is_empty()).then(|| reach.allow_private_network.join(","));
        let flags = [
            ("data", "data", path(&place.data)),
            ("config", "config", path(&place.config)),
            ("database", "database", place.database.clone()),
            ("storage", "storage", place.storage.clone()),
            ("log", "log", place.log.clone()),
            ("listen", "listen", reach.listen.clone()),
            ("metrics_listen", "metrics-listen", reach.metrics_listen.clone()),
            ("public_url", "public-url", reach.public_url.clone()),
            ("downloads", "downloads", reach.downloads.clone()),
            ("allow_private_network", "allow-private-network", networks),
        ];
        for (key, flag, value) in flags {
            if let Some(value) = value {
                self.put(key, value, Origin::Flag(flag));
            }
        }
    }

    /// Adds the settings file that the layers so far lead to. One that was named must be there.
    pub(super) fn add_file(&mut self) -> Result<()> {
        let named = self.text("config");
        let (path, must_exist) = match named {
            "" => (Path::new(self.text("data")).join(FILE), false),
            named => (PathBuf::from(named), true),
        };
        let fail = |why: String| Error::SettingsFile { path: path.clone(), why };
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !must_exist => return Ok(()),
            Err(error) => return Err(fail(error.to_string())),
        };
        self.add_text(&text, &path)
    }

    /// Adds the text of the settings file at `path`.
    pub(super) fn add_text(&mut self, text: &str, path: &Path) -> Result<()> {
        let fail = |why: String| Error::SettingsFile { path: path.to_owned(), why };
        let members: toml::Table = text.parse().map_err(|error: toml::de::Error| fail(error.to_string()))?;
        for (key, value) in members {
            match value {
                toml::Value::Table(limits) if key == "limits" => {
                    for (name, value) in limits {
                        self.put_from_file(&table::limit_key(&name), &value, path)?;
                    }
                }
                value => self.put_from_file(&key, &value, path)?,
            }
        }
        Ok(())
    }

    fn put_from_file(&mut self, key: &str, value: &toml::Value, path: &Path) -> Result<()> {
        let origin = Origin::File(path.to_owned());
        if !self.0.contains_key(key) {
            return Err(unknown(key, &origin.to_string(), self.0.keys().map(String::as_str)));
        }
        if table::SETTINGS.iter().any(|setting| setting.name == key && setting.leads_to_file) {
            let why = format!("it says where this file is; set it with --{key} or {}", table::variable(key));
            return Err(Error::setting(key, &origin, &value.to_string(), why));
        }
        let text = as_text(value).ok_or_else(|| {
            let why = "it has to be a text, a whole number or a list of texts".into();
            Error::setting(key, &origin, &value.to_string(), why)
        })?;
        self.put(key, text, origin);
        Ok(())
    }

    fn put(&mut self, key: &str, text: String, origin: Origin) {
        if self.0.get(key).is_none_or(|(_, there)| *there <= origin) {
            self.0.insert(key.to_owned(), (text, origin));
        }
    }

    /// The text of a setting; every name of the tables has one.
    pub(super) fn text(&self, key: &str) -> &str {
        self.0.get(key).map_or("", |(text, _)| text)
    }

    /// Where the value of a setting came from.
    pub(super) fn origin(&self, key: &str) -> &Origin {
        self.0.get(key).map_or(&Origin::Default, |(_, origin)| origin)
    }

    /// Reads a setting with `read`, whose error says what would be right.
    pub(super) fn read<T>(&self, key: &str, read: impl FnOnce(&str) -> Result<T, String>) -> Result<T> {
        let text = self.text(key);
        read(text).map_err(|why| Error::setting(key, self.origin(key), text, why))
    }
}

fn as_text(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Array(items) => {
            let texts: Option<Vec<&str>> = items.iter().map(toml::Value::as_str).collect();
            Some(texts?.join(","))
        }
        _ => None,
    }
}

fn unknown<'a>(name: &str, origin: &str, known: impl Iterator<Item = &'a str>) -> Error {
    let nearest = nearest::of(name, known).map(str::to_owned);
    Error::UnknownSetting { name: name.into(), origin: origin.into(), nearest }
}
