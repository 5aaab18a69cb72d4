//! Leads, contacts, companies and customers: made, changed, listed and read.

use super::asked::{self, Part};
use super::batch::{Batch, Places, Reply};
use super::card::{self, Face, ShownCard};
use super::entity::{Address, Entity, named};
use super::hal::{self, Links};
use super::values::{self, Codes};
use super::{Account, pages};
use crate::App;
use attache_core::{CardQuery, Records};
use attache_http::{Params, Recording};
use attache_model::card::Card;
use attache_model::{Error, Result};
use axum::body::Body;
use axum::extract::State;
use http::{HeaderMap, StatusCode, Uri};
use serde::Serialize;

/// What a batch tells of each record.
#[derive(Debug, Serialize)]
struct Told {
    id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    #[serde(rename = "_links")]
    links: Links,
}

/// `GET /{entity}`.
pub(crate) async fn list(app: State<App>, who: Recording<Account>, uri: Uri, query: Params<Account>) -> Reply {
    let entity = Address::of(&uri).entity()?;
    let records = who.records()?;
    let part = Part::of(&query)?;
    let ids = asked::numbers(&query, "filter[id]", 0)?;
    let asked = CardQuery { ids, offset: part.offset(), limit: part.limit };
    let page = records.cards(entity.kind(), &asked).await?;
    let face = app.account(records.caller());
    let items: Vec<ShownCard> = page.items.iter().filter_map(|card| face.card(card)).collect();
    let links = pages::links(face.public, &uri, &query, part, page.next.is_some());
    Ok(hal::listed(entity.word(), items, Some(part.page), links))
}

/// `GET /{entity}/{id}`.
pub(crate) async fn get(app: State<App>, who: Recording<Account>, uri: Uri) -> Reply {
    let (_, record) = Address::of(&uri).record()?;
    let records = who.records()?;
    let card = records.card(&record).await?;
    let shown = app.account(records.caller()).card(&card).ok_or_else(unnamed)?;
    Ok(hal::answer(StatusCode::OK, &shown))
}

/// `POST /{entity}`.
pub(crate) async fn create(
    app: State<App>,
    who: Recording<Account>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Reply {
    let entity = Address::of(&uri).entity()?;
    let records = who.records()?;
    let batch = Batch::read(&headers, body, app.core.limits(), Places::InItem).await?;
    let codes = codes(&records, entity, &batch).await?;
    let asked = batch.each(|item| card::new(item, entity, &codes))?;
    let made = records.put_cards(entity.kind(), asked).await;
    let made = batch.told(made, |_, word| card::place(word))?;
    let face = app.account(records.caller());
    let told = made.iter().zip(batch.request_ids()).map(|(card, id)| told(&face, card, Some(id)));
    let told = told.map(|told| Told { updated_at: None, ..told });
    Ok(hal::done(StatusCode::OK, face.href([entity.word()]), entity.word(), told.collect()))
}

/// `PATCH /{entity}`.
pub(crate) async fn change_all(
    app: State<App>,
    who: Recording<Account>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Reply {
    let entity = Address::of(&uri).entity()?;
    let records = who.records()?;
    let batch = Batch::read(&headers, body, app.core.limits(), Places::InItem).await?;
    let codes = codes(&records, entity, &batch).await?;
    let asked = batch.each(|item| {
        let id = item.needed_id("id")?;
        let record = entity.record(id).map_err(|error| item.no_choice("id", &error.to_string()))?;
        card::change(item, entity, record, &codes)
    })?;
    let changed = records.change_cards(asked).await;
    let changed = batch.told(changed, |_, word| card::place(word))?;
    let face = app.account(records.caller());
    let told = changed.iter().zip(batch.request_ids()).map(|(card, id)| told(&face, card, Some(id)));
    Ok(hal::done(StatusCode::OK, face.href([entity.word()]), entity.word(), told.collect()))
}

/// `PATCH /{entity}/{id}`.
pub(crate) async fn change(
    app: State<App>,
    who: Recording<Account>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Reply {
    let (entity, record) = Address::of(&uri).record()?;
    let records = who.records()?;
    // Whether there is such a record is told before what is wrong with the body.
    records.card(&record).await?;
    let batch = Batch::read_one(&headers, body, app.core.limits()).await?;
    let codes = codes(&records, entity, &batch).await?;
    let asked = batch.each(|item| card::change(item, entity, record.clone(), &codes))?;
    let changed = batch.told(records.change_cards(asked).await, |_, word| card::place(word))?;
    let card = changed.first().ok_or_else(unnamed)?;
    Ok(hal::answer(StatusCode::OK, &told(&app.account(records.caller()), card, None)))
}

/// A record that was asked for by its number has one.
fn unnamed() -> Error {
    Error::bug("a record without a number answered to one")
}

fn told(face: &Face<'_>, card: &Card, request_id: Option<String>) -> Told {
    // Core made or changed it by its number.
    let (entity, id) = named(&card.record).unwrap_or((Entity::Leads, 0));
    Told { id, updated_at: Some(card.updated_at.seconds()), request_id, links: face.links_of_card(entity, id) }
}

/// The codes of the fields, where an item names one.
async fn codes(records: &Records<'_>, entity: Entity, batch: &Batch) -> Result<Codes, super::batch::Refused> {
    let named = batch.each(values::name_codes)?.contains(&true);
    Ok(if named { Codes::of(records.fields(entity.kind()).await?) } else { Codes::default() })
}
