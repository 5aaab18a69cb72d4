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
            assert!(settings.write_to(&mut shown).is_ok() && str::from_utf8(&shown).is_ok());
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}
