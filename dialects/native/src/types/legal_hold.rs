//! Legal holds.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why a file must not be removed for good.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Hold {
    /// Why.
    #[schema(example = "Case 7/2026")]
    pub(crate) reason: String,
    /// Since when. Another reason does not change it.
    #[schema(format = DateTime)]
    pub(crate) placed_at: String,
    /// Number of the user who put the file under hold.
    pub(crate) placed_by: i64,
}

/// A hold to be put on a file.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HoldPlan {
    /// Why: one line of 1 to 500 characters. Whoever may read the file reads it.
    #[schema(min_length = 1, max_length = 500, example = "Case 7/2026")]
    pub(crate) reason: String,
}

/// A file that is under legal hold.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HeldFile {
    /// Number of the file.
    pub(crate) file_no: i64,
    /// Id of the file.
    #[schema(format = "uuid")]
    pub(crate) file_id: String,
    /// The hold.
    pub(crate) hold: Hold,
}
