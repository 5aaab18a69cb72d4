//! What was removed for good.

use super::ErasureKind;
use serde::Serialize;
use utoipa::ToSchema;

/// How far an erasure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ErasureState {
    /// Nobody reaches the file any more, and something of it was still found, or nobody has looked yet.
    Asked,
    /// All of it was looked for and nothing was found.
    Gone,
}

/// A removal of a file for good. It has neither the file's name nor the digest of a content.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Erasure {
    /// Its id.
    #[schema(format = "uuid")]
    pub(crate) id: String,
    /// The number that the file had.
    pub(crate) file_no: i64,
    /// The id that the file had.
    #[schema(format = "uuid")]
    pub(crate) file_id: String,
    /// Why it went.
    pub(crate) kind: ErasureKind,
    /// How far it is.
    pub(crate) state: ErasureState,
    /// Number of the user who asked for it.
    pub(crate) asked_by: i64,
    /// From when on nobody could reach the file.
    #[schema(format = DateTime)]
    pub(crate) asked_at: String,
    /// When all of it was looked for and nothing was found.
    #[schema(format = DateTime)]
    pub(crate) gone_at: Option<String>,
    /// What the last look still found, such as `bytes`.
    #[schema(example = json!([]))]
    pub(crate) waits_for: Vec<&'static str>,
    /// The contents of its versions, oldest first.
    pub(crate) contents: Vec<ErasedContent>,
    /// Rows that went with it.
    pub(crate) removed: ErasedRows,
}

/// The content of one version.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErasedContent {
    /// The version's number.
    pub(crate) version: i64,
    /// Its bytes.
    pub(crate) size: u64,
    /// HMAC-SHA-256 of its SHA-256 in hex, under the key that the certificate has.
    pub(crate) sealed_sha256: String,
    /// Another file has the same content, so its bytes stay for that one.
    pub(crate) kept_for_another_file: bool,
}

/// How many rows went, or lost what told of the file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErasedRows {
    /// Versions.
    pub(crate) versions: u64,
    /// Links from records.
    pub(crate) links: u64,
    /// Signed links.
    pub(crate) signed_links: u64,
    /// Answers kept for repeated requests.
    pub(crate) kept_answers: u64,
    /// Tasks that named it.
    pub(crate) tasks: u64,
    /// Uploads that became it.
    pub(crate) uploads: u64,
    /// Fields of records that named it.
    pub(crate) field_values: u64,
    /// Notes that named it.
    pub(crate) notes: u64,
}

/// A key that certificates are verified with.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CertificateKey {
    /// Its name, which a certificate carries.
    pub(crate) id: String,
    /// Its algorithm.
    #[schema(example = "Ed25519")]
    pub(crate) algorithm: &'static str,
    /// The key as a file that openssl reads.
    pub(crate) pem: String,
}
