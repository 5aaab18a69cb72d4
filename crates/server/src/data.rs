//! The data folder: made private to its owner, and held by one server at a time.

use crate::{Error, Result};
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The name of the lock file in the data folder.
const LOCK: &str = "attache.lock";

/// The folder that everything is kept in.
#[derive(Clone, Debug)]
pub struct DataFolder {
    path: PathBuf,
}

impl DataFolder {
    /// Makes the folder when it is missing, readable by its owner alone. One that is there keeps its permissions.
    pub fn open(path: &Path) -> Result<DataFolder> {
        let fail = |source| Error::Data { path: path.to_owned(), source };
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(fail)?;
        let mode = path.metadata().map_err(fail)?.permissions().mode();
        if mode & 0o007 != 0 {
            tracing::warn!(path = %path.display(), "every user of this machine can look into the data folder; chmod 700 closes it");
        }
        Ok(DataFolder { path: path.to_owned() })
    }

    /// The folder of a command that has no business making one: a mistyped path should not become an empty installation.
    pub fn existing(path: &Path) -> Result<DataFolder> {
        match path.metadata() {
            Ok(found) if found.is_dir() => Ok(DataFolder { path: path.to_owned() }),
            Ok(_) => Err(Error::Data { path: path.to_owned(), source: ErrorKind::NotADirectory.into() }),
            Err(source) => Err(Error::Data { path: path.to_owned(), source }),
        }
    }

    /// A file or folder in it.
    pub fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Takes the folder for this process. The lock ends with the value or with the process, however that ends.
    pub fn lock(&self) -> Result<DataLock> {
        let fail = |source| Error::Data { path: self.join(LOCK), source };
        // Not truncated on opening: the number in it may be the one that the message below has to name.
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(self.join(LOCK))
            .map_err(fail)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Error::DataInUse { path: self.path.clone(), pid: read_pid(&mut file) });
            }
            Err(TryLockError::Error(source)) => return Err(fail(source)),
        }
        write_pid(&mut file).map_err(fail)?;
        Ok(DataLock { _file: file })
    }
}

/// Holds the data folder for a server.
#[derive(Debug)]
pub struct DataLock {
    _file: File,
}

fn write_pid(file: &mut File) -> std::io::Result<()> {
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    writeln!(file, "{}", std::process::id())
}

fn read_pid(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(32).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_data_folder_is_its_owners_alone() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a/b");
        DataFolder::open(&path).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_second_server_on_the_folder_is_told_the_firsts_process() {
        let home = tempfile::tempdir().unwrap();
        let folder = DataFolder::open(home.path()).unwrap();
        let held = folder.lock().unwrap();
        match folder.lock() {
            Err(Error::DataInUse { pid, .. }) => assert_eq!(pid, Some(std::process::id())),
            other => panic!("the folder was given twice: {other:?}"),
        }
        drop(held);
        folder.lock().expect("free again");
    }
}
