//! Folders in the model: a tree by parents, and one living folder of a name in each.

use super::super::Place;
use super::{End, Life, Model, refuse};

/// A folder, by its place among all that were made.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    /// The root is its own parent.
    pub(crate) parent: usize,
    pub(crate) name: String,
    pub(crate) is_gone: bool,
}

/// `p`, `q`, ...
fn folder_name(name: u8) -> String {
    char::from(b'p' + name).to_string()
}

impl Folder {
    pub(super) fn root() -> Folder {
        Folder { parent: 0, name: String::new(), is_gone: false }
    }
}

impl Model {
    pub(in super::super) fn path(&self, folder: usize) -> String {
        match (folder, &self.folders[folder]) {
            (0, _) => String::from("/"),
            (_, Folder { parent: 0, name, .. }) => format!("/{name}"),
            (_, Folder { parent, name, .. }) => format!("{}/{name}", self.path(*parent)),
        }
    }

    fn child(&self, parent: usize, name: &str) -> Option<usize> {
        let is_it = |folder: &Folder| !folder.is_gone && folder.parent == parent && folder.name == name;
        (1..self.folders.len()).find(|at| is_it(&self.folders[*at]))
    }

    pub(super) fn living_folder(&self, folder: usize) -> Result<usize, String> {
        if self.folders[folder].is_gone { refuse("no Folder") } else { Ok(folder) }
    }

    /// The folder that a place is, if it is there.
    pub(super) fn there(&self, place: &Place) -> Result<Option<usize>, String> {
        match place {
            Place::Known(folder) => self.living_folder(*folder).map(Some),
            Place::Path(names) => Ok(names.iter().try_fold(0, |at, name| self.child(at, &folder_name(*name)))),
        }
    }

    /// The folder that a place is; the missing ones of a path are made.
    pub(super) fn take(&mut self, place: &Place) -> Result<usize, String> {
        match place {
            Place::Known(folder) => self.living_folder(*folder),
            Place::Path(names) => Ok(names.iter().fold(0, |at, name| self.ensure(at, &folder_name(*name)))),
        }
    }

    fn ensure(&mut self, parent: usize, name: &str) -> usize {
        self.child(parent, name).unwrap_or_else(|| {
            self.folders.push(Folder { parent, name: name.to_owned(), is_gone: false });
            self.folders.len() - 1
        })
    }

    /// The folder that was made, or was there and is `welcome`.
    pub(in super::super) fn make_folder(&mut self, parent: usize, name: u8, welcome: bool) -> End {
        self.living_folder(parent)?;
        let name = folder_name(name);
        match self.child(parent, &name) {
            Some(_) if !welcome => refuse("exists"),
            _ => Ok(Some(self.ensure(parent, &name))),
        }
    }

    pub(in super::super) fn change_folder(&mut self, at: usize, name: Option<u8>, parent: Option<usize>) -> End {
        self.living_folder(at)?;
        if at == 0 {
            return refuse("invalid folder");
        }
        let name = name.map_or_else(|| self.folders[at].name.clone(), folder_name);
        if let Some(parent) = parent {
            self.living_folder(parent)?;
            if self.is_within(parent, at) {
                return refuse("invalid parent");
            }
        }
        let parent = parent.unwrap_or(self.folders[at].parent);
        if self.child(parent, &name).is_some_and(|other| other != at) {
            return refuse("exists");
        }
        (self.folders[at].parent, self.folders[at].name) = (parent, name);
        Ok(Some(at))
    }

    /// Whether a folder is `other` or below it.
    fn is_within(&self, folder: usize, other: usize) -> bool {
        folder == other || (folder != 0 && self.is_within(self.folders[folder].parent, other))
    }

    /// A folder ends with all below it; its files go to the trash.
    pub(in super::super) fn trash_folder(&mut self, at: usize) -> End {
        if at == 0 {
            return refuse("invalid folder");
        }
        if self.folders[at].is_gone {
            return Ok(None);
        }
        let below = |folder: &usize| !self.folders[*folder].is_gone && self.is_within(*folder, at);
        let ended: Vec<usize> = (1..self.folders.len()).filter(below).collect();
        for folder in &ended {
            self.folders[*folder].is_gone = true;
        }
        let now = self.now;
        for file in self.files.iter_mut().filter(|file| file.is_living() && ended.contains(&file.folder)) {
            file.life = Life::Trashed(now);
            file.revision += 1;
        }
        Ok(None)
    }
}
