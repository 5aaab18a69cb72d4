//! Files' places on records.

use super::{File, Origin};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A file's place on a record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Link {
    /// The record.
    #[schema(example = "contact/42")]
    pub(crate) record: String,
    /// Number of the file.
    pub(crate) file_no: i64,
    /// Why it is there.
    pub(crate) origin: Origin,
    /// A free word for the file's part on the record; empty for none.
    #[schema(example = "passport")]
    pub(crate) role: String,
    /// Whether the record's ordinary readers are shown it.
    pub(crate) visible: bool,
    /// When it was put there.
    #[schema(format = DateTime)]
    pub(crate) created_at: String,
    /// Number of the user who put it there.
    pub(crate) created_by: i64,
}

/// A file on a record, with the file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LinkedFile {
    /// Its place on the record.
    pub(crate) link: Link,
    /// The file.
    pub(crate) file: File,
}

/// How to put a file on a record. The body may be left out.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LinkPlan {
    /// Why; `attached` where it is not given.
    pub(crate) origin: Option<Origin>,
    /// A free word for the file's part on the record.
    pub(crate) role: Option<String>,
    /// Whether the record's ordinary readers are shown it; true where it is not given.
    pub(crate) visible: Option<bool>,
}
