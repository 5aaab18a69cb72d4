//! Whose a file is.

use serde::{Deserialize, Serialize};

/// Whose a file is. It is not stored: a file that its maker keeps personally is the maker's; else one that is on a
/// record of the type [`CONTACT`] is that contact's; else it is the company's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// A contact's.
    Contact,
    /// One user's own.
    User,
    /// The company's.
    Company,
}

/// The type of records that are contacts.
pub const CONTACT: &str = "contact";
