//! Whose a file is to be, in Keap's words: `CONTACT` with a contact's id, `USER` or `COMPANY`.

use attache_core::Destination;
use attache_model::audience::CONTACT;
use attache_model::link::Record;
use attache_model::{Error, Result};

/// The field that says whose a file is to be.
pub(crate) const ASSOCIATION: &str = "file_association";
/// The field that names the contact.
pub(crate) const CONTACT_ID: &str = "contact_id";

/// The words of `file_association`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Association {
    /// A contact's.
    Contact,
    /// The caller's own.
    User,
    /// The company's.
    Company,
}

impl Association {
    /// From its word, in any letter case.
    ///
    /// # Errors
    /// `Invalid` at `file_association`, for an empty text too.
    pub(crate) fn parse(text: &str) -> Result<Association> {
        match text.trim().to_ascii_uppercase().as_str() {
            "CONTACT" => Ok(Association::Contact),
            "USER" => Ok(Association::User),
            "COMPANY" => Ok(Association::Company),
            "" => Err(missing()),
            _ => Err(Error::invalid(ASSOCIATION, "file_association must be CONTACT, USER or COMPANY")),
        }
    }

    /// Where a file goes. The contact's id is looked at only where it counts.
    ///
    /// # Errors
    /// `Invalid` at `contact_id` for a contact's file without one, or with one that cannot be.
    pub(crate) fn destination(self, contact_id: Option<&str>) -> Result<Destination> {
        match self {
            Association::User => Ok(Destination::User),
            Association::Company => Ok(Destination::Company),
            Association::Contact => match contact_id.map(str::trim).filter(|id| !id.is_empty()) {
                Some(id) => contact(id).map(Destination::Contact),
                None => Err(Error::invalid(CONTACT_ID, "contact_id is required when file_association is CONTACT")),
            },
        }
    }
}

/// The error of a new file that does not say whose it is to be.
pub(crate) fn missing() -> Error {
    Error::invalid(ASSOCIATION, "file_association is required")
}

/// A contact from the digits of its id.
///
/// # Errors
/// `Invalid` at `contact_id` for anything but a number from 1 to 2^31 - 1.
pub(crate) fn contact(id: &str) -> Result<Record> {
    let digits = !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit());
    match id.parse::<i32>() {
        Ok(number) if digits && number > 0 => Record::new(CONTACT, &number.to_string()),
        _ => Err(Error::invalid(CONTACT_ID, format!("contact_id must be a number from 1 to {}", i32::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn destination(word: &str, contact_id: Option<&str>) -> Result<Destination> {
        Association::parse(word)?.destination(contact_id)
    }

    fn refused(word: &str, contact_id: Option<&str>) -> String {
        match destination(word, contact_id).unwrap_err() {
            Error::Invalid { why, .. } => why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn c05_the_words_are_taken_in_any_letter_case() {
        let contact = Destination::Contact(Record::new("contact", "7").unwrap());
        for word in ["CONTACT", "contact", " Contact "] {
            assert_eq!(destination(word, Some("7")).unwrap(), contact);
        }
        assert_eq!(destination("user", None).unwrap(), Destination::User);
        assert_eq!(destination("Company", None).unwrap(), Destination::Company);
    }

    #[test]
    fn c03_a_contact_beside_another_word_is_not_looked_at() {
        assert_eq!(destination("USER", Some("nobody")).unwrap(), Destination::User);
        assert_eq!(destination("COMPANY", Some("-1")).unwrap(), Destination::Company);
    }

    #[test]
    fn c02_contacts_are_numbers_from_1_to_2147483647() {
        for (id, kept) in [("1", "1"), ("007", "7"), (" 2147483647 ", "2147483647")] {
            let Destination::Contact(record) = destination("CONTACT", Some(id)).unwrap() else {
                panic!("{id} is a contact")
            };
            assert_eq!(record.id(), kept);
        }
        for id in ["0", "-1", "+1", "1.0", "2147483648", "99999999999999999999", "0x1", "seven", "1 2"] {
            assert_eq!(refused("CONTACT", Some(id)), "contact_id must be a number from 1 to 2147483647", "{id}");
        }
    }

    #[test]
    fn c19_what_is_missing_is_told_by_name() {
        for id in [None, Some(""), Some(" ")] {
            assert_eq!(refused("CONTACT", id), "contact_id is required when file_association is CONTACT");
        }
        assert_eq!(refused("", None), "file_association is required");
        assert_eq!(refused("CONTACTS", None), "file_association must be CONTACT, USER or COMPANY");
    }
}
