//! What callers hand in about records - cards, values of fields, fields, notes - and what they ask for.

use crate::query::{Order, Span};
use attache_model::error::Code;
use attache_model::limits::Limits;
use attache_model::link::Record;
use attache_model::{Error, FileId, Result, Time, UserNo, VersionId};
use std::collections::BTreeMap;

/// A card to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewCard {
    /// The record's id; `None` takes the next one that nothing names. A record that only links name gets its card here.
    pub id: Option<i64>,
    /// What people call it.
    pub name: String,
    /// Its numbers.
    pub numbers: BTreeMap<String, i64>,
    /// Files for its fields.
    pub values: Vec<NewValue>,
    /// When it was made; `None` is now.
    pub created_at: Option<Time>,
    /// Who made it; `None` is the caller.
    pub created_by: Option<UserNo>,
    /// Who is in charge of it; `None` is the caller.
    pub responsible: Option<UserNo>,
}

/// Changes to a card. `None` leaves a property as it is. A record that only links name gets a card by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardChange {
    /// The record.
    pub record: Record,
    /// Another name.
    pub name: Option<String>,
    /// Numbers by name: a value sets, `None` removes.
    pub numbers: BTreeMap<String, Option<i64>>,
    /// Files for its fields. A field that is not named stays as it is.
    pub values: Vec<NewValue>,
    /// Another one in charge.
    pub responsible: Option<UserNo>,
}

impl CardChange {
    /// A change of nothing.
    pub fn of(record: Record) -> CardChange {
        CardChange { record, name: None, numbers: BTreeMap::new(), values: Vec::new(), responsible: None }
    }
}

/// A file for a field of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewValue {
    /// The field's number.
    pub field: i64,
    /// The file; `None` empties the field.
    pub file: Option<FileUse>,
}

/// A file as a value or a note uses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileUse {
    /// The file.
    pub file: FileId,
    /// The version that it stays with; `None` follows the active one.
    pub version: Option<VersionId>,
    /// The name to show; `None` shows the file's own, whatever that is at the time.
    pub name: Option<String>,
}

impl FileUse {
    /// A file as it is at any time.
    pub fn of(file: FileId) -> FileUse {
        FileUse { file, version: None, name: None }
    }
}

/// A question for cards of one type, by id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardQuery {
    /// Only these ids; empty for all.
    pub ids: Vec<i64>,
    /// How many to pass over.
    pub offset: u64,
    /// Most cards on the page.
    pub limit: u32,
}

/// A field to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewField {
    /// What people call it.
    pub name: String,
    /// What programs call it.
    pub code: Option<String>,
    /// Its place among the fields; `None` is after all others.
    pub sort: Option<i64>,
}

/// Changes to a field. `None` leaves a property as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldChange {
    /// Another name.
    pub name: Option<String>,
    /// Another code; `Some(None)` removes it.
    pub code: Option<Option<String>>,
    /// Another place.
    pub sort: Option<i64>,
}

/// A note to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewNote {
    /// The record it is for.
    pub record: Record,
    /// What kind of note it is, in the client's word.
    pub kind: String,
    /// Its words; may be empty.
    pub text: String,
    /// Its file.
    pub file: Option<FileUse>,
    /// The moment it speaks of; fractions of its second are left out. `None` is now.
    pub created_at: Option<Time>,
    /// Its author; `None` is the caller.
    pub created_by: Option<UserNo>,
    /// Who is in charge of it; `None` is the author.
    pub responsible: Option<UserNo>,
}

impl NewNote {
    /// A note of the caller, now, with neither words nor file.
    pub fn of(record: Record, kind: &str) -> NewNote {
        let kind = kind.to_owned();
        NewNote { record, kind, text: String::new(), file: None, created_at: None, created_by: None, responsible: None }
    }
}

/// Changes to a note. `None` leaves a property as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoteChange {
    /// The note's number.
    pub no: i64,
    /// Another kind.
    pub kind: Option<String>,
    /// Other words.
    pub text: Option<String>,
    /// Another file.
    pub file: Option<FileUse>,
    /// Another one in charge.
    pub responsible: Option<UserNo>,
}

/// What notes can be ordered by. Ties are broken by number ascending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoteSort {
    /// Number.
    No,
    /// When last written.
    Updated,
}

/// A question for notes on records of one type. Of each list one must hold; an empty one asks for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoteQuery {
    /// Numbers of notes.
    pub nos: Vec<i64>,
    /// Ids of records.
    pub records: Vec<String>,
    /// Kinds of notes.
    pub kinds: Vec<String>,
    /// Last written in a range of time, in microseconds.
    pub updated: Span,
    /// The order; `None` is by number ascending.
    pub order: Option<Order<NoteSort>>,
    /// How many to pass over.
    pub offset: u64,
    /// Most notes on the page.
    pub limit: u32,
}

/// Refuses a request with more items than the limit `record_items`.
///
/// # Errors
/// [`Code::ListTooLong`].
pub(crate) fn check_count(items: usize, limits: &Limits) -> Result<()> {
    let most = limits.record_items;
    if items as u64 <= most {
        return Ok(());
    }
    let why = format!("a request has at most {most} items, and this one has {items}");
    Err(Error::refuse(Code::ListTooLong, "items", why))
}

/// Refuses a page that begins further down its list than the limit `record_offset`.
///
/// # Errors
/// `Invalid` at `offset`.
pub(crate) fn check_offset(offset: u64, limits: &Limits) -> Result<()> {
    let most = limits.record_offset;
    if offset <= most {
        return Ok(());
    }
    Err(Error::invalid("offset", format!("a page begins at most {most} items down its list; narrow the question")))
}

/// Refuses a line of text that is longer than `most` bytes or has control characters.
///
/// # Errors
/// `Invalid` at `place`.
pub(crate) fn check_line(place: &str, text: &str, most: u64) -> Result<()> {
    if text.len() as u64 <= most && !text.chars().any(char::is_control) {
        return Ok(());
    }
    Err(Error::invalid(place, format!("it is at most {most} bytes of UTF-8 without control characters")))
}

/// Refuses a text that is longer than `most` bytes or that no database can keep.
///
/// # Errors
/// `Invalid` at `place`.
pub(crate) fn check_text(place: &str, text: &str, most: u64) -> Result<()> {
    if text.len() as u64 <= most && !text.contains('\0') {
        return Ok(());
    }
    Err(Error::invalid(place, format!("it is at most {most} bytes of UTF-8 without the character NUL")))
}

/// Refuses what is no type of records.
///
/// # Errors
/// [`Code::RecordInvalid`].
pub(crate) fn check_kind(kind: &str) -> Result<()> {
    Record::new(kind, "1").map(|_| ())
}
