//! Folders, and what makes and changes them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A folder.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Folder {
    /// Its id.
    #[schema(format = "uuid")]
    pub(crate) id: String,
    /// Its number in the account; 0 for the root.
    pub(crate) no: i64,
    /// Its name; empty for the root.
    pub(crate) name: String,
    /// Its whole path.
    #[schema(example = "/contracts/2026")]
    pub(crate) path: String,
    /// Number of the folder that it is in.
    pub(crate) parent_no: i64,
    /// When it was made.
    #[schema(format = DateTime)]
    pub(crate) created_at: String,
    /// When it last changed.
    #[schema(format = DateTime)]
    pub(crate) updated_at: String,
    /// How many files and folders are directly in it. Lists that are asked with `counts=true` tell it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) holds: Option<FolderCount>,
}

/// How much is directly in a folder.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FolderCount {
    /// Files, without hidden ones that the token does not see.
    pub(crate) files: u64,
    /// Folders.
    pub(crate) folders: u64,
}

/// A folder to be made: `path`, or `name` with the parent it goes into.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewFolder {
    /// Its whole path; missing parents are made.
    pub(crate) path: Option<String>,
    /// Its name.
    pub(crate) name: Option<String>,
    /// Id or number of the folder that it goes into; the root where it is not given.
    pub(crate) parent_id: Option<String>,
    /// Answer with the folder that has the name already instead of refusing.
    #[serde(default)]
    pub(crate) or_existing: bool,
}

/// Changes to a folder. What is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FolderChange {
    /// A new name.
    pub(crate) name: Option<String>,
    /// Path of another parent, which must be there.
    pub(crate) parent: Option<String>,
    /// Id or number of another parent, instead of `parent`.
    pub(crate) parent_id: Option<String>,
}
