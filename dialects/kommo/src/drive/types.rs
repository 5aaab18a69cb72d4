//! The drive's JSON.

use crate::account::hal::{Link, Links};
use serde::{Deserialize, Serialize};

/// What opens a session. Members that are not here (`with_preview`, `processing`, ...) ask for nothing.
#[derive(Debug, Deserialize)]
pub(crate) struct NewSession {
    pub(crate) file_name: Option<String>,
    pub(crate) file_size: Option<i64>,
    pub(crate) file_uuid: Option<String>,
    pub(crate) content_type: Option<String>,
}

/// A session that was opened.
#[derive(Debug, Serialize)]
pub(crate) struct Session {
    pub(crate) session_id: i64,
    pub(crate) upload_url: String,
    pub(crate) max_file_size: u64,
    pub(crate) max_part_size: u64,
}

/// A session that goes on.
#[derive(Debug, Serialize)]
pub(crate) struct Next {
    pub(crate) session_id: i64,
    pub(crate) next_url: String,
}

/// How far a session is.
#[derive(Debug, Serialize)]
pub(crate) struct SessionStatus {
    pub(crate) session_id: i64,
    pub(crate) status: &'static str,
    #[serde(flatten)]
    pub(crate) progress: Option<Progress>,
}

/// What is told of a session that is not over.
#[derive(Debug, Serialize)]
pub(crate) struct Progress {
    pub(crate) file_name: String,
    pub(crate) file_size: u64,
    pub(crate) received: u64,
    /// The number of the part that is awaited.
    pub(crate) part_num: u32,
    /// Where that part goes; none once every byte is here.
    pub(crate) next_url: Option<String>,
    pub(crate) expires_at: i64,
}

/// A change of a file. The official client sends the whole file back: `name` and `version_uuid` are what counts.
#[derive(Debug, Deserialize)]
pub(crate) struct FileChange {
    pub(crate) name: Option<String>,
    pub(crate) version_uuid: Option<String>,
}

/// A file in a batch.
#[derive(Debug, Deserialize)]
pub(crate) struct Named {
    pub(crate) uuid: String,
}

/// A file.
#[derive(Debug, Serialize)]
pub(crate) struct File {
    pub(crate) id: i64,
    pub(crate) uuid: String,
    pub(crate) version_uuid: String,
    pub(crate) name: String,
    pub(crate) sanitized_name: String,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) size: u64,
    pub(crate) is_trashed: bool,
    /// The chat or form that it came from; none came from one.
    pub(crate) source_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) session_id: Option<i64>,
    pub(crate) has_multiple_versions: bool,
    pub(crate) metadata: Metadata,
    pub(crate) previews: Option<Vec<Preview>>,
    pub(crate) created_at: i64,
    pub(crate) created_by: Author,
    pub(crate) updated_at: i64,
    pub(crate) updated_by: Author,
    pub(crate) deleted_at: Option<i64>,
    pub(crate) deleted_by: Option<Author>,
    #[serde(rename = "_links")]
    pub(crate) links: FileLinks,
}

/// What a version's bytes are.
#[derive(Debug, Serialize)]
pub(crate) struct Metadata {
    pub(crate) extension: String,
    pub(crate) mime_type: String,
    pub(crate) sha256: String,
}

/// A small picture of a picture.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Preview {
    pub(crate) download_link: String,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// Who did something.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Author {
    pub(crate) id: i64,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
}

/// The links of a file.
#[derive(Debug, Serialize)]
pub(crate) struct FileLinks {
    #[serde(rename = "self")]
    pub(crate) own: Link,
    pub(crate) download: Link,
    pub(crate) download_version: Link,
}

/// A version of a file.
#[derive(Debug, Serialize)]
pub(crate) struct Version {
    pub(crate) id: i64,
    pub(crate) uuid: String,
    pub(crate) file_uuid: String,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    pub(crate) sanitized_name: String,
    pub(crate) size: u64,
    pub(crate) is_main: bool,
    pub(crate) source_id: Option<i64>,
    pub(crate) metadata: Metadata,
    pub(crate) previews: Option<Vec<Preview>>,
    pub(crate) created_at: i64,
    pub(crate) created_by: Author,
    pub(crate) updated_at: i64,
    pub(crate) updated_by: Author,
    #[serde(rename = "_links")]
    pub(crate) links: VersionLinks,
}

/// The links of a version.
#[derive(Debug, Serialize)]
pub(crate) struct VersionLinks {
    #[serde(rename = "self")]
    pub(crate) own: Link,
    pub(crate) download: Link,
}

/// Several things.
#[derive(Debug, Serialize)]
pub(crate) struct Listed<T> {
    /// How many are in this very answer.
    #[serde(rename = "_count")]
    pub(crate) count: usize,
    #[serde(rename = "_embedded")]
    pub(crate) embedded: T,
    #[serde(rename = "_links", skip_serializing_if = "Option::is_none")]
    pub(crate) links: Option<Links>,
}

/// Files under their list's name.
#[derive(Debug, Serialize)]
pub(crate) struct Files {
    pub(crate) files: Vec<File>,
}

/// Versions under their list's name.
#[derive(Debug, Serialize)]
pub(crate) struct Versions {
    pub(crate) versions: Vec<Version>,
}
