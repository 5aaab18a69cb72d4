//! What the native API answers, as far as a client looks at it. Members that are not listed here are kept in `rest`, so
//! what is shown as JSON is what the server said.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A file with its active content.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct File {
    /// Its id.
    pub id: String,
    /// Its number in the account.
    pub no: i64,
    /// Its name with extension.
    pub name: String,
    /// Its whole path.
    pub path: String,
    /// Path of its folder; `/` for the root.
    pub folder: String,
    /// Who may fetch its content without a token.
    pub access: String,
    /// When it was moved to the trash.
    pub trashed_at: Option<String>,
    /// When its content or properties last changed.
    pub updated_at: String,
    /// Its active content.
    pub version: Version,
    /// Everything else.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// Immutable content of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Version {
    /// 1 for the first of its file.
    pub no: i64,
    /// Length in bytes.
    pub size: u64,
    /// Media type.
    pub media_type: String,
    /// SHA-256 of the bytes, in hex.
    pub sha256: String,
    /// Entity tag of the content, with its quotes.
    pub etag: String,
    /// Everything else.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// A folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Folder {
    /// Its id.
    pub id: String,
    /// Its number in the account; 0 for the root.
    pub no: i64,
    /// Its name; empty for the root.
    pub name: String,
    /// Its whole path.
    pub path: String,
    /// When it last changed.
    pub updated_at: String,
    /// Everything else.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// A file's place on a record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Link {
    /// The record.
    pub record: String,
    /// Number of the file.
    pub file_no: i64,
    /// Everything else.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// A file with its place on a record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinkedFile {
    /// The place.
    pub link: Link,
    /// The file.
    pub file: File,
}

/// A signed link that was just made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// Its id.
    pub id: String,
    /// What to give away.
    pub url: String,
    /// When it ends.
    pub expires_at: String,
    /// Everything else.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    /// Its items.
    pub items: Vec<T>,
    /// What to send for the next page; `None` on the last one.
    pub next_cursor: Option<String>,
}

/// Something that is there already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Existing {
    /// Its id.
    pub id: String,
    /// Its number.
    pub no: i64,
}
