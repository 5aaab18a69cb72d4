//! Files, versions, and what changes them.

use super::{Access, Hold, Kind, OnConflict, Source};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// A file with its active content.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct File {
    /// Its id.
    #[schema(format = "uuid", example = "0190a5a4-5d5c-4f00-8000-000000000001")]
    pub(crate) id: String,
    /// Its number in the account; it can stand for the id everywhere.
    pub(crate) no: i64,
    /// Its name with extension.
    #[schema(example = "lease.pdf")]
    pub(crate) name: String,
    /// The name that it was given. It differs from `name` where another file of the folder had that already and both were
    /// to show it.
    #[schema(example = "lease.pdf")]
    pub(crate) title: String,
    /// Whether its maker keeps it personally, so that it counts as nobody else's.
    pub(crate) personal: bool,
    /// What people say of it; empty for nothing.
    #[schema(example = "signed by both")]
    pub(crate) description: String,
    /// Whether it is the picture that is shown for the record that it is on.
    pub(crate) cover: bool,
    /// The extension without dot; empty for none.
    pub(crate) extension: String,
    /// Its whole path.
    #[schema(example = "/contracts/2026/lease.pdf")]
    pub(crate) path: String,
    /// Path of the folder that it is in; `/` for the root.
    pub(crate) folder: String,
    /// Number of that folder; 0 for the root.
    pub(crate) folder_no: i64,
    /// Who may fetch its content without a token.
    pub(crate) access: Access,
    /// When it disappears by itself; `null` is never.
    #[schema(format = DateTime)]
    pub(crate) expires_at: Option<String>,
    /// When it was moved to the trash; `null` while it lives.
    #[schema(format = DateTime)]
    pub(crate) trashed_at: Option<String>,
    /// Why it must not be removed for good; `null` for a file that may be.
    pub(crate) hold: Option<Hold>,
    /// When it was made.
    #[schema(format = DateTime)]
    pub(crate) created_at: String,
    /// When its content or properties last changed.
    #[schema(format = DateTime)]
    pub(crate) updated_at: String,
    /// Number of the user who made it.
    pub(crate) created_by: i64,
    /// How it came in.
    pub(crate) source: Source,
    /// Custom metadata.
    pub(crate) metadata: BTreeMap<String, String>,
    /// The active version.
    pub(crate) version: Version,
    /// Address of the active content. It needs a token; for a link without one see `POST /v1/files/{id}/links`.
    #[schema(format = "uri")]
    pub(crate) content_url: String,
    /// Entity tag of these properties, with its quotes, as `If-Match` takes it.
    pub(crate) etag: String,
}

/// Immutable content of a file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Version {
    /// 1 for the first, counting up within the file.
    pub(crate) no: i64,
    /// Length in bytes.
    pub(crate) size: u64,
    /// Media type, found from the bytes first and the name second.
    #[schema(example = "application/pdf")]
    pub(crate) media_type: String,
    /// Broad kind of content.
    pub(crate) kind: Kind,
    /// Image format for images, charset for text, else `null`.
    pub(crate) encoding: Option<String>,
    /// Pixels across, for images.
    pub(crate) width: Option<u32>,
    /// Pixels down, for images.
    pub(crate) height: Option<u32>,
    /// SHA-256 of the bytes, in hex.
    pub(crate) sha256: String,
    /// MD5 of the bytes, in hex.
    pub(crate) md5: String,
    /// Number of the user who put it in.
    pub(crate) created_by: i64,
    /// When it was put in.
    #[schema(format = DateTime)]
    pub(crate) created_at: String,
    /// Address of this version's content, which never changes what it gives.
    #[schema(format = "uri")]
    pub(crate) content_url: String,
    /// Entity tag of this content, with its quotes.
    pub(crate) etag: String,
}

/// Changes to a file's properties. What is left out stays; see RFC 7396.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct FileChange {
    /// A new name, extension and all.
    pub(crate) name: Option<String>,
    /// Path of another folder; missing folders are made.
    pub(crate) folder: Option<String>,
    /// Id or number of another folder, instead of `folder`.
    pub(crate) folder_id: Option<String>,
    /// A new access level.
    pub(crate) access: Option<Access>,
    /// A new expiry; `null` removes it.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(crate) expires_at: Option<Option<String>>,
    /// Seconds from now until it disappears, instead of `expires_at`.
    pub(crate) ttl: Option<u64>,
    /// What people say of it; `null` removes it, as an empty text does.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub(crate) description: Option<Option<String>>,
    /// Custom metadata by key: a text sets, `null` removes.
    pub(crate) metadata: BTreeMap<String, Option<String>>,
    /// Number of another version that becomes the active one.
    pub(crate) version: Option<i64>,
}

/// Tells a member that is `null` from one that is not there.
fn present<'de, D, T>(from: D) -> Result<Option<Option<T>>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::<T>::deserialize(from).map(Some)
}

/// The form of an upload. Fields may stand before and after `file`.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it only describes the form; parts are read one by one as they come")]
pub(crate) struct UploadForm {
    /// The content. Exactly one part; its file name is used when there is no `name`.
    #[schema(value_type = String, format = Binary)]
    file: String,
    /// The name with extension.
    name: Option<String>,
    /// Path of the folder; missing folders are made. The root where neither this nor `folder_id` is given.
    folder: Option<String>,
    /// Id or number of the folder, instead of `folder`.
    folder_id: Option<String>,
    /// Who may fetch the content without a token; `private` where it is not given.
    access: Option<Access>,
    /// Seconds from now until the file disappears.
    ttl: Option<u64>,
    /// When the file disappears, instead of `ttl`.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// What people say of the file.
    description: Option<String>,
    /// A JSON object of texts.
    metadata: Option<String>,
    /// A record to put the file on, such as `contact/42`. Repeatable.
    record: Option<Vec<String>>,
    /// What to do when the name is taken; `refuse` where it is not given.
    on_conflict: Option<OnConflict>,
    /// SHA-256 that the content must have, in hex.
    #[schema(pattern = "^[0-9a-fA-F]{64}$")]
    sha256: Option<String>,
}

/// What can be said of content in a query.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes the query; a test holds its names against those that are read")]
pub(crate) struct ContentFields {
    /// Who may fetch the content without a token.
    #[param(inline)]
    access: Option<Access>,
    /// Seconds from now until the file disappears.
    ttl: Option<u64>,
    /// When the file disappears, instead of `ttl`.
    #[param(format = DateTime)]
    expires_at: Option<String>,
    /// SHA-256 that the content must have, in hex.
    #[param(pattern = "^[0-9a-fA-F]{64}$")]
    sha256: Option<String>,
}

/// What can be said of a new file in a query.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes the query; a test holds its names against those that are read")]
pub(crate) struct FileFields {
    /// What people say of the file.
    description: Option<String>,
    /// A JSON object of texts.
    metadata: Option<String>,
    /// A record to put the file on, such as `contact/42`. Repeatable.
    record: Option<Vec<String>>,
}

/// Where a new file goes, in a query.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes the query; a test holds its names against those that are read")]
pub(crate) struct PlaceFields {
    /// The name with extension. Needed when the body is the content itself.
    name: Option<String>,
    /// Path of the folder; missing folders are made. The root where neither this nor `folder_id` is given.
    folder: Option<String>,
    /// Id or number of the folder, instead of `folder`.
    folder_id: Option<String>,
    /// What to do when the name is taken; `refuse` where it is not given.
    #[param(inline)]
    on_conflict: Option<OnConflict>,
}
