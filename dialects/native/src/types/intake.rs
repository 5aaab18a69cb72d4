//! Intake links.

use super::IntakeState;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A link by which people without an account send files in, for one record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Intake {
    /// Its id.
    #[schema(format = "uuid")]
    pub(crate) id: String,
    /// The address of its page: whoever has it can send files. `null` for tokens without the scope `files:write`.
    #[schema(format = "uri")]
    pub(crate) url: Option<String>,
    /// The record that its files are put on.
    #[schema(example = "contact/42")]
    pub(crate) record: String,
    /// The title of its page; empty for the page's own.
    pub(crate) title: String,
    /// What its page tells, in plain text; empty for nothing.
    pub(crate) note: String,
    /// The template of its files' names; empty for the names that are sent.
    #[schema(example = "{record}-passport")]
    pub(crate) file_name: String,
    /// The files' part on the record; empty for none.
    #[schema(example = "passport")]
    pub(crate) role: String,
    /// Number of the folder that its files go to. They go to the root when it is gone.
    pub(crate) folder_no: i64,
    /// Which kinds of file may come: media types, groups and extensions; none for all.
    #[schema(example = json!(["image/*", "application/pdf", ".docx"]))]
    pub(crate) types: Vec<String>,
    /// How many files may come.
    pub(crate) max_files: u64,
    /// The most bytes that each may have.
    pub(crate) max_bytes: u64,
    /// Whether its files are left out of lists.
    pub(crate) hidden: bool,
    /// Whether senders need a password.
    pub(crate) has_password: bool,
    /// How many files came.
    pub(crate) received: u64,
    /// Whether files are taken, and why not.
    pub(crate) state: IntakeState,
    /// When it was made.
    #[schema(format = DateTime)]
    pub(crate) created_at: String,
    /// Number of the user who made it, in whose name files come in.
    pub(crate) created_by: i64,
    /// When it ends by itself.
    #[schema(format = DateTime)]
    pub(crate) expires_at: String,
    /// When it was closed; `null` for one that was not.
    #[schema(format = DateTime)]
    pub(crate) closed_at: Option<String>,
}

/// An intake link to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct IntakePlan {
    /// The record that its files are put on.
    #[schema(example = "contact/42")]
    pub(crate) record: String,
    /// The title of its page: one line of at most 200 bytes.
    #[serde(default)]
    #[schema(example = "Your passport")]
    pub(crate) title: String,
    /// What its page tells: plain text of at most 4096 bytes, whose lines are kept.
    #[serde(default)]
    pub(crate) note: String,
    /// What its files are called: a name with places in it, which are `{record}` (as `contact-42`), `{type}`, `{id}`,
    /// `{name}` (as sent, without extension), `{date}` (as `2026-11-22`, UTC) and `{number}` (1, 2, ...). The extension is
    /// the sent one, and a taken name gets a number. Empty, or not given, for the names that are sent.
    #[serde(default)]
    #[schema(example = "{record}-passport")]
    pub(crate) file_name: String,
    /// A free word for the files' part on the record.
    #[serde(default)]
    #[schema(example = "passport")]
    pub(crate) role: String,
    /// Path of the folder that its files go to, whose missing levels are made; the root where it is not given.
    pub(crate) folder: Option<String>,
    /// Which kinds of file may come: media types, groups and extensions; none for all.
    #[serde(default)]
    #[schema(example = json!(["image/*", "application/pdf", ".docx"]))]
    pub(crate) types: Vec<String>,
    /// How many files may come; 10 where it is not given.
    pub(crate) max_files: Option<u64>,
    /// The most bytes that each may have; what the server allows where it is not given.
    pub(crate) max_bytes: Option<u64>,
    /// Leaves its files out of lists. It needs the scope `files:hidden-write`.
    #[serde(default)]
    pub(crate) hidden: bool,
    /// What senders have to know; nothing where it is not given.
    pub(crate) password: Option<String>,
    /// Seconds that it works; 7 days where it is not given, 90 days at most.
    pub(crate) expires_in: Option<u64>,
}
