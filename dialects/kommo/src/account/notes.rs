//! Notes on records: made, changed, listed and read.

use super::asked::Part;
use super::batch::{Batch, Places, Refused, Reply, only};
use super::brief::Brief;
use super::entity::{Address, Entity, name_of};
use super::face::Face;
use super::item::Item;
use super::sent::Sent;
use super::{Account, hal, note, pages, seek};
use crate::App;
use crate::error::ItemError;
use attache_core::{NewNote, NoteChange, NoteQuery, Records};
use attache_http::{Params, Recording};
use attache_model::link::Record;
use attache_model::note::Note;
use attache_model::{Error, Result, What};
use axum::extract::State;
use http::{StatusCode, Uri};

/// The name of their lists.
const NOTES: &str = "notes";

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
    let records = who.records()?;
    let (entity, record) = record_at(&records, &Address::of(&uri)).await?;
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
    let records = who.records()?;
    let note = note_at(&records, &Address::of(&uri)).await?;
    shown(&app.account(records.caller()), note)
}

/// `GET /{entity}/{id}/notes/{note}`.
pub(crate) async fn get_of(app: State<App>, who: Recording<Account>, uri: Uri) -> Reply {
    let records = who.records()?;
    let note = note_of_record_at(&records, &Address::of(&uri)).await?;
    shown(&app.account(records.caller()), note)
}

fn shown(face: &Face<'_>, note: Note) -> Reply {
    let note = face.note(note).ok_or(Error::NotFound(What::Note))?;
    Ok(hal::answer(StatusCode::OK, &note))
}

/// The record at `/{entity}/{id}/notes`. Whether there is one is told before what is wrong with the rest of the request.
async fn record_at(records: &Records<'_>, address: &Address<'_>) -> Result<(Entity, Record)> {
    let (entity, record) = address.record()?;
    records.card(&record).await?;
    Ok((entity, record))
}

/// The note at `/{entity}/notes/{note}`.
async fn note_at(records: &Records<'_>, address: &Address<'_>) -> Result<Note> {
    records.note(address.entity()?.kind(), address.number(2, What::Note)?).await
}

/// The note at `/{entity}/{id}/notes/{note}`, which has to be on that record.
async fn note_of_record_at(records: &Records<'_>, address: &Address<'_>) -> Result<Note> {
    let (entity, record) = address.record()?;
    let note = records.note(entity.kind(), address.number(3, What::Note)?).await?;
    if note.record == record { Ok(note) } else { Err(Error::NotFound(What::Note)) }
}

/// `POST /{entity}/notes`: each item names its record.
pub(crate) async fn create(app: State<App>, who: Recording<Account>, uri: Uri, sent: Sent) -> Reply {
    let entity = Address::of(&uri).entity()?;
    let batch = sent.batch(Places::InBody).await?;
    let asked = batch.each(|item| note::new(item, entity.record_in(item, "entity_id")?))?;
    put(&app, &who.records()?, entity, &batch, asked).await
}

/// `POST /{entity}/{id}/notes`: all on that record.
pub(crate) async fn create_on(app: State<App>, who: Recording<Account>, uri: Uri, sent: Sent) -> Reply {
    let records = who.records()?;
    let (entity, record) = record_at(&records, &Address::of(&uri)).await?;
    let batch = sent.batch(Places::InBody).await?;
    let asked = batch.each(|item| {
        names_no_other(item, &record)?;
        note::new(item, record.clone())
    })?;
    put(&app, &records, entity, &batch, asked).await
}

/// An item may repeat the record that the address names.
fn names_no_other(item: &Item<'_>, record: &Record) -> Result<(), ItemError> {
    match item.id("entity_id")? {
        Some(id) if id.to_string() != record.id() => {
            Err(item.no_choice("entity_id", "it is another one than the address names; leave it out"))
        }
        _ => Ok(()),
    }
}

async fn put(app: &App, records: &Records<'_>, entity: Entity, batch: &Batch, asked: Vec<NewNote>) -> Reply {
    let notes = batch.told(records.put_notes(asked).await, |_, word| note::place(word))?;
    let face = app.account(records.caller());
    batch.answer(face.href([entity.word(), NOTES]), NOTES, notes.iter().map(|note| made(&face, note)))
}

/// `PATCH /{entity}/notes`: each item names its note.
pub(crate) async fn change_all(app: State<App>, who: Recording<Account>, uri: Uri, sent: Sent) -> Reply {
    let entity = Address::of(&uri).entity()?;
    let batch = sent.batch(Places::InBody).await?;
    let asked = batch.each(change_in)?;
    change_each(&app, &who.records()?, entity, &batch, asked).await
}

/// `PATCH /{entity}/{id}/notes`: as above, and every note has to be on that record.
pub(crate) async fn change_on(app: State<App>, who: Recording<Account>, uri: Uri, sent: Sent) -> Reply {
    let records = who.records()?;
    let (entity, record) = record_at(&records, &Address::of(&uri)).await?;
    let batch = sent.batch(Places::InBody).await?;
    let asked = batch.each(change_in)?;
    all_on(&records, &record, &batch, &asked).await?;
    change_each(&app, &records, entity, &batch, asked).await
}

fn change_in(item: &Item<'_>) -> Result<NoteChange, ItemError> {
    note::change(item, item.needed_id("id")?)
}

/// Refuses the items whose note is not on `record`.
async fn all_on(records: &Records<'_>, record: &Record, batch: &Batch, asked: &[NoteChange]) -> Result<(), Refused> {
    let nos: Vec<i64> = asked.iter().map(|change| change.no).collect();
    let limit = u32::try_from(nos.len()).unwrap_or(u32::MAX);
    let query = NoteQuery { nos, records: vec![record.id().to_owned()], limit, ..NoteQuery::default() };
    let there = records.notes(record.kind(), &query).await?.items;
    batch.each(|item| match item.needed_id("id")? {
        id if there.iter().any(|note| note.no == id) => Ok(()),
        _ => Err(item.no_choice("id", "there is no such note on this record")),
    })?;
    Ok(())
}

async fn change_each(app: &App, records: &Records<'_>, entity: Entity, batch: &Batch, asked: Vec<NoteChange>) -> Reply {
    let notes = batch.told(records.change_notes(entity.kind(), asked).await, |_, word| note::place(word))?;
    let face = app.account(records.caller());
    batch.answer(face.href([entity.word(), NOTES]), NOTES, notes.iter().map(|note| changed(&face, note)))
}

/// `PATCH /{entity}/notes/{note}`.
pub(crate) async fn change(app: State<App>, who: Recording<Account>, uri: Uri, sent: Sent) -> Reply {
    let records = who.records()?;
    let note = note_at(&records, &Address::of(&uri)).await?;
    change_one(&app, &records, &note, sent).await
}

/// `PATCH /{entity}/{id}/notes/{note}`.
pub(crate) async fn change_of(app: State<App>, who: Recording<Account>, uri: Uri, sent: Sent) -> Reply {
    let records = who.records()?;
    let note = note_of_record_at(&records, &Address::of(&uri)).await?;
    change_one(&app, &records, &note, sent).await
}

async fn change_one(app: &App, records: &Records<'_>, note: &Note, sent: Sent) -> Reply {
    let batch = sent.one().await?;
    let asked = batch.each(|item| note::change(item, note.no))?;
    let outcome = records.change_notes(note.record.kind(), asked).await;
    let note = only(batch.told(outcome, |_, word| note::place(word))?)?;
    Ok(hal::answer(StatusCode::OK, &changed(&app.account(records.caller()), &note)?))
}

fn made(face: &Face<'_>, note: &Note) -> Result<Brief> {
    let (entity, record) = name_of(&note.record)?;
    let links = face.links_of_note(entity, record, note.no);
    Ok(Brief { id: note.no, entity_id: Some(record), updated_at: None, request_id: None, links })
}

fn changed(face: &Face<'_>, note: &Note) -> Result<Brief> {
    Ok(Brief { updated_at: Some(note.updated_at.seconds()), ..made(face, note)? })
}
