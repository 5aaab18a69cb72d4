//! The list of records: those that files are on, and those that have cards, in the order of their types and ids.

use crate::View;
use crate::cursor::{Key, Place};
use crate::query::RecordQuery;
use crate::table::file_use::Look;
use crate::table::listed::{self, Stretch};
use crate::unit::tenanted;
use attache_model::listing::ListedRecord;
use attache_model::page::Page;
use attache_model::{Error, Result, Scope};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Before every character that types and ids have.
const FIRST: &str = "\u{1}";
/// After every one of them.
const LAST: &str = "\u{7f}";

impl View<'_> {
    /// A page of records that files are on. Those who may read records see their names too, and the records that have a
    /// card and no file.
    ///
    /// # Errors
    /// `CursorInvalid`.
    pub async fn records(&self, query: &RecordQuery) -> Result<Page<ListedRecord>> {
        let list = format!("records|{:?}|{:?}", query.kind, query.prefix);
        let mut stretch = stretch(query);
        match self.place(&list, &query.start)? {
            None => {}
            Some(Place { key: Key::Text(kind), tie: Key::Text(id) }) => stretch.from = (kind, id + FIRST),
            Some(_) => return Err(Error::bug("a cursor of records holds something else")),
        }
        let look = Look { now: self.now(), sees_hidden: self.caller.sees_hidden() };
        let (stretch, reads_cards) = (Arc::new(stretch), self.caller.has(Scope::Records));
        let unit = tenanted::<Vec<ListedRecord>, _>(move |mut t| {
            let stretch = stretch.clone();
            Box::pin(async move {
                let linked = listed::linked(&mut t, &stretch, look).await?;
                let carded = if reads_cards { listed::carded(&mut t, &stretch).await? } else { Vec::new() };
                Ok(merged(linked, carded, stretch.limit))
            })
        });
        let items = self.read("list records", unit).await?;
        let place = |item: &ListedRecord| Place {
            key: Key::Text(item.record.kind().to_owned()),
            tie: Key::Text(item.record.id().to_owned()),
        };
        Ok(self.cut(&list, query.limit, items, place))
    }
}

/// The part of all records that a question means.
fn stretch(query: &RecordQuery) -> Stretch {
    let limit = query.limit + 1;
    match &query.kind {
        None => Stretch { from: Default::default(), to: (LAST.to_owned(), String::new()), limit },
        Some(kind) => {
            let to = (kind.clone(), format!("{}{LAST}", query.prefix));
            Stretch { from: (kind.clone(), query.prefix.clone()), to, limit }
        }
    }
}

/// Both lists as one, each record once, so many at most. Each is in order and as long as that, so whatever is among the
/// first of both together is in its own.
fn merged(linked: Vec<ListedRecord>, carded: Vec<ListedRecord>, limit: u32) -> Vec<ListedRecord> {
    let mut all: BTreeMap<(String, String), ListedRecord> = BTreeMap::new();
    for found in linked.into_iter().chain(carded) {
        let key = (found.record.kind().to_owned(), found.record.id().to_owned());
        match all.get_mut(&key) {
            Some(there) => there.name = found.name,
            None => drop(all.insert(key, found)),
        }
    }
    all.into_values().take(limit as usize).collect()
}
