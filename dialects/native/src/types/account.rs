//! The account and its tokens.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The account of the token.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Account {
    /// Its number.
    pub(crate) no: i64,
    /// Its name.
    pub(crate) name: String,
    /// When it was made.
    #[schema(format = DateTime)]
    pub(crate) created_at: String,
    /// Days that a deleted file stays in the trash.
    pub(crate) trash_days: u32,
    /// What it stores, versions and trash included.
    pub(crate) usage: Amount,
    /// What it may store; `null` is no limit.
    pub(crate) quota: Bounds,
    /// The origins of pages that may show the account's panels in a frame.
    #[schema(example = json!(["https://crm.example.com"]))]
    pub(crate) panel_origins: Vec<String>,
    /// The token's user and scopes.
    pub(crate) caller: Caller,
}

/// Changes to the account. What is left out stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AccountChange {
    /// The origins of pages that may show the account's panels in a frame: scheme and host, with a port where it is not the
    /// usual one. A host that begins with `*.` stands for every one below. An empty list lets no page do so.
    #[schema(example = json!(["https://crm.example.com"]))]
    pub(crate) panel_origins: Option<Vec<String>>,
}

/// A token to open a session with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SessionPlan {
    /// The token.
    #[schema(example = "att_...")]
    pub(crate) token: String,
}

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SignedIn {
    /// Where, and as whom.
    pub(crate) account: SignedInTo,
}

/// The account of a session, and what may be done there.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SignedInTo {
    /// The account's number.
    pub(crate) no: i64,
    /// Its name.
    pub(crate) name: String,
    /// Number of the user who acts.
    pub(crate) user: i64,
    /// What the session's token may do.
    pub(crate) scopes: Vec<&'static str>,
}

/// An amount of content.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Amount {
    /// Bytes of all versions.
    pub(crate) bytes: u64,
    /// Number of files.
    pub(crate) files: u64,
}

/// Bounds of an amount; `null` is no limit.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Bounds {
    /// Most bytes.
    pub(crate) bytes: Option<u64>,
    /// Most files.
    pub(crate) files: Option<u64>,
}

/// Who asks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Caller {
    /// Number of the acting user.
    pub(crate) user: i64,
    /// What the token may do.
    pub(crate) scopes: Vec<&'static str>,
}

/// A token without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Token {
    /// Its id.
    #[schema(format = "uuid")]
    pub(crate) id: String,
    /// Its number in the account.
    pub(crate) no: i64,
    /// What people call it; empty for nothing.
    #[schema(example = "nightly import")]
    pub(crate) name: String,
    /// Number of the user who acts with it.
    pub(crate) user: i64,
    /// What it may do.
    #[schema(example = json!(["files:read", "files:write"]))]
    pub(crate) scopes: Vec<&'static str>,
    /// When it was made.
    #[schema(format = DateTime)]
    pub(crate) created_at: String,
    /// When it ends; `null` is never.
    #[schema(format = DateTime)]
    pub(crate) expires_at: Option<String>,
    /// When it was last used, to the minute.
    #[schema(format = DateTime)]
    pub(crate) last_used_at: Option<String>,
}

/// A token that was just made. The secret is shown this once and is not kept.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NewToken {
    /// What to send after `Authorization: Bearer`.
    pub(crate) secret: String,
    /// The token.
    #[serde(flatten)]
    pub(crate) token: Token,
}

/// A token to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenPlan {
    /// What people call it: one line of at most 255 bytes.
    #[serde(default)]
    #[schema(example = "nightly import")]
    pub(crate) name: String,
    /// What it may do: some of what the caller's own token may do.
    #[schema(example = json!(["files:read"]))]
    pub(crate) scopes: Vec<String>,
    /// Seconds that it works; for ever where it is not given.
    pub(crate) expires_in: Option<u64>,
}
