//! Notes on records, and the feed that people read them in.

use crate::link::Record;
use crate::{FileId, FileNo, Time, UserNo, VersionId};

/// Longest kind of a note, in bytes.
pub const NOTE_KIND_MAX: usize = 64;
/// The kind of a note that is somebody's plain words.
pub const COMMON: &str = "common";

/// A note on a record: words, a file, or both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Its number in the account.
    pub no: i64,
    /// The record it is on.
    pub record: Record,
    /// What kind of note it is, in the client's word: `attachment`, [`COMMON`] and the like.
    pub kind: String,
    /// Its words.
    pub text: String,
    /// Its file.
    pub file: Option<NoteFile>,
    /// The moment it speaks of, in whole seconds, as its author gave it.
    pub created_at: Time,
    /// When it was last written, in whole seconds.
    pub updated_at: Time,
    /// Its author.
    pub created_by: UserNo,
    /// Who wrote it last.
    pub updated_by: UserNo,
    /// Who is in charge of it.
    pub responsible: UserNo,
}

/// The file of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteFile {
    /// The file's number in the account.
    pub no: FileNo,
    /// The file.
    pub file: FileId,
    /// The version that counts: the pinned one, else the file's active one.
    pub version: VersionId,
    /// Whether it stays with that version when the file gets another active one.
    pub pinned: bool,
    /// The name to show: the one that was given with the note, else the file's. Empty once the file was erased.
    pub name: String,
    /// Whether the file is in the trash or gone.
    pub deleted: bool,
}

/// One thing in a record's feed: a note, or a text with the files that its author put beside it in the same second.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedItem {
    /// The number of the note that leads it.
    pub note: i64,
    /// The moment, in whole seconds.
    pub at: Time,
    /// Who wrote it.
    pub author: UserNo,
    /// Its words; empty for a file without any.
    pub text: String,
    /// Its files, in the order they were put there.
    pub files: Vec<NoteFile>,
}
