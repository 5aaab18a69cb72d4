//! Fields: the places on records of one type that hold a file each.

use crate::Time;

/// Longest name of a field, in bytes.
pub const FIELD_NAME_MAX: usize = 255;
/// Longest code of a field, in bytes.
pub const FIELD_CODE_MAX: usize = 255;

/// A field of all records of one type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its number in the account.
    pub no: i64,
    /// The type of the records that have it, such as `deal`.
    pub kind: String,
    /// What people call it.
    pub name: String,
    /// What programs call it, if they do.
    pub code: Option<String>,
    /// Its place among the fields; equal ones stand by number.
    pub sort: i64,
    /// When it was made.
    pub created_at: Time,
    /// When it was last changed.
    pub updated_at: Time,
}
