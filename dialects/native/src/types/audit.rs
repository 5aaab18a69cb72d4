//! The audit log.

use serde::Serialize;
use utoipa::ToSchema;

/// A line of the audit log: something that was done, or refused.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditLine {
    /// Its place in the log: 1, 2, 3, ... without gaps.
    pub(crate) no: i64,
    /// When.
    #[schema(format = DateTime)]
    pub(crate) at: String,
    /// Number of the user who did it or was refused; 0 is the operator, or somebody who is no user.
    pub(crate) actor: i64,
    /// The id of the token that it was done with; `null` for none.
    #[schema(format = "uuid")]
    pub(crate) token: Option<String>,
    /// What was done; of a refusal the method and route that were asked for.
    #[schema(example = "file.created")]
    pub(crate) deed: String,
    /// What it was done to.
    #[schema(example = json!(["file/12", "event/40"]))]
    pub(crate) targets: Vec<String>,
    /// `done`, or the word of the refusal.
    #[schema(example = "done")]
    pub(crate) outcome: String,
    /// How often: equal refusals share a line.
    pub(crate) times: i64,
    /// The `X-Request-Id` of the request; `null` for work in the background.
    pub(crate) request: Option<String>,
    /// SHA-256 over this line and the digest of the one before, in hex.
    pub(crate) digest: String,
}

/// The last line of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditHead {
    /// Its number; 0 before the first line.
    pub(crate) no: i64,
    /// Its digest; empty before the first line.
    pub(crate) digest: String,
}

/// Lines in order.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditLines {
    /// The lines after `after`.
    pub(crate) items: Vec<AuditLine>,
    /// The last line of the log, read after these: keep it elsewhere, to see later that nothing before it was touched.
    pub(crate) head: AuditHead,
}
