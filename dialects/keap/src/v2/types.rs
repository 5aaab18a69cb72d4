//! What goes over the wire, field by field. Ids are texts; what a file does not have is left out.

use super::moment;
use crate::key::Key;
use attache_core::Reached;
use attache_model::Audience;
use serde::Serialize;

/// The one category that files have here.
pub(super) const CATEGORY: &str = "DOCUMENTS";
/// The type of contacts' files.
pub(super) const OF_CONTACT: &str = "CONTACT";
/// The type of all other files.
pub(super) const OF_APPLICATION: &str = "APPLICATION";

/// A file.
#[derive(Debug, Serialize)]
pub(super) struct FileMetadata {
    id: String,
    file_name: String,
    file_size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_id: Option<String>,
    is_public: bool,
    created_by_id: String,
    created_time: String,
    updated_time: String,
    category: &'static str,
    file_box_type: &'static str,
    remote_file_key: String,
}

impl FileMetadata {
    /// A file that a caller reached, with its storage key.
    pub(super) fn of(reached: &Reached, key: Key) -> FileMetadata {
        let file = &reached.file;
        FileMetadata {
            id: file.no.to_string(),
            file_name: file.title().full().to_owned(),
            file_size: file.version.size,
            contact_id: reached.contact.map(|contact| contact.to_string()),
            is_public: file.access.is_public(),
            created_by_id: file.created_by.to_string(),
            created_time: moment::shown(file.created_at),
            updated_time: moment::shown(file.updated_at),
            category: CATEGORY,
            file_box_type: match reached.audience {
                Audience::Contact => OF_CONTACT,
                Audience::User | Audience::Company => OF_APPLICATION,
            },
            remote_file_key: key.to_string(),
        }
    }
}

/// A page of files.
#[derive(Debug, Serialize)]
pub(super) struct FileList {
    pub(super) files: Vec<FileMetadata>,
    /// Empty on the last page.
    pub(super) next_page_token: String,
}

/// The envelope of every error.
#[derive(Debug, Serialize)]
pub(super) struct Envelope<'r> {
    pub(super) code: u16,
    pub(super) message: String,
    pub(super) status: &'static str,
    pub(super) details: [Detail<'r>; 1],
}

/// What a request was about.
#[derive(Debug, Serialize)]
pub(super) struct Detail<'r> {
    pub(super) domain: &'static str,
    pub(super) resource: &'r str,
}
