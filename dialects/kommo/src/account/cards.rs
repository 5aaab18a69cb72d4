//! Leads, contacts, companies and customers: made, changed, listed and read.

use super::asked::{self, Part};
use super::batch::{Batch, Places, Refused, Reply, only};
use super::brief::Brief;
use super::card::{self, ShownCard};
use super::entity::{Address, Entity, name_of};
use super::face::Face;
use super::sent::Sent;
use super::values::{self, Codes};
use super::{Account, hal, pages};
use crate::App;
use attache_core::{CardQuery, Records};
use attache_http::{Params, Recording};
use attache_model::card::Card;
use attache_model::{Error, Result, What};
use axum::extract::State;
use http::{StatusCode, Uri};

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
    let shown = app.account(records.caller()).card(&card).ok_or(Error::NotFound(What::Record))?;
    Ok(hal::answer(StatusCode::OK, &shown))
}

/// `POST /{entity}`.
pub(crate) async fn create(app: State<App>, who: Recording<Account>, uri: Uri, sent: Sent) -> Reply {
    let entity = Address::of(&uri).entity()?;
    let records = who.records()?;
    let batch = sent.batch(Places::InItem).await?;
    let codes = codes(&records, entity, &batch).await?;
    let asked = batch.each(|item| card::new(item, entity, &codes))?;
    let cards = batch.told(records.put_cards(entity.kind(), asked).await, |_, word| card::place(word))?;
    let face = app.account(records.caller());
    batch.answer(face.href([entity.word()]), entity.word(), cards.iter().map(|card| made(&face, card)))
}

/// `PATCH /{entity}`.
pub(crate) async fn change_all(app: State<App>, who: Recording<Account>, uri: Uri, sent: Sent) -> Reply {
    let entity = Address::of(&uri).entity()?;
    let records = who.records()?;
    let batch = sent.batch(Places::InItem).await?;
    let codes = codes(&records, entity, &batch).await?;
    let asked = batch.each(|item| card::change(item, entity, entity.record_in(item, "id")?, &codes))?;
    let cards = batch.told(records.change_cards(asked).await, |_, word| card::place(word))?;
    let face = app.account(records.caller());
    batch.answer(face.href([entity.word()]), entity.word(), cards.iter().map(|card| changed(&face, card)))
}

/// `PATCH /{entity}/{id}`.
pub(crate) async fn change(app: State<App>, who: Recording<Account>, uri: Uri, sent: Sent) -> Reply {
    let (entity, record) = Address::of(&uri).record()?;
    let records = who.records()?;
    // Whether there is such a record is told before what is wrong with the body.
    records.card(&record).await?;
    let batch = sent.one().await?;
    let codes = codes(&records, entity, &batch).await?;
    let asked = batch.each(|item| card::change(item, entity, record.clone(), &codes))?;
    let card = only(batch.told(records.change_cards(asked).await, |_, word| card::place(word))?)?;
    Ok(hal::answer(StatusCode::OK, &changed(&app.account(records.caller()), &card)?))
}

fn made(face: &Face<'_>, card: &Card) -> Result<Brief> {
    let (entity, id) = name_of(&card.record)?;
    Ok(Brief { id, entity_id: None, updated_at: None, request_id: None, links: face.links_of_card(entity, id) })
}

fn changed(face: &Face<'_>, card: &Card) -> Result<Brief> {
    Ok(Brief { updated_at: Some(card.updated_at.seconds()), ..made(face, card)? })
}

/// The codes of the fields, which are looked up only where an item names a field by one.
async fn codes(records: &Records<'_>, entity: Entity, batch: &Batch) -> Result<Codes, Refused> {
    let named = batch.each(values::name_codes)?.contains(&true);
    Ok(if named { Codes::of(records.fields(entity.kind()).await?) } else { Codes::default() })
}
