//! Owners: the records that a file can belong to alone, as the pictures, papers and replies of a billing system do.

use crate::Time;
use crate::link::Record;
use serde::{Deserialize, Serialize};

/// The types of records that own files, in the order of the alphabet.
pub const OWNERS: [&str; 25] = [
    "account",
    "ach_batch",
    "address",
    "call_detail_record_import",
    "call_log",
    "company",
    "deposit_slip",
    "email_message_content",
    "fcc_form_477_report",
    "handwritten_signature",
    "inventory_item",
    "inventory_model",
    "invoice_attachment",
    "job",
    "mass_email",
    "network_site",
    "printed_invoice_batch",
    "purchase_order",
    "system_backup",
    "ticket",
    "ticket_comment",
    "ticket_reply",
    "towercoverage_submission",
    "vendor",
    "voice_provider_rate_import",
];

/// A record that owns files: one of the types in [`OWNERS`], with a number for its id. A file's owner is the one that its
/// newest link to an owner names; it is not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Record", into = "Record")]
pub struct Owner {
    kind: &'static str,
    id: i64,
}

impl Owner {
    /// The owner of that type and number; `None` for another type, or a number below 1.
    pub fn new(kind: &str, id: i64) -> Option<Owner> {
        let kind = OWNERS.into_iter().find(|known| *known == kind)?;
        (id > 0).then_some(Owner { kind, id })
    }

    /// The owner that a record is, if it is one. A number has one spelling: `007` is no owner.
    pub fn of(record: &Record) -> Option<Owner> {
        Owner::read(record.kind(), record.id())
    }

    /// As [`Owner::of`], from a record's type and id.
    pub fn read(kind: &str, id: &str) -> Option<Owner> {
        let number: i64 = id.parse().ok()?;
        Owner::new(kind, number).filter(|_| number.to_string() == id)
    }

    /// Its type.
    pub const fn kind(self) -> &'static str {
        self.kind
    }

    /// Its number.
    pub const fn id(self) -> i64 {
        self.id
    }
}

/// An owner that a link or a card names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// The owner.
    pub owner: Owner,
    /// When its oldest link was made, or its card.
    pub since: Time,
    /// When its newest link was made, or its card last changed.
    pub changed: Time,
}

impl From<Owner> for Record {
    fn from(owner: Owner) -> Record {
        Record::numbered(owner.kind, owner.id)
    }
}

impl TryFrom<Record> for Owner {
    type Error = crate::Error;

    fn try_from(record: Record) -> crate::Result<Owner> {
        Owner::of(&record).ok_or_else(|| crate::Error::invalid("owner", format!("{record} is no owner of files")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_is_a_record_of_a_known_type_with_a_number_in_its_one_spelling() {
        let of = |text: &str| Owner::of(&text.parse().unwrap());
        assert_eq!(of("account/1"), Owner::new("account", 1));
        assert_eq!(of("ticket_reply/9223372036854775807"), Owner::new("ticket_reply", i64::MAX));
        for none in ["contact/1", "account/0", "account/-1", "account/01", "account/A-7", "account/9223372036854775808"]
        {
            assert_eq!(of(none), None, "{none}");
        }
    }

    #[test]
    fn an_owner_names_its_record() {
        for kind in OWNERS {
            let owner = Owner::new(kind, 42).unwrap();
            assert_eq!(Record::from(owner).to_string(), format!("{kind}/42"));
            assert_eq!(Owner::of(&owner.into()), Some(owner));
        }
    }

    #[test]
    fn the_types_stand_in_their_order_and_once() {
        assert!(OWNERS.is_sorted_by(|one, next| one < next));
    }
}
