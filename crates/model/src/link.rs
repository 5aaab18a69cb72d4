//! Records and the links between files and records.

use crate::error::{Code, Error, Result};
use crate::{FileNo, Time, UserNo};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Longest record type, in bytes.
pub const RECORD_TYPE_MAX: usize = 64;
/// Longest record id, in bytes.
pub const RECORD_ID_MAX: usize = 128;

/// A business entity that files belong to, such as `contact/42`. It needs no creation: it exists when something names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Record {
    kind: String,
    id: String,
}

impl Record {
    /// A record from its type (lower case letters, digits and `_`, beginning with a letter) and id (letters, digits and
    /// `. _ - : @`).
    ///
    /// # Errors
    /// [`Error::Invalid`] that names the part that is wrong.
    pub fn new(kind: &str, id: &str) -> Result<Record> {
        let kind_ok = kind.len() <= RECORD_TYPE_MAX
            && kind.starts_with(|c: char| c.is_ascii_lowercase())
            && kind.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !kind_ok {
            return Err(Error::refuse(
                Code::RecordInvalid,
                "record.type",
                format!(
                    "a record type is 1 to {RECORD_TYPE_MAX} lower-case letters, digits or '_', beginning with a letter, such as 'contact'"
                ),
            ));
        }
        let id_ok = !id.is_empty()
            && id.len() <= RECORD_ID_MAX
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-:@".contains(&b))
            && id != "."
            && id != "..";
        if !id_ok {
            return Err(Error::refuse(
                Code::RecordInvalid,
                "record.id",
                format!("a record id is 1 to {RECORD_ID_MAX} letters, digits or any of . _ - : @"),
            ));
        }
        Ok(Record { kind: kind.to_owned(), id: id.to_owned() })
    }

    /// A record of a type that is known to be one, with a number for its id.
    pub(crate) fn numbered(kind: &'static str, id: i64) -> Record {
        Record { kind: kind.to_owned(), id: id.to_string() }
    }

    /// Its type, such as `contact`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Its id within the type, such as `42`.
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.id)
    }
}

impl FromStr for Record {
    type Err = Error;

    fn from_str(text: &str) -> Result<Record> {
        let (kind, id) = text
            .split_once('/')
            .ok_or_else(|| Error::invalid("record", "a record is written type/id, such as contact/42"))?;
        Record::new(kind, id)
    }
}

impl TryFrom<String> for Record {
    type Error = Error;

    fn try_from(text: String) -> Result<Record> {
        text.parse()
    }
}

impl From<Record> for String {
    fn from(record: Record) -> String {
        record.to_string()
    }
}

/// Why a file is on a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Attached by a caller.
    Attached,
    /// Part of a note on the record.
    Note,
    /// Value of a field of the record.
    Field,
    /// Sent in by the record's own person.
    Intake,
}

impl Origin {
    /// All origins with their words, in the order of their codes.
    pub const ALL: [(Origin, &'static str); 4] =
        [(Origin::Attached, "attached"), (Origin::Note, "note"), (Origin::Field, "field"), (Origin::Intake, "intake")];

    /// The number that is stored.
    pub const fn code(self) -> i64 {
        self as i64
    }

    /// From the stored number.
    pub fn from_code(code: i64) -> Option<Origin> {
        usize::try_from(code).ok().and_then(|at| Origin::ALL.get(at)).map(|(origin, _)| *origin)
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        Origin::ALL[self as usize].1
    }

    /// From the word.
    pub fn from_word(word: &str) -> Option<Origin> {
        Origin::ALL.iter().find(|(_, w)| *w == word).map(|(origin, _)| *origin)
    }
}

/// A file on a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its number in the account.
    pub no: i64,
    /// The file.
    pub file: FileNo,
    /// The record.
    pub record: Record,
    /// Why it is there.
    pub origin: Origin,
    /// A free word for the file's part on the record, such as `passport`; empty for none.
    pub role: String,
    /// Whether the record's ordinary readers are shown it.
    pub visible: bool,
    /// When it was made.
    pub created_at: Time,
    /// Who made it.
    pub created_by: UserNo,
}
