//! Where a person's settings and state are kept (XDG base directories), and files that nobody else may read.

use super::failure::{Failure, Result};
use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The folder of settings: `$XDG_CONFIG_HOME/attache`, `~/.config/attache` as a rule.
pub(super) fn settings() -> Result<PathBuf> {
    folder("XDG_CONFIG_HOME", ".config")
}

/// The folder of state: `$XDG_STATE_HOME/attache`, `~/.local/state/attache` as a rule.
pub(super) fn state() -> Result<PathBuf> {
    folder("XDG_STATE_HOME", ".local/state")
}

fn folder(variable: &str, below_home: &str) -> Result<PathBuf> {
    let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = absolute(variable).or_else(|| Some(absolute("HOME")?.join(below_home)));
    let why = || Failure::trouble(format!("there is no place for what is to be kept: set HOME or {variable}"));
    base.map(|base| base.join("attache")).ok_or_else(why)
}

/// Makes a folder that only its owner may enter.
pub(super) fn make(folder: &Path) -> Result<()> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    made.map_err(Failure::io(format!("make the folder {}", folder.display())))
}

/// Writes a file that only its owner may read: a new one takes the place of the old one, or the old one stays.
pub(super) fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        make(folder)?;
    }
    let new = path.with_extension(format!("{}.new", std::process::id()));
    let written = (|| {
        let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, path)
    })();
    written.map_err(|error| {
        // What is left of it is of no use to anybody.
        let _ = fs::remove_file(&new);
        Failure::io(format!("write {}", path.display()))(error)
    })
}
