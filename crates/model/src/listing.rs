//! What overviews show: what things are called, who holds how much, which records there are.

use crate::account::Usage;
use crate::event::Event;
use crate::link::Record;
use crate::media::Kind;
use crate::share::Share;
use crate::{FileId, FolderId, FolderNo, Time};

/// What a file is called, beside its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileLabel {
    /// Its id.
    pub id: FileId,
    /// The name that it shows.
    pub name: String,
}

/// What a folder is called, beside its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderLabel {
    /// Its id.
    pub id: FolderId,
    /// Its name; empty for the root.
    pub name: String,
}

/// An event with what its file and folder are called now. `None` for what is gone, and for what the reader may not see.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelledEvent {
    /// What happened.
    pub event: Event,
    /// Its file.
    pub file: Option<FileLabel>,
    /// Its folder.
    pub folder: Option<FolderLabel>,
}

/// A signed link with what its file is called; `None` for what the reader may not see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelledShare {
    /// The link.
    pub share: Share,
    /// Its file.
    pub file: Option<FileLabel>,
}

/// What files are summed up by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    /// The folder that they are directly in.
    Folder {
        /// Its number.
        no: FolderNo,
        /// Its id.
        id: FolderId,
        /// Its path, `/` for the root.
        path: String,
    },
    /// A record that they are on.
    Record(Record),
    /// Their kind.
    Kind(Kind),
}

/// How much one holder has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Who holds it.
    pub holder: Holder,
    /// What people call a record; empty for nothing, and for other holders.
    pub name: String,
    /// How much: bytes of all versions, and files.
    pub usage: Usage,
}

/// A record as a list of records shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedRecord {
    /// The record.
    pub record: Record,
    /// What people call it; empty for nothing.
    pub name: String,
    /// How many files are on it.
    pub files: u64,
    /// When a file was put on it last; `None` where none is there.
    pub linked_at: Option<Time>,
}

/// How much is directly in a folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FolderCount {
    /// Files.
    pub files: u64,
    /// Folders.
    pub folders: u64,
}
