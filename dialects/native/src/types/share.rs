//! Signed links.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A signed link that can be listed and taken back.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Share {
    /// Its id.
    #[schema(format = "uuid")]
    pub(crate) id: String,
    /// Number of the file that it gives.
    pub(crate) file_no: i64,
    /// The file's id; `null` for a hidden file that the token does not see.
    #[schema(format = "uuid")]
    pub(crate) file_id: Option<String>,
    /// The name that the file shows; `null` where `file_id` is.
    pub(crate) file_name: Option<String>,
    /// The version that it is bound to; `null` follows the active one.
    pub(crate) version: Option<i64>,
    /// When it ends.
    #[schema(format = DateTime)]
    pub(crate) expires_at: String,
    /// When it was made.
    #[schema(format = DateTime)]
    pub(crate) created_at: String,
    /// Number of the user who made it.
    pub(crate) created_by: i64,
    /// When it was taken back; `null` while it works.
    #[schema(format = DateTime)]
    pub(crate) revoked_at: Option<String>,
}

/// A signed link that was just made. The address is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NewShare {
    /// The address: whoever has it can fetch the content until it ends.
    #[schema(format = "uri")]
    pub(crate) url: String,
    /// The link.
    #[serde(flatten)]
    pub(crate) link: Share,
}

/// A signed link to be made.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SharePlan {
    /// Seconds that it works; 900 where it is not given, 7 days at most.
    pub(crate) expires_in: Option<u64>,
    /// Binds it to a version; without, it follows the active one.
    pub(crate) version: Option<i64>,
    /// Gives a picture in this size instead of the original; ignored for other content.
    pub(crate) size: Option<Size>,
    /// The content leaves as a download instead of being shown.
    pub(crate) download: bool,
}

/// A size of preview.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Size {
    /// Fits in 32 by 32 pixels.
    Icon,
    /// Fits in 128 by 128.
    Thumb,
    /// Fits in 512 by 512.
    Medium,
    /// Fits in 1024 by 1024.
    Preview,
}
