//! Custom fields: the fields of type `file` that all records of a kind have.

use super::asked::Part;
use super::batch::{Batch, Places, Reply, only};
use super::entity::{Address, Entity};
use super::face::Face;
use super::hal::{self, Embedded, Links};
use super::item::Item;
use super::sent::Sent;
use super::{Account, pages};
use crate::App;
use crate::error::ItemError;
use attache_core::{FieldChange, NewField};
use attache_http::{Params, Recording};
use attache_model::field::Field;
use attache_model::{Result, What};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, Uri};
use serde::Serialize;

/// The type of every field that is kept here.
pub(crate) const FILE: &str = "file";
/// The name of its lists.
const FIELDS: &str = "custom_fields";

/// A field. What stays null or empty belongs to other types; clients look for it.
#[derive(Debug, Serialize)]
struct Shown {
    id: i64,
    name: String,
    #[serde(rename = "type")]
    kind: &'static str,
    account_id: i64,
    code: Option<String>,
    sort: i64,
    is_api_only: bool,
    is_deletable: bool,
    is_predefined: bool,
    enums: Option<()>,
    group_id: Option<()>,
    required_statuses: [(); 0],
    remind: Option<()>,
    settings: Option<()>,
    entity_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    #[serde(rename = "_links")]
    links: Links,
}

/// A list of fields.
#[derive(Debug, Serialize)]
struct Fields {
    #[serde(rename = "_total_items")]
    total: usize,
    #[serde(rename = "_page", skip_serializing_if = "Option::is_none")]
    page: Option<u64>,
    #[serde(rename = "_page_count", skip_serializing_if = "Option::is_none")]
    pages: Option<u64>,
    #[serde(rename = "_links")]
    links: Links,
    #[serde(rename = "_embedded")]
    embedded: Embedded<Shown>,
}

/// `GET /{entity}/custom_fields`.
pub(crate) async fn list(app: State<App>, who: Recording<Account>, uri: Uri, query: Params<Account>) -> Reply {
    let entity = Address::of(&uri).entity()?;
    let records = who.records()?;
    let part = Part::of(&query)?;
    let fields = records.fields(entity.kind()).await?;
    let face = app.account(records.caller());
    let (total, limit) = (fields.len(), part.limit as usize);
    let offset = usize::try_from(part.offset()).unwrap_or(usize::MAX);
    let items: Vec<_> = fields.into_iter().skip(offset).take(limit).map(|field| show(&face, entity, field)).collect();
    if items.is_empty() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let links = pages::links(face.public, &uri, &query, part, offset + items.len() < total);
    let pages = Some(total.div_ceil(limit) as u64);
    let embedded = Embedded::from([(FIELDS, items)]);
    Ok(hal::answer(StatusCode::OK, &Fields { total, page: Some(part.page), pages, links, embedded }))
}

/// `GET /{entity}/custom_fields/{field}`.
pub(crate) async fn get(app: State<App>, who: Recording<Account>, uri: Uri) -> Reply {
    let (entity, no) = field_at(&uri)?;
    let records = who.records()?;
    let field = records.field(entity.kind(), no).await?;
    Ok(hal::answer(StatusCode::OK, &show(&app.account(records.caller()), entity, field)))
}

/// `POST /{entity}/custom_fields`.
pub(crate) async fn create(app: State<App>, who: Recording<Account>, uri: Uri, sent: Sent) -> Reply {
    let setup = who.records()?.setup()?;
    let entity = Address::of(&uri).entity()?;
    let batch = sent.batch(Places::InItem).await?;
    let asked = batch.each(new)?;
    let made = batch.told(setup.put_fields(entity.kind(), asked).await, place)?;
    Ok(answered(&app.account(setup.caller()), entity, &batch, made, StatusCode::CREATED))
}

/// `PATCH /{entity}/custom_fields`.
pub(crate) async fn change_all(app: State<App>, who: Recording<Account>, uri: Uri, sent: Sent) -> Reply {
    let setup = who.records()?.setup()?;
    let entity = Address::of(&uri).entity()?;
    let batch = sent.batch(Places::InItem).await?;
    let asked = batch.each(|item| Ok((item.needed_id("id")?, change_of(item)?)))?;
    let changed = batch.told(setup.change_fields(entity.kind(), asked).await, place)?;
    Ok(answered(&app.account(setup.caller()), entity, &batch, changed, StatusCode::OK))
}

/// `PATCH /{entity}/custom_fields/{field}`.
pub(crate) async fn change(app: State<App>, who: Recording<Account>, uri: Uri, sent: Sent) -> Reply {
    let setup = who.records()?.setup()?;
    let (entity, no) = field_at(&uri)?;
    // Whether there is such a field is told before what is wrong with the body.
    setup.field(entity.kind(), no).await?;
    let batch = sent.one().await?;
    let asked = batch.each(|item| Ok((no, change_of(item)?)))?;
    let field = only(batch.told(setup.change_fields(entity.kind(), asked).await, place)?)?;
    Ok(hal::answer(StatusCode::OK, &show(&app.account(setup.caller()), entity, field)))
}

/// `DELETE /{entity}/custom_fields/{field}`: the values go with it, the files stay.
pub(crate) async fn remove(who: Recording<Account>, uri: Uri) -> Reply {
    let setup = who.records()?.setup()?;
    let (entity, no) = field_at(&uri)?;
    setup.remove_field(entity.kind(), no).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The kind and the number of the field at `/{entity}/custom_fields/{field}`.
fn field_at(uri: &Uri) -> Result<(Entity, i64)> {
    let address = Address::of(uri);
    Ok((address.entity()?, address.number(2, What::Field)?))
}

fn new(item: &Item<'_>) -> Result<NewField, ItemError> {
    of_type_file(item, true)?;
    let name = item.text("name")?.ok_or_else(|| item.missing("name", "what people call the field"))?;
    Ok(NewField { name, code: item.text("code")?, sort: item.number("sort")? })
}

fn change_of(item: &Item<'_>) -> Result<FieldChange, ItemError> {
    of_type_file(item, false)?;
    let code = if item.has("code") { Some(item.text("code")?) } else { None };
    Ok(FieldChange { name: item.text("name")?, code, sort: item.number("sort")? })
}

/// Refuses a field of another type; a change need not name the type.
fn of_type_file(item: &Item<'_>, needed: bool) -> Result<(), ItemError> {
    match item.text("type")?.as_deref() {
        Some(FILE) => Ok(()),
        Some(_) => Err(item.no_choice("type", "only fields of type 'file' are kept here")),
        None if needed => Err(item.missing("type", "'file'")),
        None => Ok(()),
    }
}

/// Where a member that core speaks of stands.
fn place(_: usize, word: &str) -> String {
    if word == "field" { "id".to_owned() } else { word.to_owned() }
}

/// The answer to a batch: every field whole, with the name of its item.
fn answered(face: &Face<'_>, entity: Entity, batch: &Batch, fields: Vec<Field>, status: StatusCode) -> Response {
    let total = fields.len();
    let shown = fields.into_iter().zip(batch.request_ids());
    let shown = shown.map(|(field, id)| Shown { request_id: Some(id), ..show(face, entity, field) }).collect();
    let links = hal::to_self(face.href([entity.word(), FIELDS]));
    let embedded = Embedded::from([(FIELDS, shown)]);
    hal::answer(status, &Fields { total, page: None, pages: None, links, embedded })
}

fn show(face: &Face<'_>, entity: Entity, field: Field) -> Shown {
    Shown {
        id: field.no,
        name: field.name,
        kind: FILE,
        account_id: face.account.0,
        code: field.code,
        sort: field.sort,
        is_api_only: false,
        is_deletable: true,
        is_predefined: false,
        enums: None,
        group_id: None,
        required_statuses: [],
        remind: None,
        settings: None,
        entity_type: entity.word(),
        request_id: None,
        links: hal::to_self(face.href([entity.word(), FIELDS, field.no.to_string().as_str()])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use attache_http::PublicUrl;
    use attache_model::{AccountNo, Time};
    use serde_json::json;

    fn read(value: &serde_json::Value) -> Result<NewField, ItemError> {
        new(&Item::of(value, String::new()).unwrap())
    }

    #[test]
    fn a_field_has_a_name_and_the_type_file() {
        let field = read(&json!({ "name": "Contract", "type": "file", "sort": 510, "settings": null })).unwrap();
        assert_eq!(field, NewField { name: "Contract".to_owned(), code: None, sort: Some(510) });
        for (sent, place) in [
            (json!({ "type": "file" }), "name"),
            (json!({ "name": "Contract" }), "type"),
            (json!({ "name": "Contract", "type": "text" }), "type"),
            (json!({ "name": "Contract", "type": "file", "sort": "first" }), "sort"),
        ] {
            assert_eq!(read(&sent).unwrap_err().path, place);
        }
    }

    #[test]
    fn a_null_code_is_taken_away_and_an_absent_one_stays() {
        let change = |value| change_of(&Item::of(&value, String::new()).unwrap()).unwrap();
        assert_eq!(change(json!({ "code": null })).code, Some(None));
        assert_eq!(
            change(json!({ "name": "Lease" })),
            FieldChange { name: Some("Lease".to_owned()), ..Default::default() }
        );
    }

    #[test]
    fn fields_are_shown_with_every_key_that_the_official_client_needs() {
        let public = PublicUrl::parse("https://crm.example.com").unwrap();
        let face = Face { public: &public, account: AccountNo(3) };
        let field = Field {
            no: 11,
            kind: "deal".to_owned(),
            name: "Contract".to_owned(),
            code: None,
            sort: 510,
            created_at: Time(0),
            updated_at: Time(0),
        };
        insta::assert_json_snapshot!("field", show(&face, Entity::Leads, field));
    }
}
