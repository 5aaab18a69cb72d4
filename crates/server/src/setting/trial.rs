//! What must hold of any bytes that stand in a settings file: the suite's own trials and the fuzz target of `fuzz/` ask
//! the same.

use super::Settings;
use super::layer::Layers;
use std::path::Path;

/// Whatever `bytes` are, as a settings file they are settings, or an error says in words what is wrong with them.
pub fn any_settings(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let mut layers = Layers::defaults();
    let read = layers.add_text(text, Path::new("attache.toml")).and_then(|()| Settings::of(layers));
    match read {
        Ok(settings) => {
            let mut shown = Vec::new();
            settings.write_to(&mut shown).expect("a vector takes all");
            let shown = str::from_utf8(&shown).expect("settings are shown as text");
            let again: toml::Table = shown.parse().unwrap_or_else(|error| panic!("{error} in what is shown:\n{shown}"));
            assert_eq!(again["storage"].as_str(), Some(settings.storage.to_string().as_str()));
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
