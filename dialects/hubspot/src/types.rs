//! What goes over the wire, field by field. A value that is absent is left out, never written as null.

use serde::Serialize;
use std::collections::BTreeMap;

/// A file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct File {
    pub(crate) id: String,
    pub(crate) created_at: String,
    pub(crate) updated_at: String,
    pub(crate) archived: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) archived_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parent_folder_id: Option<String>,
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) height: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) encoding: Option<String>,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) extension: String,
    pub(crate) default_hosting_url: String,
    pub(crate) url: String,
    pub(crate) is_usable_in_content: bool,
    pub(crate) access: &'static str,
    pub(crate) file_md5: String,
    pub(crate) source_group: &'static str,
    /// Milliseconds since 1970, though it is given as a date and time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expires_at: Option<i64>,
}

impl File {
    /// Fields that are there whatever `properties` asks for.
    pub(crate) const REQUIRED: &'static [&'static str] = &["id", "access", "archived", "createdAt", "updatedAt"];
}

/// A folder.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Folder {
    pub(crate) id: String,
    pub(crate) archived: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) archived_at: Option<String>,
    pub(crate) created_at: String,
    pub(crate) updated_at: String,
    pub(crate) name: String,
    pub(crate) path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parent_folder_id: Option<String>,
}

impl Folder {
    /// Fields that are there whatever `properties` asks for.
    pub(crate) const REQUIRED: &'static [&'static str] = &["id", "archived", "createdAt", "updatedAt"];
}

/// What stands at a path.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum FileStat<File, Folder> {
    File(File),
    Folder(Folder),
}

/// A page of a search.
#[derive(Debug, Serialize)]
pub(crate) struct Collection<T> {
    pub(crate) results: Vec<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) paging: Option<Paging>,
}

/// Where the next page is.
#[derive(Debug, Serialize)]
pub(crate) struct Paging {
    pub(crate) next: NextPage,
}

/// The next page's offset and address.
#[derive(Debug, Serialize)]
pub(crate) struct NextPage {
    pub(crate) after: String,
    pub(crate) link: String,
}

/// A link that gives the file to whoever has it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignedUrl {
    pub(crate) url: String,
    /// RFC 3339, other than a file's own `expiresAt`.
    pub(crate) expires_at: String,
    pub(crate) name: String,
    pub(crate) extension: String,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
    pub(crate) size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) height: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) width: Option<u32>,
}

/// Where to ask after a task.
#[derive(Debug, Serialize)]
pub(crate) struct TaskLocator {
    pub(crate) id: String,
    pub(crate) links: BTreeMap<&'static str, String>,
}

/// How far a task is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ActionResponse<T> {
    pub(crate) task_id: String,
    pub(crate) status: &'static str,
    pub(crate) requested_at: String,
    pub(crate) started_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) completed_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) result: Option<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) num_errors: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<StandardError>,
}

/// Why a task failed. All of these are required, empty ones included.
#[derive(Debug, Serialize)]
pub(crate) struct StandardError {
    pub(crate) status: &'static str,
    pub(crate) category: &'static str,
    pub(crate) message: String,
    pub(crate) context: Context,
    pub(crate) links: BTreeMap<&'static str, String>,
    pub(crate) errors: Vec<ErrorDetail>,
}

/// Values by name, such as the ids of what is in the way.
pub(crate) type Context = BTreeMap<&'static str, Vec<String>>;

/// The envelope of every error.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Envelope {
    pub(crate) status: &'static str,
    pub(crate) message: String,
    pub(crate) correlation_id: String,
    pub(crate) category: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sub_category: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<ErrorDetail>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) context: Context,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) links: BTreeMap<&'static str, &'static str>,
    /// Only for refusals by rate, where HubSpot's clients look at it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error_type: Option<&'static str>,
    /// As `errorType`; one of its values makes clients come again by themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) policy_name: Option<&'static str>,
}

/// One fault of a request.
#[derive(Debug, Default, Serialize)]
pub(crate) struct ErrorDetail {
    pub(crate) message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<String>,
    #[serde(rename = "in", skip_serializing_if = "Option::is_none")]
    pub(crate) place: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) context: Context,
}
