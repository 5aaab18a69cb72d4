//! Panels: the files of one record, for whoever looks at that record somewhere else.

use super::{Kind, Link};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A panel's token to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PanelPlan {
    /// The one record that it opens.
    #[schema(example = "contact/42")]
    pub(crate) record: String,
    /// What may be done there: some of `files:read`, `files:write`, `files:delete` and `records` (the words of the record's
    /// feed), and no more than the caller's own token may. `files:read` and `files:write` where it is not given.
    #[schema(example = json!(["files:read", "files:write"]))]
    pub(crate) scopes: Option<Vec<String>>,
    /// Seconds that it works: 1 hour where it is not given, 24 hours at most, and no longer than the caller's own token.
    pub(crate) expires_in: Option<u64>,
}

/// A panel's token that was just made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PanelToken {
    /// Its id: with it the token can be taken back by `DELETE /v1/tokens/{id}`.
    #[schema(format = "uuid")]
    pub(crate) id: String,
    /// What the panel sends after `Authorization: Bearer`. It is shown this once.
    pub(crate) token: String,
    /// The record that it opens.
    #[schema(example = "contact/42")]
    pub(crate) record: String,
    /// What may be done there.
    pub(crate) scopes: Vec<&'static str>,
    /// When it ends.
    #[schema(format = DateTime)]
    pub(crate) expires_at: String,
    /// Address of the panel's page, for a frame. The token is handed to it behind `#token=`.
    #[schema(format = "uri")]
    pub(crate) frame_url: String,
}

/// A panel: what its token opens.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Panel {
    /// The record.
    #[schema(example = "contact/42")]
    pub(crate) record: String,
    /// What may be done there.
    pub(crate) scopes: Vec<&'static str>,
    /// When its token ends.
    #[schema(format = DateTime)]
    pub(crate) expires_at: String,
}

/// A file as a panel shows it: nothing of where else it is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PanelFile {
    /// Its id.
    #[schema(format = "uuid")]
    pub(crate) id: String,
    /// Its number in the account; it can stand for the id.
    pub(crate) no: i64,
    /// The name that it was given.
    #[schema(example = "passport.jpg")]
    pub(crate) name: String,
    /// What people say of it; empty for nothing.
    pub(crate) description: String,
    /// When it was made.
    #[schema(format = DateTime)]
    pub(crate) created_at: String,
    /// When its content or properties last changed.
    #[schema(format = DateTime)]
    pub(crate) updated_at: String,
    /// Number of the user who made it.
    pub(crate) created_by: i64,
    /// The active version.
    pub(crate) version: PanelVersion,
    /// Entity tag of the file, with its quotes, as `If-Match` takes it.
    pub(crate) etag: String,
}

/// A version of a file in a panel.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PanelVersion {
    /// 1 for the first, counting up within the file.
    pub(crate) no: i64,
    /// Length in bytes.
    pub(crate) size: u64,
    /// Media type, found from the bytes first and the name second.
    #[schema(example = "image/jpeg")]
    pub(crate) media_type: String,
    /// Broad kind of content.
    pub(crate) kind: Kind,
    /// Pixels across, for images.
    pub(crate) width: Option<u32>,
    /// Pixels down, for images.
    pub(crate) height: Option<u32>,
    /// Number of the user who put it in.
    pub(crate) created_by: i64,
    /// When it was put in.
    #[schema(format = DateTime)]
    pub(crate) created_at: String,
    /// Address of this content. It works without a token for a few minutes; of a sensitive file only with the panel's token.
    #[schema(format = "uri")]
    pub(crate) content_url: String,
}

/// A file on the panel's record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PanelEntry {
    /// Its place on the record.
    pub(crate) link: Link,
    /// The file.
    pub(crate) file: PanelFile,
    /// Address of its content, as `file.version.content_url` but always of the active version.
    #[schema(format = "uri")]
    pub(crate) content_url: String,
    /// Address of a small picture, which works as long; `null` where there is none.
    #[schema(format = "uri")]
    pub(crate) preview_url: Option<String>,
}
