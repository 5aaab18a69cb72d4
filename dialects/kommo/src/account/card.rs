//! A lead, contact, company or customer, as it comes in and as it is shown.

use super::entity::{Entity, named};
use super::face::Face;
use super::hal::{Links, to_self};
use super::item::Item;
use super::values::{self, Codes, ShownValue};
use crate::error::ItemError;
use attache_core::{CardChange, NewCard};
use attache_model::UserNo;
use attache_model::card::Card;
use attache_model::link::Record;
use serde::Serialize;
use std::collections::BTreeMap;

/// A card to be made.
pub(crate) fn new(item: &Item<'_>, entity: Entity, codes: &Codes) -> Result<NewCard, ItemError> {
    let mut numbers = BTreeMap::new();
    for name in entity.numbers() {
        if let Some(number) = item.number(name)? {
            numbers.insert((*name).to_owned(), number);
        }
    }
    Ok(NewCard {
        id: item.id("id")?,
        name: name(item)?.unwrap_or_default(),
        numbers,
        values: values::read(item, codes)?,
        created_at: item.moment("created_at")?,
        created_by: item.number("created_by")?.map(UserNo),
        responsible: item.responsible()?,
    })
}

/// A change of a card. What a client only repeats of what it read, such as times, is passed over.
pub(crate) fn change(item: &Item<'_>, entity: Entity, record: Record, codes: &Codes) -> Result<CardChange, ItemError> {
    let mut numbers = BTreeMap::new();
    for name in entity.numbers().iter().filter(|name| item.has(name)) {
        numbers.insert((*name).to_owned(), item.number(name)?);
    }
    Ok(CardChange {
        name: name(item)?,
        numbers,
        values: values::read(item, codes)?,
        responsible: item.responsible()?,
        ..CardChange::of(record)
    })
}

/// The name; people may come with two halves of one.
fn name(item: &Item<'_>) -> Result<Option<String>, ItemError> {
    if let Some(name) = item.text("name")? {
        return Ok(Some(name));
    }
    let halves = [item.text("first_name")?, item.text("last_name")?];
    let halves: Vec<String> = halves.into_iter().flatten().filter(|half| !half.is_empty()).collect();
    Ok((!halves.is_empty()).then(|| halves.join(" ")))
}

/// Where a member that core speaks of stands in its item.
pub(crate) fn place(word: &str) -> String {
    match word {
        "record" => "id".to_owned(),
        word => values::place(word).unwrap_or_else(|| word.to_owned()),
    }
}

impl Face<'_> {
    /// A record, whole. `None` for one that Kommo could not name.
    pub(crate) fn card(&self, card: &Card) -> Option<ShownCard> {
        let (entity, id) = named(&card.record)?;
        Some(ShownCard {
            id,
            name: title(entity, id, &card.name),
            responsible_user_id: card.responsible.0,
            group_id: 0,
            created_by: card.created_by.0,
            updated_by: card.updated_by.0,
            created_at: card.created_at.seconds(),
            updated_at: card.updated_at.seconds(),
            closest_task_at: None,
            is_deleted: false,
            numbers: numbers(entity, card),
            custom_fields_values: values::shown(&card.values),
            account_id: self.account.0,
            links: self.links_of_card(entity, id),
            embedded: BTreeMap::from([("tags", [])]),
        })
    }

    /// The links of a record.
    pub(crate) fn links_of_card(&self, entity: Entity, id: i64) -> Links {
        to_self(self.href([entity.word(), id.to_string().as_str()]))
    }
}

/// What a record is called: a lead without a name has its number for one.
pub(crate) fn title(entity: Entity, id: i64, name: &str) -> String {
    if name.is_empty() && entity == Entity::Leads { format!("Lead #{id}") } else { name.to_owned() }
}

/// All numbers of the kind; one that was not given is 0, since clients read them as numbers.
pub(crate) fn numbers(entity: Entity, card: &Card) -> BTreeMap<&'static str, i64> {
    entity.numbers().iter().map(|name| (*name, card.numbers.get(*name).copied().unwrap_or(0))).collect()
}

/// A record.
#[derive(Debug, Serialize)]
pub(crate) struct ShownCard {
    id: i64,
    name: String,
    responsible_user_id: i64,
    group_id: i64,
    created_by: i64,
    updated_by: i64,
    created_at: i64,
    updated_at: i64,
    closest_task_at: Option<i64>,
    is_deleted: bool,
    #[serde(flatten)]
    numbers: BTreeMap<&'static str, i64>,
    custom_fields_values: Option<Vec<ShownValue>>,
    account_id: i64,
    #[serde(rename = "_links")]
    links: Links,
    #[serde(rename = "_embedded")]
    embedded: BTreeMap<&'static str, [(); 0]>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use attache_http::PublicUrl;
    use attache_model::card::Value;
    use attache_model::{AccountNo, FileId, Time, VersionId};
    use serde_json::json;
    use uuid::Uuid;

    fn item(value: &serde_json::Value) -> Item<'_> {
        Item::of(value, String::new()).unwrap()
    }

    fn card(record: &str, values: Vec<Value>) -> Card {
        Card {
            record: record.parse().unwrap(),
            name: String::new(),
            numbers: BTreeMap::from([("price".to_owned(), 20)]),
            values,
            created_at: Time(1_669_372_247_000_000),
            updated_at: Time(1_672_060_100_999_000),
            created_by: UserNo(0),
            updated_by: UserNo(7),
            responsible: UserNo(8),
        }
    }

    #[test]
    fn a_lead_that_a_client_read_and_sends_back_changes_what_it_means_to() {
        let sent = json!({
            "id": 5, "name": "Flat", "price": null, "status_id": 142, "group_id": 0, "created_by": 1, "updated_at": 9,
            "is_deleted": false, "custom_fields_values": null, "request_id": "1", "_embedded": { "tags": [] }
        });
        let record: Record = "deal/5".parse().unwrap();
        let change = change(&item(&sent), Entity::Leads, record.clone(), &Codes::default()).unwrap();
        let numbers = BTreeMap::from([("price".to_owned(), None), ("status_id".to_owned(), Some(142))]);
        assert_eq!(change, CardChange { name: Some("Flat".to_owned()), numbers, ..CardChange::of(record) });
    }

    #[test]
    fn a_person_may_come_with_two_halves_of_a_name() {
        for (sent, name) in [
            (json!({ "first_name": "Ada", "last_name": "Lovelace" }), "Ada Lovelace"),
            (json!({ "name": "Ada L.", "first_name": "Ada" }), "Ada L."),
            (json!({ "last_name": "Lovelace", "first_name": "" }), "Lovelace"),
            (json!({}), ""),
        ] {
            assert_eq!(new(&item(&sent), Entity::Contacts, &Codes::default()).unwrap().name, name);
        }
    }

    #[test]
    fn a_number_that_is_none_is_refused_with_its_name() {
        for name in ["price", "status_id", "responsible_user_id", "created_at", "id"] {
            let sent = json!({ name: "much" });
            assert_eq!(new(&item(&sent), Entity::Leads, &Codes::default()).unwrap_err().path, name);
        }
    }

    #[test]
    fn records_are_shown_as_kommo_shows_them() {
        let public = PublicUrl::parse("https://crm.example.com").unwrap();
        let face = Face { public: &public, account: AccountNo(3) };
        let file = FileId(Uuid::from_u128(0x0192_0000_0000_7abc_8fff_0000_0000_0001));
        let value = Value {
            field: 11,
            field_name: "Contract".to_owned(),
            field_code: None,
            file,
            version: VersionId::of(file, 2),
            pinned: false,
            name: "lease.pdf".to_owned(),
            size: 20_763,
            deleted: false,
        };
        insta::assert_json_snapshot!("lead", face.card(&card("deal/5", vec![value])).unwrap());
        insta::assert_json_snapshot!("contact", face.card(&card("contact/5", Vec::new())).unwrap());
        insta::assert_json_snapshot!("customer", face.card(&card("customer/5", Vec::new())).unwrap());
        assert!(face.card(&card("ticket/5", Vec::new())).is_none());
    }
}
