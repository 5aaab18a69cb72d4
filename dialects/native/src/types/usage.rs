//! Overviews: who holds how much, which records there are, who works here.

use super::{Amount, Kind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What files are summed up by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum UsageBy {
    /// The folder that they are directly in.
    Folder,
    /// The records that they are on; a file on several counts for each.
    Record,
    /// Their kind.
    Kind,
}

/// How much one folder, record or kind has.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Holding {
    /// Number of the folder; `null` unless asked by `folder`.
    pub(crate) folder_no: Option<i64>,
    /// Id of the folder; `null` unless asked by `folder`.
    #[schema(format = "uuid")]
    pub(crate) folder_id: Option<String>,
    /// Path of the folder; `null` unless asked by `folder`.
    #[schema(example = "/contracts/2026")]
    pub(crate) folder_path: Option<String>,
    /// The record; `null` unless asked by `record`.
    #[schema(example = "contact/42")]
    pub(crate) record: Option<String>,
    /// What people call the record; `null` for nothing, and for tokens without the scope `records`.
    pub(crate) record_name: Option<String>,
    /// The kind; `null` unless asked by `kind`.
    pub(crate) kind: Option<Kind>,
    /// How much, in files that live: bytes of all their versions, and files.
    #[serde(flatten)]
    pub(crate) amount: Amount,
}

/// A page of who holds how much, the most first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UsagePage {
    /// The holders.
    pub(crate) items: Vec<Holding>,
    /// What is in the trash, which `items` leave out.
    pub(crate) trash: Amount,
    /// Send it as `cursor` for the next page, with all other parameters the same; `null` on the last page.
    pub(crate) next_cursor: Option<String>,
}

/// A record in a list of records.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListedRecord {
    /// The record.
    #[schema(example = "contact/42")]
    pub(crate) record: String,
    /// What people call it; `null` for nothing, and for tokens without the scope `records`.
    pub(crate) name: Option<String>,
    /// How many files are on it.
    pub(crate) files: u64,
    /// When a file that is on it was put there last.
    #[schema(format = DateTime)]
    pub(crate) last_linked_at: Option<String>,
}

/// Somebody who works in the account.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct User {
    /// Number of the user.
    pub(crate) no: i64,
    /// What people call them.
    pub(crate) name: String,
    /// When they were made known.
    #[schema(format = DateTime)]
    pub(crate) created_at: String,
}
