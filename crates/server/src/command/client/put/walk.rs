//! A folder of this machine with all that is in it, read one folder at a time.

use super::super::failure::{Failure, Result};
use super::source::{below, text_of, unreadable};
use attache_client::NewFile;
use std::ffi::OsString;
use std::fs::FileType;
use std::path::{Path, PathBuf};
use std::vec::IntoIter;

/// A file of this machine, and where it goes.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) path: PathBuf,
    pub(super) new: NewFile,
}

/// One thing to do.
pub(super) enum Step {
    File(Item),
    /// A folder with nothing in it: there is no file that would make it.
    Folder {
        path: PathBuf,
        folder: String,
    },
    Stdin(NewFile),
    /// Something that cannot be put.
    Odd {
        path: PathBuf,
        failure: Failure,
    },
}

/// The steps for a folder, in the order of names.
pub(super) struct Tree {
    new: NewFile,
    levels: Vec<Level>,
}

/// A folder that is being gone through.
struct Level {
    path: PathBuf,
    /// Its path on the server.
    folder: String,
    entries: IntoIter<(OsString, FileType)>,
}

impl Tree {
    pub(super) fn new(path: PathBuf, new: NewFile) -> Tree {
        // The folder is read like those in it, with the first step.
        let folder = new.folder.clone();
        let top = Level { path, folder, entries: Vec::new().into_iter() };
        Tree { new: NewFile { folder: String::new(), ..new }, levels: vec![top] }.begun()
    }

    fn begun(mut self) -> Tree {
        if let Some(top) = self.levels.first_mut() {
            // What cannot be read shows as a folder with nothing in it; the caller has looked at it a moment ago.
            top.entries = read(&top.path).unwrap_or_default().into_iter();
        }
        self
    }

    /// What an entry asks for; `None` where it is a folder that was opened.
    fn step(&mut self, path: PathBuf, folder: &str, name: &OsString, kind: FileType) -> Result<Option<Step>> {
        let name = text_of(name)?;
        if kind.is_file() {
            let new = NewFile { name, folder: folder.to_owned(), ..self.new.clone() };
            return Ok(Some(Step::File(Item { path, new })));
        }
        if !kind.is_dir() {
            return Err(Failure::trouble("it is no file and no folder; links and the like are left out"));
        }
        let folder = below(folder, &name);
        let entries = read(&path)?;
        if entries.is_empty() {
            return Ok(Some(Step::Folder { path, folder }));
        }
        self.levels.push(Level { path, folder, entries: entries.into_iter() });
        Ok(None)
    }
}

impl Iterator for Tree {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        loop {
            let level = self.levels.last_mut()?;
            let Some((name, kind)) = level.entries.next() else {
                self.levels.pop();
                continue;
            };
            let (path, folder) = (level.path.join(&name), level.folder.clone());
            match self.step(path.clone(), &folder, &name, kind) {
                Ok(None) => {}
                Ok(Some(step)) => return Some(step),
                Err(failure) => return Some(Step::Odd { path, failure }),
            }
        }
    }
}

/// What is in a folder, by name.
fn read(path: &Path) -> Result<Vec<(OsString, FileType)>> {
    let entries = (|| {
        let entries =
            std::fs::read_dir(path)?.map(|entry| entry.and_then(|one| Ok((one.file_name(), one.file_type()?))));
        entries.collect::<std::io::Result<Vec<_>>>()
    })();
    let mut entries = entries.map_err(unreadable(path))?;
    entries.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(entries)
}
