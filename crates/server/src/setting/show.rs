//! The settings as `attache config` shows them, without secrets.

use super::{Settings, table};
use attache_model::limits::Limits;
use std::io::{self, Write};
use url::Url;

impl Settings {
    /// Writes a line for every setting and limit: name, value, origin; then, as comments, the limits that none changes.
    pub fn write_to(&self, out: &mut impl Write) -> io::Result<()> {
        for key in table::keys() {
            let value = self.shown(&key);
            writeln!(out, "{key} = {value}  # {}", self.layers.origin(&key))?;
        }
        for limit in Limits::FIXED {
            writeln!(out, "# limits.{} = {}  # always", limit.name, limit.default)?;
        }
        Ok(())
    }

    /// The value in force as it would stand in the settings file; derived defaults are spelt out.
    fn shown(&self, key: &str) -> String {
        let text = match key {
            "database" => self.database.to_string(),
            "storage" => self.storage.to_string(),
            "public_url" => self.public_url_at(self.listen),
            _ => self.layers.text(key).to_owned(),
        };
        if key.starts_with("limits.") { text } else { toml::Value::String(text).to_string() }
    }
}

/// A value as a message may show it.
pub(super) fn masked(key: &str, text: &str) -> String {
    if key == "database" { without_password(text) } else { text.to_owned() }
}

/// A database's URL with `***` for the password; the whole of it where it cannot be read but may hold one.
pub(super) fn without_password(text: &str) -> String {
    let Ok(mut url) = Url::parse(text) else {
        return if text.contains('@') { "***".into() } else { text.to_owned() };
    };
    // The setter fails for URLs that cannot have a password, which then hold none.
    let _ = url.password().is_some().then(|| url.set_password(Some("***")));
    let pairs: Vec<(String, String)> = url.query_pairs().map(|(key, value)| (key.into(), value.into())).collect();
    if pairs.iter().any(|(key, _)| key == "password") {
        let shown = pairs.iter().map(|(key, value)| (key, if key == "password" { "***" } else { value }));
        url.query_pairs_mut().clear().extend_pairs(shown);
    }
    url.to_string()
}
