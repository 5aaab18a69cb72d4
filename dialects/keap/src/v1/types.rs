//! What REST v1 answers with. Every key of a descriptor is always there: scripts take the keys of the first file for the
//! columns of all.

use serde::Serialize;

/// `FileDescriptor`.
#[derive(Debug, Serialize)]
pub(super) struct FileDescriptor {
    pub(super) id: i64,
    pub(super) category: &'static str,
    pub(super) date_created: String,
    pub(super) last_updated: String,
    pub(super) file_name: String,
    pub(super) file_size: u64,
    pub(super) created_by: i64,
    pub(super) public: bool,
    pub(super) contact_id: Option<i64>,
    pub(super) remote_file_key: String,
    pub(super) file_box_type: &'static str,
    pub(super) download_url: Option<String>,
}

/// `FileInformation`, without the content; [`super::file`] adds that as it streams.
#[derive(Debug, Serialize)]
pub(super) struct FileInformation {
    pub(super) file_descriptor: FileDescriptor,
}

/// `FileList`.
#[derive(Debug, Serialize)]
pub(super) struct FileList {
    pub(super) files: Vec<FileDescriptor>,
    /// All that match, not only those of the page.
    pub(super) count: u64,
    pub(super) next: String,
    pub(super) previous: String,
}

/// What every error says.
#[derive(Debug, Serialize)]
pub(super) struct Message<'a> {
    pub(super) message: &'a str,
}
