//! What people read about a record.

use serde::Serialize;
use utoipa::ToSchema;

/// One thing in a record's feed: a note, or a text with the files that its author put beside it in the same second.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FeedItem {
    /// Number of the note that leads it.
    pub(crate) note_no: i64,
    /// The moment, in whole seconds.
    #[schema(format = DateTime)]
    pub(crate) at: String,
    /// Number of the user who wrote it.
    pub(crate) author: i64,
    /// Its words; empty for files without any, and for tokens without the scope `records`.
    pub(crate) text: String,
    /// Its files, in the order they were put there.
    pub(crate) files: Vec<FeedFile>,
}

/// A file in a feed. It stays there when the file is deleted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FeedFile {
    /// The file's id.
    pub(crate) id: String,
    /// The file's number.
    pub(crate) no: i64,
    /// The name that it was given there, else the file's; empty once the file was erased.
    pub(crate) name: String,
    /// Whether the file is in the trash or gone.
    pub(crate) deleted: bool,
    /// Where the bytes are: of the version that was named there, else of the active one. `null` for a deleted file.
    pub(crate) content_url: Option<String>,
}
