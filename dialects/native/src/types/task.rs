//! Events, tasks and imports.

use super::{Access, OnConflict, TaskState};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Event {
    /// Its place in the account's order: 1, 2, 3, ... without gaps.
    pub(crate) no: i64,
    /// What happened.
    #[schema(example = "file.created")]
    pub(crate) kind: &'static str,
    /// Number of the file that it is about.
    pub(crate) file_no: Option<i64>,
    /// The file's id; `null` once the file is gone, and for a hidden file that the token does not see.
    #[schema(format = "uuid")]
    pub(crate) file_id: Option<String>,
    /// The name that the file shows now; `null` where `file_id` is.
    pub(crate) file_name: Option<String>,
    /// Number of the folder that it is about.
    pub(crate) folder_no: Option<i64>,
    /// The folder's id.
    #[schema(format = "uuid")]
    pub(crate) folder_id: Option<String>,
    /// The folder's name now; empty for the root.
    pub(crate) folder_name: Option<String>,
    /// The record that it is about.
    pub(crate) record: Option<String>,
    /// Number of the user who did it.
    pub(crate) actor: i64,
    /// When.
    #[schema(format = DateTime)]
    pub(crate) at: String,
}

/// Events in order.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Events {
    /// The events after the one asked for, oldest first; or those before it, newest first.
    pub(crate) items: Vec<Event>,
    /// Send it as `after` the next time. Where `kinds` are asked for it may be beyond the last item, and there may be more
    /// behind it although the page is short or empty: `at_end` tells.
    pub(crate) last: i64,
    /// Whether nothing has happened yet after `last`.
    pub(crate) at_end: bool,
    /// With `before`: send it as `before` for older ones; `null` when there are none.
    pub(crate) before: Option<i64>,
}

/// Work in the background.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Task {
    /// Its id.
    #[schema(format = "uuid")]
    pub(crate) id: String,
    /// The kind of work.
    #[schema(example = "import_url")]
    pub(crate) kind: String,
    /// How far it is.
    pub(crate) state: TaskState,
    /// Number of the user who asked for it.
    pub(crate) requested_by: i64,
    /// When it was asked for.
    #[schema(format = DateTime)]
    pub(crate) requested_at: String,
    /// When work on it began.
    #[schema(format = DateTime)]
    pub(crate) started_at: Option<String>,
    /// When it ended.
    #[schema(format = DateTime)]
    pub(crate) completed_at: Option<String>,
    /// Number of the file that it made or found.
    pub(crate) file_no: Option<i64>,
    /// Number of the folder that it changed.
    pub(crate) folder_no: Option<i64>,
    /// Why it failed.
    pub(crate) error: Option<TaskError>,
}

/// Why a task failed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TaskError {
    /// A stable word.
    pub(crate) code: String,
    /// A sentence.
    pub(crate) message: String,
}

/// A task that was asked for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Accepted {
    /// Its id; ask after it at `/v1/tasks/{id}`.
    #[schema(format = "uuid")]
    pub(crate) task: String,
}

/// A file to be fetched from a URL.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewImport {
    /// Where from: a public http or https address.
    #[schema(format = "uri")]
    pub(crate) url: String,
    /// The name with extension; the source's own where it is not given.
    pub(crate) name: Option<String>,
    /// Path of the folder; missing folders are made.
    pub(crate) folder: Option<String>,
    /// Id or number of the folder, instead of `folder`.
    pub(crate) folder_id: Option<String>,
    /// Who may fetch the content without a token; `private` where it is not given.
    pub(crate) access: Option<Access>,
    /// Seconds from now until the file disappears.
    pub(crate) ttl: Option<u64>,
    /// When the file disappears, instead of `ttl`.
    #[schema(format = DateTime)]
    pub(crate) expires_at: Option<String>,
    /// What people say of the file.
    #[serde(default)]
    pub(crate) description: String,
    /// Custom metadata.
    #[serde(default)]
    pub(crate) metadata: BTreeMap<String, String>,
    /// Records to put the file on.
    #[serde(default)]
    #[schema(example = json!(["contact/42"]))]
    pub(crate) records: Vec<String>,
    /// What to do when the name is taken; `refuse` where it is not given.
    pub(crate) on_conflict: Option<OnConflict>,
}
