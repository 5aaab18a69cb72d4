//! Kommo's kinds of records and ours, and the addresses that name a record.

use super::item::Item;
use crate::error::ItemError;
use attache_model::link::Record;
use attache_model::{Error, FileId, Result, What};
use http::Uri;

/// A kind of record that Kommo has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entity {
    /// Deals.
    Leads,
    /// People.
    Contacts,
    /// Companies.
    Companies,
    /// Customers: buyers that come again.
    Customers,
}

impl Entity {
    /// All of them.
    pub(crate) const ALL: [Entity; 4] = [Entity::Leads, Entity::Contacts, Entity::Companies, Entity::Customers];

    /// Kommo's word, in addresses and answers.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Entity::Leads => "leads",
            Entity::Contacts => "contacts",
            Entity::Companies => "companies",
            Entity::Customers => "customers",
        }
    }

    /// Our record type.
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Entity::Leads => "deal",
            Entity::Contacts => "contact",
            Entity::Companies => "company",
            Entity::Customers => "customer",
        }
    }

    /// The numbers of a record of this kind that are kept and shown, by Kommo's names.
    pub(crate) const fn numbers(self) -> &'static [&'static str] {
        match self {
            Entity::Leads => &["price", "status_id", "pipeline_id"],
            Entity::Contacts | Entity::Companies => &[],
            Entity::Customers => &["next_price", "next_date", "status_id"],
        }
    }

    /// From our record type; `None` for one that Kommo does not have.
    pub(crate) fn of_kind(kind: &str) -> Option<Entity> {
        Entity::ALL.into_iter().find(|entity| entity.kind() == kind)
    }

    /// The record with this number.
    ///
    /// # Errors
    /// None for a number; a record's id is text, which could be wrong.
    pub(crate) fn record(self, id: i64) -> Result<Record> {
        Record::new(self.kind(), &id.to_string())
    }

    /// The record whose number an item has in its member `name`.
    ///
    /// # Errors
    /// The fault of a member that is no number of a record.
    pub(crate) fn record_in(self, item: &Item<'_>, name: &str) -> Result<Record, ItemError> {
        let id = item.needed_id(name)?;
        self.record(id).map_err(|error| item.no_choice(name, &error.to_string()))
    }
}

/// A record as Kommo names it: its kind and its number. `None` for one of another kind or without a number.
pub(crate) fn named(record: &Record) -> Option<(Entity, i64)> {
    Some((Entity::of_kind(record.kind())?, number(record.id())?))
}

/// As [`named`], of a record that was found by its number and so has one.
///
/// # Errors
/// `Internal`, had it none.
pub(crate) fn name_of(record: &Record) -> Result<(Entity, i64)> {
    named(record).ok_or_else(|| Error::bug("a record that was found by its number has none"))
}

/// An address below `/api/v4`, by its segments.
pub(crate) struct Address<'u>(Vec<&'u str>);

impl<'u> Address<'u> {
    /// Of a request.
    pub(crate) fn of(uri: &'u Uri) -> Address<'u> {
        Address(uri.path().split('/').skip(3).collect())
    }

    /// The segment at `at`, counted from the kind of record, which is 0.
    fn segment(&self, at: usize) -> &'u str {
        self.0.get(at).copied().unwrap_or_default()
    }

    /// The kind of record it is about.
    ///
    /// # Errors
    /// `NotFound(Route)`: there are no such addresses for other words.
    pub(crate) fn entity(&self) -> Result<Entity> {
        let word = self.segment(0);
        Entity::ALL.into_iter().find(|entity| entity.word() == word).ok_or(Error::NotFound(What::Route))
    }

    /// The record it is about.
    ///
    /// # Errors
    /// As [`Address::entity`], and `NotFound(Record)` for what is no number of a record.
    pub(crate) fn record(&self) -> Result<(Entity, Record)> {
        let entity = self.entity()?;
        Ok((entity, entity.record(self.number(1, What::Record)?)?))
    }

    /// The number at `at`.
    ///
    /// # Errors
    /// `NotFound` for what is none.
    pub(crate) fn number(&self, at: usize, what: What) -> Result<i64> {
        number(self.segment(at)).ok_or(Error::NotFound(what))
    }

    /// The id of a file, which stands behind `files/`.
    ///
    /// # Errors
    /// `NotFound(File)` for what is none.
    pub(crate) fn file(&self) -> Result<FileId> {
        self.segment(1).parse().map_err(|_| Error::NotFound(What::File))
    }
}

/// A number as Kommo counts things: decimal digits without a leading zero, from 1.
fn number(text: &str) -> Option<i64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    if plain { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(uri: &str) -> Result<String> {
        let uri = uri.parse().unwrap();
        Address::of(&uri).record().map(|(_, record)| record.to_string())
    }

    #[test]
    fn kommos_words_are_our_records() {
        for (path, ours) in [
            ("/api/v4/leads/5", "deal/5"),
            ("/api/v4/contacts/5/files", "contact/5"),
            ("/api/v4/companies/5/notes?page=2", "company/5"),
            ("/api/v4/customers/9007199254740993", "customer/9007199254740993"),
        ] {
            assert_eq!(record(path).unwrap(), ours);
        }
    }

    #[test]
    fn what_is_no_number_is_no_record() {
        for id in ["0", "05", "-5", "5.0", "x", "", "%35", "99999999999999999999"] {
            let error = record(&format!("/api/v4/leads/{id}")).unwrap_err();
            assert!(matches!(error, Error::NotFound(What::Record)), "{id}: {error}");
        }
        assert!(matches!(record("/api/v4/tasks/5").unwrap_err(), Error::NotFound(What::Route)));
    }

    #[test]
    fn a_record_that_kommo_could_not_name_has_no_name_there() {
        let named = |text: &str| named(&text.parse().unwrap());
        assert_eq!(named("deal/5"), Some((Entity::Leads, 5)));
        for other in ["ticket/5", "contact/a@b", "contact/05"] {
            assert_eq!(named(other), None, "{other}");
        }
    }
}
