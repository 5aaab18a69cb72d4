//! A walk over the plain files in folders of a volume, with one folder open at a time and no list of all names.

use std::{
    io,
    time::{Duration, SystemTime},
    vec,
};

use rustix::fs::{Dir, Stat};

use crate::{
    folder::{self, Folder},
    volume::Shared,
};

/// A file that the walk has met.
pub(crate) struct Entry {
    pub(crate) folder: Folder,
    pub(crate) name: String,
    pub(crate) len: u64,
    pub(crate) modified: SystemTime,
}

/// Where the walk is.
#[derive(Debug)]
pub(crate) struct Walk {
    volume: Shared,
    folders: vec::IntoIter<String>,
    open: Option<(Folder, Dir)>,
}

impl Walk {
    /// Will visit `folders` one after another.
    pub(crate) fn new(volume: Shared, folders: Vec<String>) -> Self {
        Self { volume, folders: folders.into_iter(), open: None }
    }

    /// The next file; `None` at the end. What is not a plain file is passed over: it is none of ours.
    pub(crate) fn next(&mut self) -> io::Result<Option<Entry>> {
        loop {
            let Some((folder, names)) = &mut self.open else {
                let Some(name) = self.folders.next() else {
                    return Ok(None);
                };
                let folder = self.volume.layout.folder(&name)?;
                let names = folder.entries()?;
                self.open = Some((folder, names));
                continue;
            };
            let Some(name) = names.read() else {
                self.open = None;
                continue;
            };
            if let Some(entry) = look(folder, &name?.file_name().to_string_lossy())? {
                return Ok(Some(entry));
            }
        }
    }
}

fn look(folder: &Folder, name: &str) -> io::Result<Option<Entry>> {
    let stat = folder.stat(name)?.filter(folder::is_file);
    Ok(stat.map(|stat| Entry {
        folder: folder.clone(),
        name: name.to_owned(),
        len: folder::len(&stat),
        modified: modified(&stat),
    }))
}

fn modified(stat: &Stat) -> SystemTime {
    let seconds = u64::try_from(stat.st_mtime).unwrap_or(0);
    let nanos = u32::try_from(stat.st_mtime_nsec).unwrap_or(0);
    SystemTime::UNIX_EPOCH + Duration::new(seconds, nanos)
}

/// The clock that stamps files.
#[expect(
    clippy::disallowed_methods,
    reason = "the age of a file is the distance between two readings of the system's own clock"
)]
pub(crate) fn file_clock() -> SystemTime {
    SystemTime::now()
}
