//! The folders of a volume: `staging` for what is on its way in, `growing` for what comes in pieces over time, and `00`
//! to `ff` for what is kept.
//!
//! All of them are made, durably, when the volume is opened, so that no put has to make a folder.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use rustix::io::Errno;

use crate::{Error, Key, folder::Folder};

/// The folder of uploads in progress.
pub(crate) const STAGING: &str = "staging";
/// The folder of contents that arrive in pieces. No sweep of staging touches it.
pub(crate) const GROWING: &str = "growing";

/// The open root of a volume.
#[derive(Debug)]
pub(crate) struct Layout {
    root: Folder,
    /// Where files are written before they get their key.
    pub(crate) staging: Folder,
    /// Where contents grow before they get their key.
    pub(crate) growing: Folder,
}

impl Layout {
    /// Opens the root and makes what is missing in it, and the root itself.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        make_durably(path).map_err(Error::doing("make the folder of the blobs"))?;
        let root = Folder::root(path).map_err(Error::doing("open the folder of the blobs"))?;
        let mut made = false;
        for name in names() {
            made |= root.make(&name).map_err(Error::doing("make a folder for blobs"))?;
            check(&root, &name, path)?;
        }
        if made {
            root.sync().map_err(Error::doing("make the folders for blobs durable"))?;
        }
        let staging = root.enter(STAGING).map_err(Error::doing("open the staging folder"))?;
        let growing = root.enter(GROWING).map_err(Error::doing("open the folder of growing contents"))?;
        Ok(Self { root, staging, growing })
    }

    /// The root itself.
    pub(crate) fn root(&self) -> &Folder {
        &self.root
    }

    /// The folder that keeps blobs of this key.
    pub(crate) fn shard(&self, key: &Key) -> io::Result<Folder> {
        self.root.enter(key.shard())
    }

    /// The folder of this name, one of those that `open` makes.
    pub(crate) fn folder(&self, name: &str) -> io::Result<Folder> {
        self.root.enter(name)
    }
}

/// The name of a folder for kept blobs.
pub(crate) fn shard_name(shard: u8) -> String {
    format!("{shard:02x}")
}

fn names() -> impl Iterator<Item = String> {
    (0..=u8::MAX).map(shard_name).chain([STAGING.to_owned(), GROWING.to_owned()])
}

/// A folder must be a real folder of the same file system, or a rename into it could not be atomic.
fn check(root: &Folder, name: &str, path: &Path) -> Result<(), Error> {
    let wrong = |why| Error::Layout { path: path.join(name), why };
    let op = "look at a folder for blobs";
    match root.enter(name) {
        Ok(folder) => {
            let same = folder.device().map_err(Error::doing(op))? == root.device().map_err(Error::doing(op))?;
            if same { Ok(()) } else { Err(wrong("must be on the same file system as its parent folder")) }
        }
        Err(error) if is_no_folder(&error) => Err(wrong("must be a folder, not a link or a file")),
        Err(error) => Err(Error::from_io(op, error)),
    }
}

fn is_no_folder(error: &io::Error) -> bool {
    matches!(Errno::from_io_error(error), Some(Errno::NOTDIR | Errno::LOOP))
}

/// Makes a folder and its missing parents; each new name is on disk before the next is made inside.
fn make_durably(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let parent = match path.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    make_durably(&parent)?;
    match fs::create_dir(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    Folder::root(&parent)?.sync()
}
