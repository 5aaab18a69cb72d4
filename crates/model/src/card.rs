//! Cards: what an account keeps about a record besides its files, as clients of a CRM write it.

use crate::link::Record;
use crate::{FileId, Time, UserNo, VersionId};
use std::collections::BTreeMap;

/// Most numbers on one card.
pub const NUMBERS_MAX: usize = 64;
/// Longest name of a number, in bytes.
pub const NUMBER_NAME_MAX: usize = 64;
/// Greatest id of a record that has a card: clients read it as a floating-point number.
pub const CARD_ID_MAX: i64 = (1 << 53) - 1;

/// What is known of a record. A record without a card of its own, which only links name, has an empty one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// The record. Its id is a number where the card is its own.
    pub record: Record,
    /// What people call it; may be empty.
    pub name: String,
    /// Numbers by name, as the client names them: `price`, `status_id` and the like.
    pub numbers: BTreeMap<String, i64>,
    /// The files in its fields, in the order of the fields. A field without a file is not here.
    pub values: Vec<Value>,
    /// When it was made.
    pub created_at: Time,
    /// When it or a value of it was last written.
    pub updated_at: Time,
    /// Who made it.
    pub created_by: UserNo,
    /// Who wrote it last.
    pub updated_by: UserNo,
    /// Who is in charge of it.
    pub responsible: UserNo,
}

/// The file in a field of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// The field's number.
    pub field: i64,
    /// The field's name.
    pub field_name: String,
    /// The field's code, if it has one.
    pub field_code: Option<String>,
    /// The file.
    pub file: FileId,
    /// The version that counts: the pinned one, else the file's active one.
    pub version: VersionId,
    /// Whether it stays with that version when the file gets another active one.
    pub pinned: bool,
    /// The name to show: the one that was given with the value, else the file's. Empty once the file was erased.
    pub name: String,
    /// Length of that version in bytes; 0 once the file was erased.
    pub size: u64,
    /// Whether the file is in the trash or gone.
    pub deleted: bool,
}
