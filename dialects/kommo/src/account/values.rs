//! `custom_fields_values`: the files in the fields of a record, as they come in and as they are shown.

use super::item::Item;
use crate::error::ItemError;
use attache_core::{FileUse, NewValue};
use attache_model::card::Value;
use attache_model::field::Field;
use attache_model::{FileId, VersionId};
use serde::Serialize;
use std::collections::BTreeMap;

/// The member that holds them.
pub(crate) const VALUES: &str = "custom_fields_values";

/// The numbers of fields by their codes.
#[derive(Debug, Default)]
pub(crate) struct Codes(BTreeMap<String, i64>);

impl Codes {
    /// Of these fields.
    pub(crate) fn of(fields: Vec<Field>) -> Codes {
        Codes(fields.into_iter().filter_map(|field| Some((field.code?, field.no))).collect())
    }
}

/// Whether any of the values names its field by code alone. What is wrong with an entry is told by [`read`].
pub(crate) fn name_codes(item: &Item<'_>) -> Result<bool, ItemError> {
    let entries = item.array(VALUES)?.unwrap_or_default();
    let entries = entries.into_iter().map(|(entry, place)| Item::of(entry, place));
    Ok(entries.flatten().any(|entry| matches!(entry.id("field_id"), Ok(None)) && entry.has("field_code")))
}

/// The values that `item` asks for, one for each entry.
pub(crate) fn read(item: &Item<'_>, codes: &Codes) -> Result<Vec<NewValue>, ItemError> {
    let entries = item.array(VALUES)?.unwrap_or_default().into_iter();
    entries.map(|(entry, place)| one(&Item::of(entry, place)?, codes)).collect()
}

fn one(entry: &Item<'_>, codes: &Codes) -> Result<NewValue, ItemError> {
    let field = match (entry.id("field_id")?, entry.text("field_code")?) {
        (Some(no), _) => no,
        (None, Some(code)) => {
            let why = "there is no field with this code; `custom_fields` lists those there are";
            *codes.0.get(&code).ok_or_else(|| entry.no_choice("field_code", why))?
        }
        (None, None) => return Err(entry.missing("field_id", "the number of a field")),
    };
    if !entry.has("values") {
        return Err(entry.missing("values", "an array with one value, or null to empty the field"));
    }
    let values = entry.array("values")?.unwrap_or_default();
    let file = match values.as_slice() {
        [] => None,
        [(value, place)] => match Item::of(value, place.clone())?.object("value")? {
            Some(value) => Some(file_use(&value)?),
            None => None,
        },
        _ => return Err(entry.no_choice("values", "a field of type file holds one value; send one")),
    };
    Ok(NewValue { field, file })
}

/// A file as a field's value or a note names it.
pub(crate) fn file_use(value: &Item<'_>) -> Result<FileUse, ItemError> {
    Ok(FileUse {
        file: value.needed_uuid::<FileId>("file_uuid")?,
        version: value.uuid::<VersionId>("version_uuid")?,
        name: value.text("file_name")?.filter(|name| !name.is_empty()),
    })
}

/// Where a member of a file's use stands, by core's word.
pub(crate) fn use_place(word: &str) -> &'static str {
    match word {
        "version" => "version_uuid",
        "name" => "file_name",
        _ => "file_uuid",
    }
}

/// Where a member of a value stands in its item, by core's words for it (`values.2.file`).
pub(crate) fn place(word: &str) -> Option<String> {
    let (no, member) = word.strip_prefix("values.")?.split_once('.')?;
    Some(match member {
        "field" => format!("{VALUES}.{no}.field_id"),
        _ => format!("{VALUES}.{no}.values.0.value.{}", use_place(member)),
    })
}

/// A field with its file, as it is shown.
#[derive(Debug, Serialize)]
pub(crate) struct ShownValue {
    field_id: i64,
    field_name: String,
    field_code: Option<String>,
    field_type: &'static str,
    values: [ShownFile; 1],
}

#[derive(Debug, Serialize)]
struct ShownFile {
    value: FileValue,
}

#[derive(Debug, Serialize)]
struct FileValue {
    file_uuid: FileId,
    version_uuid: VersionId,
    file_name: String,
    file_size: u64,
    is_deleted: bool,
}

/// The values of a card; `None` where there are none, as Kommo shows it.
pub(crate) fn shown(values: &[Value]) -> Option<Vec<ShownValue>> {
    let shown: Vec<_> = values.iter().map(show).collect();
    (!shown.is_empty()).then_some(shown)
}

fn show(value: &Value) -> ShownValue {
    let file = FileValue {
        file_uuid: value.file,
        version_uuid: value.version,
        file_name: value.name.clone(),
        file_size: value.size,
        is_deleted: value.deleted,
    };
    ShownValue {
        field_id: value.field,
        field_name: value.field_name.clone(),
        field_code: value.field_code.clone(),
        field_type: super::fields::FILE,
        values: [ShownFile { value: file }],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value as Json, json};

    const FILE: &str = "3b450000-0000-7000-8000-000000000001";
    const VERSION: &str = "3b450000-0000-8000-8000-000000000002";

    fn values(entries: &Json) -> Result<Vec<NewValue>, ItemError> {
        let body = json!({ VALUES: entries });
        let codes = Codes(BTreeMap::from([("CONTRACT".to_owned(), 7)]));
        read(&Item::of(&body, String::new()).unwrap(), &codes)
    }

    fn place_of(entries: &Json) -> String {
        values(entries).unwrap_err().path
    }

    fn with(value: &Json) -> Json {
        json!([{ "field_id": 5, "values": [{ "value": value }] }])
    }

    #[test]
    fn what_the_official_client_sends_is_a_file_that_follows_its_active_version() {
        let sent = with(&json!({ "file_uuid": FILE, "version_uuid": null, "file_name": null, "file_size": null }));
        let file = FileUse::of(FILE.parse().unwrap());
        assert_eq!(values(&sent).unwrap(), [NewValue { field: 5, file: Some(file) }]);
    }

    #[test]
    fn a_version_pins_and_a_name_is_shown() {
        let sent =
            with(&json!({ "file_uuid": FILE, "version_uuid": VERSION, "file_name": "wiki.odt", "file_size": 9 }));
        let file = values(&sent).unwrap()[0].file.clone().unwrap();
        assert_eq!((file.version, file.name.as_deref()), (Some(VERSION.parse().unwrap()), Some("wiki.odt")));
    }

    #[test]
    fn every_spelling_of_nothing_empties_the_field() {
        for none in [json!(null), json!([]), json!([{ "value": null }]), json!([{}])] {
            let read = values(&json!([{ "field_id": 5, "values": none }])).unwrap();
            assert_eq!(read, [NewValue { field: 5, file: None }], "{none}");
        }
        assert_eq!(values(&json!(null)).unwrap(), []);
    }

    #[test]
    fn a_field_may_be_named_by_its_code() {
        let read = values(&json!([{ "field_code": "CONTRACT", "values": null }])).unwrap();
        assert_eq!(read[0].field, 7);
        assert_eq!(place_of(&json!([{ "field_code": "PHONE", "values": null }])), "custom_fields_values.0.field_code");
    }

    #[test]
    fn codes_are_looked_up_where_a_field_has_no_number() {
        for (entry, by_code) in [
            (json!({ "field_code": "CONTRACT" }), true),
            (json!({ "field_code": "CONTRACT", "field_id": null }), true),
            (json!({ "field_code": "CONTRACT", "field_id": 7 }), false),
            (json!({ "field_id": 7 }), false),
            (json!("CONTRACT"), false),
        ] {
            let body = json!({ VALUES: [entry] });
            assert_eq!(name_codes(&Item::of(&body, String::new()).unwrap()).unwrap(), by_code, "{entry}");
        }
    }

    #[test]
    fn a_fault_is_told_where_it_is() {
        let inner = "custom_fields_values.0.values.0.value";
        for (entries, place) in [
            (json!([{ "values": null }]), "custom_fields_values.0.field_id".to_owned()),
            (json!([{ "field_id": 5 }]), "custom_fields_values.0.values".to_owned()),
            (json!([{ "field_id": 5, "values": [{}, {}] }]), "custom_fields_values.0.values".to_owned()),
            (json!({ "field_id": 5 }), "custom_fields_values".to_owned()),
            (with(&json!({ "file_name": "a.txt" })), format!("{inner}.file_uuid")),
            (with(&json!({ "file_uuid": "x" })), format!("{inner}.file_uuid")),
            (with(&json!({ "file_uuid": FILE, "version_uuid": "x" })), format!("{inner}.version_uuid")),
            (with(&json!("a.txt")), inner.to_owned()),
        ] {
            assert_eq!(place_of(&entries), place, "{entries}");
        }
    }

    #[test]
    fn cores_words_lead_to_the_same_places() {
        assert_eq!(place("values.2.field").unwrap(), "custom_fields_values.2.field_id");
        assert_eq!(place("values.0.version").unwrap(), "custom_fields_values.0.values.0.value.version_uuid");
        assert_eq!(place("name"), None);
    }
}
