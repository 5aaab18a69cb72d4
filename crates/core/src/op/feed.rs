//! A record's feed, as people read it.

use crate::View;
use crate::cursor::{self, Key, Place};
use crate::query::Start;
use crate::table::file_use::Look;
use crate::table::note::{self, Feed};
use crate::unit::{Outcome, Tenanted, tenanted};
use attache_model::link::Record;
use attache_model::note::{FeedItem, Note};
use attache_model::page::{Next, Page};
use attache_model::{Error, Result, Scope, Time};
use std::sync::Arc;

impl View<'_> {
    /// The notes on a record, newest first. A text and the files that its author put beside it in the same second are
    /// one item. Who may not read records sees the files alone, without words.
    ///
    /// # Errors
    /// `CursorInvalid`.
    pub async fn feed(&self, record: &Record, start: Start, limit: u32) -> Result<Page<FeedItem>> {
        let account = self.caller.account();
        let words = self.caller.has(Scope::Records);
        let list = format!("{account}|feed|{record}|{words}");
        let before = match &start {
            Start::Cursor(text) => moment(&cursor::open(&self.core.0.keys, account, &list, text)?)?,
            Start::First | Start::Offset(_) => (Time::NEVER, i64::MAX),
        };
        let look = Look { now: self.now(), sees_hidden: self.caller.sees_hidden() };
        let fixed = Arc::new((record.clone(), Feed { before, words, limit: limit + 1 }, look));
        let unit = tenanted::<Vec<FeedItem>, _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let (record, feed, look) = &*fixed;
                page(&mut t, record, *feed, *look).await
            })
        });
        let mut items = self.read("read a record's feed", unit).await?;
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        let last = items.last().filter(|_| more);
        let place = last.map(|item| Place { key: Key::Int(item.at.0), tie: Key::Int(item.note) });
        let next = place.map(|place| Next::Cursor(cursor::seal(&self.core.0.keys, account, &list, &place)));
        Ok(Page { items, next })
    }
}

fn moment(place: &Place) -> Result<(Time, i64)> {
    match (&place.key, &place.tie) {
        (Key::Int(at), Key::Int(no)) => Ok((Time(*at), *no)),
        _ => Err(Error::bug("a feed's cursor holds a text")),
    }
}

async fn page(t: &mut Tenanted<'_>, record: &Record, feed: Feed, look: Look) -> Outcome<Vec<FeedItem>> {
    let leads = note::feed(t, record, feed, look).await?;
    let mut items: Vec<FeedItem> = leads.into_iter().map(|note| item(note, feed.words)).collect();
    if let (true, Some(first), Some(last)) = (feed.words, items.first(), items.last()) {
        for (lead, file) in note::beside(t, record, (last.at, first.at), look).await? {
            if let Some(item) = items.iter_mut().find(|item| item.note == lead) {
                item.files.push(file);
            }
        }
    }
    Ok(items)
}

fn item(note: Note, words: bool) -> FeedItem {
    FeedItem {
        note: note.no,
        at: note.created_at,
        author: note.created_by,
        text: if words { note.text } else { String::new() },
        files: note.file.into_iter().collect(),
    }
}
