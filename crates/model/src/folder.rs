//! Folders and paths. A folder knows only its parent; its path is computed when it is read, so a move costs the same
//! whatever it holds.

use crate::{FolderId, FolderNo, Time};

/// A folder of an account's tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Its number in the account.
    pub no: FolderNo,
    /// Its id.
    pub id: FolderId,
    /// The folder it is in.
    pub parent: FolderNo,
    /// Its name; empty for the root.
    pub name: String,
    /// Its path, `/` for the root. Computed when the folder is read.
    pub path: String,
    /// When it was made.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
    /// When it was deleted; `None` while it lives.
    pub trashed_at: Option<Time>,
}

/// `folder` and `name` as one path.
pub fn join(folder: &str, name: &str) -> String {
    if folder == "/" { format!("/{name}") } else { format!("{folder}/{name}") }
}
