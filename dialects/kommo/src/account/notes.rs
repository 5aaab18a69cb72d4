//! Notes on records: made, changed, listed and read.

use super::asked::Part;
use super::batch::{Batch, Places, Refused, Reply};
use super::card::Face;
use super::entity::{Address, Entity, named};
use super::hal::{self, Links};
use super::item::Item;
use super::{Account, note, pages, seek};
use crate::App;
use crate::error::ItemError;
use attache_core::{NoteChange, NoteQuery, Records};
use attache_http::{Params, Recording};
use attache_model::link::Record;
use attache_model::note::Note;
use attache_model::{Error, Result, What};
use axum::body::Body;
use axum::extract::State;
use http::{HeaderMap, StatusCode, Uri};
use serde::Serialize;

/// The name of their lists.
const NOTES: &str = "notes";

/// What a batch tells of each note.
#[derive(Debug, Serialize)]
struct Told {
    id: i64,
    entity_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    #[serde(rename = "_links")]
    links: Links,
}

/// `GET /{entity}/notes`: on every record of the kind.
pub(crate) async fn list(app: State<App>, who: Recording<Account>, uri: Uri, query: Params<Account>) -> Reply {
    let entity = Address::of(&uri).entity()?;
    let records = who.records()?;
    let part = Part::of(&query)?;
    let asked = NoteQuery { records: seek::records(&query)?, ..seek::notes(&query, part)? };
    page(&app, &records, entity, &asked, (&uri, &query, part)).await
}

/// `GET /{entity}/{id}/notes`.
pub(crate) async fn list_of(app: State<App>, who: Recording<Account>, uri: Uri, query: Params<Account>) -> Reply {
    let (entity, record) = Address::of(&uri).record()?;
    let records = who.records()?;
    records.card(&record).await?;
    let part = Part::of(&query)?;
    let asked = NoteQuery { records: vec![record.id().to_owned()], ..seek::notes(&query, part)? };
    page(&app, &records, entity, &asked, (&uri, &query, part)).await
}

async fn page(
    app: &App,
    records: &Records<'_>,
    entity: Entity,
    asked: &NoteQuery,
    (uri, query, part): (&Uri, &Params<Account>, Part),
) -> Reply {
    let page = records.notes(entity.kind(), asked).await?;
    let face = app.account(records.caller());
    let links = pages::links(face.public, uri, query, part, page.next.is_some());
    let items: Vec<_> = page.items.into_iter().filter_map(|note| face.note(note)).collect();
    Ok(hal::listed(NOTES, items, Some(part.page), links))
}

/// `GET /{entity}/notes/{note}`.
pub(crate) async fn get(app: State<App>, who: Recording<Account>, uri: Uri) -> Reply {
    let address = Address::of(&uri);
    let (entity, no) = (address.entity()?, address.number(2, What::Note)?);
    let records = who.records()?;
    let note = records.note(entity.kind(), no).await?;
    shown(&app.account(records.caller()), note)
}

/// `GET /{entity}/{id}/notes/{note}`.
pub(crate) async fn get_of(app: State<App>, who: Recording<Account>, uri: Uri) -> Reply {
    let records = who.records()?;
    let note = on_record(&records, &Address::of(&uri)).await?;
    shown(&app.account(records.caller()), note)
}

fn shown(face: &Face<'_>, note: Note) -> Reply {
    let note = face.note(note).ok_or(Error::NotFound(What::Note))?;
    Ok(hal::answer(StatusCode::OK, &note))
}

/// The note at `/{entity}/{id}/notes/{note}`, which has to be on that record.
async fn on_record(records: &Records<'_>, address: &Address<'_>) -> Result<Note> {
    let (entity, record) = address.record()?;
    let note = records.note(entity.kind(), address.number(3, What::Note)?).await?;
    if note.record == record { Ok(note) } else { Err(Error::NotFound(What::Note)) }
}

/// `POST /{entity}/notes`: each item names its record.
pub(crate) async fn create(
    app: State<App>,
    who: Recording<Account>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Reply {
    let entity = Address::of(&uri).entity()?;
    let batch = Batch::read(&headers, body, app.core.limits(), Places::InBody).await?;
    put(&app, &who.records()?, entity, &batch, |item| {
        let id = item.needed_id("entity_id")?;
        entity.record(id).map_err(|error| item.no_choice("entity_id", &error.to_string()))
    })
    .await
}

/// `POST /{entity}/{id}/notes`: all on that record.
pub(crate) async fn create_on(
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
    let batch = Batch::read(&headers, body, app.core.limits(), Places::InBody).await?;
    put(&app, &records, entity, &batch, |item| match item.id("entity_id")? {
        Some(id) if id.to_string() != record.id() => {
            Err(item.no_choice("entity_id", "it is another one than the address names; leave it out"))
        }
        _ => Ok(record.clone()),
    })
    .await
}

async fn put(
    app: &App,
    records: &Records<'_>,
    entity: Entity,
    batch: &Batch,
    record: impl Fn(&Item<'_>) -> Result<Record, ItemError>,
) -> Reply {
    let asked = batch.each(|item| note::new(item, record(item)?))?;
    let made = batch.told(records.put_notes(asked).await, |_, word| note::place(word))?;
    let face = app.account(records.caller());
    let told = made.iter().zip(batch.request_ids()).map(|(note, id)| told(&face, note, Some(id)));
    let told = told.map(|told| Told { updated_at: None, ..told });
    Ok(hal::done(StatusCode::OK, face.href([entity.word(), NOTES]), NOTES, told.collect()))
}

/// `PATCH /{entity}/notes`: each item names its note.
pub(crate) async fn change_all(
    app: State<App>,
    who: Recording<Account>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Reply {
    let entity = Address::of(&uri).entity()?;
    let records = who.records()?;
    let batch = Batch::read(&headers, body, app.core.limits(), Places::InBody).await?;
    let asked = batch.each(|item| note::change(item, item.needed_id("id")?))?;
    changed(&app, &records, entity, &batch, asked).await
}

/// `PATCH /{entity}/{id}/notes`: as above, and every note has to be on that record.
pub(crate) async fn change_on(
    app: State<App>,
    who: Recording<Account>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Reply {
    let (entity, record) = Address::of(&uri).record()?;
    let records = who.records()?;
    records.card(&record).await?;
    let batch = Batch::read(&headers, body, app.core.limits(), Places::InBody).await?;
    let asked = batch.each(|item| note::change(item, item.needed_id("id")?))?;
    let nos: Vec<i64> = asked.iter().map(|change| change.no).collect();
    let limit = u32::try_from(nos.len()).unwrap_or(u32::MAX);
    let query = NoteQuery { nos, records: vec![record.id().to_owned()], limit, ..NoteQuery::default() };
    let there = records.notes(entity.kind(), &query).await?.items;
    batch.each(|item| match item.needed_id("id")? {
        id if there.iter().any(|note| note.no == id) => Ok(()),
        _ => Err(item.no_choice("id", "there is no such note on this record")),
    })?;
    changed(&app, &records, entity, &batch, asked).await
}

async fn changed(app: &App, records: &Records<'_>, entity: Entity, batch: &Batch, asked: Vec<NoteChange>) -> Reply {
    let notes = change_notes(records, entity, batch, asked).await?;
    let face = app.account(records.caller());
    let told = notes.iter().zip(batch.request_ids()).map(|(note, id)| told(&face, note, Some(id)));
    Ok(hal::done(StatusCode::OK, face.href([entity.word(), NOTES]), NOTES, told.collect()))
}

/// `PATCH /{entity}/notes/{note}` and `/{entity}/{id}/notes/{note}`.
pub(crate) async fn change(
    app: State<App>,
    who: Recording<Account>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Reply {
    let address = Address::of(&uri);
    let entity = address.entity()?;
    let records = who.records()?;
    let no = address.number(2, What::Note)?;
    records.note(entity.kind(), no).await?;
    one(&app, &records, entity, no, &Batch::read_one(&headers, body, app.core.limits()).await?).await
}

/// `PATCH /{entity}/{id}/notes/{note}`.
pub(crate) async fn change_of(
    app: State<App>,
    who: Recording<Account>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Reply {
    let address = Address::of(&uri);
    let entity = address.entity()?;
    let records = who.records()?;
    let no = on_record(&records, &address).await?.no;
    one(&app, &records, entity, no, &Batch::read_one(&headers, body, app.core.limits()).await?).await
}

async fn one(app: &App, records: &Records<'_>, entity: Entity, no: i64, batch: &Batch) -> Reply {
    let asked = batch.each(|item| note::change(item, no))?;
    let notes = change_notes(records, entity, batch, asked).await?;
    let note = notes.first().ok_or(Error::NotFound(What::Note))?;
    Ok(hal::answer(StatusCode::OK, &told(&app.account(records.caller()), note, None)))
}

async fn change_notes(
    records: &Records<'_>,
    entity: Entity,
    batch: &Batch,
    asked: Vec<NoteChange>,
) -> Result<Vec<Note>, Refused> {
    batch.told(records.change_notes(entity.kind(), asked).await, |_, word| note::place(word))
}

fn told(face: &Face<'_>, note: &Note, request_id: Option<String>) -> Told {
    // Core made or changed it on a record that was named by its number.
    let (entity, entity_id) = named(&note.record).unwrap_or((Entity::Leads, 0));
    let links = face.links_of_note(entity, entity_id, note.no);
    Told { id: note.no, entity_id, updated_at: Some(note.updated_at.seconds()), request_id, links }
}
