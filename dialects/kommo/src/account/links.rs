//! Files on records: the files of a record as its Media tab shows them, and the records of a file.

use super::asked::{self, list};
use super::batch::{Batch, Places, Refused, Reply};
use super::card::{numbers, title};
use super::entity::{Address, named};
use super::face::Face;
use super::hal::{self, Links};
use super::sent::Sent;
use super::{Account, values};
use crate::App;
use attache_core::View;
use attache_http::{Editing, Params, Query, Viewing};
use attache_model::card::Card;
use attache_model::file::File;
use attache_model::link::{Link, Record};
use attache_model::{Error, FileId, Result, What};
use axum::extract::State;
use axum::response::Response;
use http::{StatusCode, Uri};
use serde::Serialize;
use std::collections::BTreeMap;

/// The name of the list.
const FILES: &str = "files";

/// A file on a record.
#[derive(Debug, Serialize)]
struct Linked {
    file_uuid: FileId,
    id: i64,
    /// What `with=file` asks for.
    #[serde(flatten)]
    file: Option<LinkedFile>,
}

#[derive(Debug, Serialize)]
struct LinkedFile {
    name: String,
    size: u64,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(rename = "_links")]
    links: Links,
}

/// The records of a file.
#[derive(Debug, Serialize)]
struct Used {
    file_uuid: FileId,
    entities: Vec<UsedBy>,
}

#[derive(Debug, Serialize)]
struct UsedBy {
    id: i64,
    name: String,
    entity_type: &'static str,
    created_by: i64,
    updated_by: i64,
    main_user_id: i64,
    date_create: i64,
    date_update: i64,
    #[serde(flatten)]
    numbers: BTreeMap<&'static str, i64>,
    closest_task_at: Option<i64>,
}

/// `GET /{entity}/{id}/files`.
pub(crate) async fn list_of(app: State<App>, who: Viewing<Account>, uri: Uri, query: Params<Account>) -> Reply {
    let (_, record) = Address::of(&uri).record()?;
    let view = who.view()?;
    known(&view, &record).await?;
    let (limit, before) = (asked::limit(&query)?, before(&query)?);
    // One more than asked for tells whether there is a next part.
    let mut found = view.tab(&record, before.unwrap_or(i64::MAX), limit + 1).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let last = found.last().filter(|_| more).map(|(link, _)| link.no);
    let face = app.account(view.caller());
    let links = links(&face, &uri, &query, limit, last);
    let with_file = list(&query, "with").any(|word| word == "file");
    let items = found.iter().map(|(link, file)| linked(&app, &view, link, file, with_file)).collect();
    Ok(hal::listed(FILES, items, None, links))
}

/// The links to a part of the list; the next part begins before the link `last`.
fn links(face: &Face<'_>, uri: &Uri, query: &Query, limit: u32, last: Option<i64>) -> Links {
    let limit = ("limit", limit.to_string());
    let href = |set: &[(&'static str, String)]| hal::Link { href: hal::link(face.public, uri, query, set) };
    let mut links = Links::from([("self", href(std::slice::from_ref(&limit)))]);
    if let Some(last) = last {
        links.insert("next", href(&[limit, ("before_id", last.to_string())]));
    }
    links
}

/// Only links with smaller numbers are asked for.
fn before(query: &Query) -> Result<Option<i64>> {
    asked::number(query, "before_id", 0)
}

fn linked(app: &App, view: &View<'_>, link: &Link, file: &File, whole: bool) -> Linked {
    let whole = whole.then(|| {
        let drive = app.drive(view.caller());
        LinkedFile {
            name: file.name.full().to_owned(),
            size: file.version.size,
            kind: drive.kind(file),
            links: Links::from([("download", hal::Link { href: drive.download(file) })]),
        }
    });
    Linked { file_uuid: file.id, id: link.no, file: whole }
}

/// `PUT /{entity}/{id}/files`.
pub(crate) async fn link(who: Editing<Account>, uri: Uri, sent: Sent) -> Reply {
    let (_, record) = Address::of(&uri).record()?;
    let edit = who.edit()?;
    known(&edit, &record).await?;
    let batch = sent.batch(Places::InBody).await?;
    let files = files(&batch)?;
    batch.told(edit.link_files(&record, &files).await, |_, word| values::use_place(word).to_owned())?;
    Ok(accepted())
}

/// `DELETE /{entity}/{id}/files`: files that are not there are passed over.
pub(crate) async fn unlink(who: Editing<Account>, uri: Uri, sent: Sent) -> Reply {
    let (_, record) = Address::of(&uri).record()?;
    let edit = who.edit()?;
    known(&edit, &record).await?;
    let batch = sent.batch(Places::InBody).await?;
    let files = files(&batch)?;
    batch.told(edit.unlink_files(&record, &files).await, |_, word| values::use_place(word).to_owned())?;
    Ok(accepted())
}

fn files(batch: &Batch) -> Result<Vec<FileId>, Refused> {
    batch.each(|item| item.needed_uuid("file_uuid"))
}

/// The one answer that every client takes: some refuse 200 or 204, others an empty body.
fn accepted() -> Response {
    hal::answer(StatusCode::ACCEPTED, &BTreeMap::<&str, &str>::new())
}

/// Whether there is such a record is told before what is wrong with the rest of the request.
async fn known(view: &View<'_>, record: &Record) -> Result<()> {
    if view.has_record(record).await? { Ok(()) } else { Err(Error::NotFound(What::Record)) }
}

/// `GET /files/{uuid}/links`, without pages: up to `page_items` of them.
pub(crate) async fn records_of(app: State<App>, who: Viewing<Account>, uri: Uri) -> Reply {
    let file = Address::of(&uri).file()?;
    let view = who.view()?;
    let most = u32::try_from(app.core.limits().page_items).unwrap_or(u32::MAX);
    let records = view.records_of(file, most).await?;
    let entities = records.iter().filter_map(|(_, card)| used_by(card)).collect();
    Ok(hal::answer(StatusCode::OK, &Used { file_uuid: file, entities }))
}

/// A record of a file; `None` for one that Kommo could not name.
fn used_by(card: &Card) -> Option<UsedBy> {
    let (entity, id) = named(&card.record)?;
    Some(UsedBy {
        id,
        name: title(entity, id, &card.name),
        entity_type: entity.word(),
        created_by: card.created_by.0,
        updated_by: card.updated_by.0,
        main_user_id: card.responsible.0,
        date_create: card.created_at.seconds(),
        date_update: card.updated_at.seconds(),
        numbers: numbers(entity, card),
        closest_task_at: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use attache_http::PublicUrl;
    use attache_model::{AccountNo, Time, UserNo};

    #[test]
    fn the_next_part_of_a_tab_begins_before_the_last_link() {
        let public = PublicUrl::parse("https://crm.example.com").unwrap();
        let face = Face { public: &public, account: AccountNo(3) };
        let uri: Uri = "/api/v4/leads/5/files?before_id=90&with=file".parse().unwrap();
        let query = Query::parse(uri.query().unwrap()).unwrap();
        let hrefs = |last| -> Vec<String> {
            links(&face, &uri, &query, 50, last).into_values().map(|link| link.href).collect()
        };
        let base = "https://crm.example.com/api/v4/leads/5/files";
        assert_eq!(hrefs(None), [format!("{base}?before_id=90&with=file&limit=50")]);
        assert_eq!(hrefs(Some(41))[0], format!("{base}?with=file&limit=50&before_id=41"));
    }

    #[test]
    fn a_link_to_begin_before_is_a_number() {
        let before = |text: &str| before(&Query::parse(text).unwrap());
        assert_eq!(before("before_id=7").unwrap(), Some(7));
        assert_eq!(before("before_id=").unwrap(), None);
        for bad in ["before_id=x", "before_id=-1", "before_id=1.5"] {
            assert!(before(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_records_of_a_file_are_shown_as_kommo_shows_them() {
        let card = |record: &str| Card {
            record: record.parse().unwrap(),
            name: String::new(),
            numbers: BTreeMap::from([("price".to_owned(), 20), ("pipeline_id".to_owned(), 3_858_604)]),
            values: Vec::new(),
            created_at: Time(1_669_372_247_000_000),
            updated_at: Time(1_672_060_100_000_000),
            created_by: UserNo(0),
            updated_by: UserNo(7_758_337),
            responsible: UserNo(7_758_337),
        };
        insta::assert_json_snapshot!("used_by_lead", used_by(&card("deal/22859207")).unwrap());
        insta::assert_json_snapshot!("used_by_company", used_by(&card("company/5")).unwrap());
        assert!(used_by(&card("ticket/5")).is_none());
    }
}
