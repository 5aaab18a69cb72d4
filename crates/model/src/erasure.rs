//! Erasures: what a removal for good took away, and when that was seen to be gone.

use crate::digest::Sha256;
use crate::id::ErasureId;
use crate::{AccountNo, FileId, FileNo, Time, UserNo};
use serde::{Deserialize, Serialize};

/// Why a file went for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErasureKind {
    /// Somebody asked for it to be erased: bytes, name and all.
    Erase,
    /// Its time in the trash, or its own, was over. Records that had it keep its name.
    Purge,
}

impl ErasureKind {
    /// The number that is stored.
    pub const fn code(self) -> i64 {
        match self {
            ErasureKind::Erase => 1,
            ErasureKind::Purge => 2,
        }
    }

    /// From the stored number.
    pub const fn from_code(code: i64) -> Option<ErasureKind> {
        match code {
            1 => Some(ErasureKind::Erase),
            2 => Some(ErasureKind::Purge),
            _ => None,
        }
    }
}

/// One removal of a file for good. It holds neither the file's name nor the digest of a content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// Its id.
    pub id: ErasureId,
    /// Whose file it was.
    pub account: AccountNo,
    /// The number that the file had.
    pub file: FileNo,
    /// The id that the file had.
    pub file_id: FileId,
    /// Why it went.
    pub kind: ErasureKind,
    /// Who asked for it; the account's owner for what was over by itself.
    pub actor: UserNo,
    /// When it was committed: from then on nobody reaches the file.
    pub asked_at: Time,
    /// When all of it was looked for and nothing was found; `None` until then.
    pub gone_at: Option<Time>,
    /// What the last look still found, while it is not gone.
    pub waits_for: Vec<Trace>,
    /// What went.
    pub parts: Parts,
}

/// Everything that an erasure had to take away.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parts {
    /// Number of the installation's key that seals the digests.
    pub key: i64,
    /// The contents of all versions, oldest first.
    pub contents: Vec<ErasedContent>,
    /// Rows of all kinds.
    pub removed: Removed,
}

/// The content of one version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErasedContent {
    /// The version's number.
    pub version: i64,
    /// Its bytes.
    pub size: u64,
    /// An HMAC of its SHA-256 under a key of this erasure. The digest itself is not kept: it would say for ever who had
    /// which content.
    pub sealed: Sha256,
    /// What became of the bytes.
    pub fate: Fate,
}

/// What became of a version's bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "bytes", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fate {
    /// They lay in the database under this key, and go.
    Row {
        /// The key.
        key: String,
    },
    /// They lay in the store under this key, and go.
    Store {
        /// The key.
        key: String,
    },
    /// Another file has the same content, so they stay for that one.
    Kept,
}

impl Fate {
    /// The key under which nothing must be found any more.
    pub fn key(&self) -> Option<&str> {
        match self {
            Fate::Row { key } | Fate::Store { key } => Some(key),
            Fate::Kept => None,
        }
    }
}

/// How many rows went, or lost what told of the file. Previews are made when they are asked for and kept nowhere; the
/// words that a search finds are in the file's own row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Removed {
    /// Versions.
    pub versions: u64,
    /// Links from records.
    pub links: u64,
    /// Signed links.
    pub signed_links: u64,
    /// Answers kept for repeated requests.
    pub kept_answers: u64,
    /// Tasks that named it.
    pub tasks: u64,
    /// Uploads that became it.
    pub uploads: u64,
    /// Fields of records that named it.
    pub field_values: u64,
    /// Notes that named it.
    pub notes: u64,
}

/// Something of an erased file that is still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trace {
    /// The file's row, with its name.
    File,
    /// Versions.
    Versions,
    /// Links from records.
    Links,
    /// Signed links.
    SignedLinks,
    /// Answers kept for repeated requests.
    KeptAnswers,
    /// Tasks that name it.
    Tasks,
    /// Uploads that became it.
    Uploads,
    /// Fields of records with its name.
    FieldValues,
    /// Notes with its name.
    Notes,
    /// Rows of contents.
    Contents,
    /// Bytes in the store.
    Bytes,
    /// What SQLite's log and pages may still hold.
    DatabaseLog,
}

impl Trace {
    /// All of them, in the order in which they are told.
    pub const ALL: [Trace; 12] = [
        Trace::File,
        Trace::Versions,
        Trace::Links,
        Trace::SignedLinks,
        Trace::KeptAnswers,
        Trace::Tasks,
        Trace::Uploads,
        Trace::FieldValues,
        Trace::Notes,
        Trace::Contents,
        Trace::Bytes,
        Trace::DatabaseLog,
    ];

    /// The word that is stored and shown.
    pub const fn word(self) -> &'static str {
        match self {
            Trace::File => "file",
            Trace::Versions => "versions",
            Trace::Links => "links",
            Trace::SignedLinks => "signed_links",
            Trace::KeptAnswers => "kept_answers",
            Trace::Tasks => "tasks",
            Trace::Uploads => "uploads",
            Trace::FieldValues => "field_values",
            Trace::Notes => "notes",
            Trace::Contents => "contents",
            Trace::Bytes => "bytes",
            Trace::DatabaseLog => "database_log",
        }
    }

    /// From its word.
    pub fn from_word(word: &str) -> Option<Trace> {
        Trace::ALL.into_iter().find(|trace| trace.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trace_is_found_by_its_word() {
        for trace in Trace::ALL {
            assert_eq!(Trace::from_word(trace.word()), Some(trace));
        }
        assert_eq!(Trace::from_word("name"), None);
    }

    #[test]
    fn every_kind_is_found_by_its_code() {
        for kind in [ErasureKind::Erase, ErasureKind::Purge] {
            assert_eq!(ErasureKind::from_code(kind.code()), Some(kind));
        }
        assert_eq!(ErasureKind::from_code(0), None);
    }
}
