//! Reading what happened, and waiting for it.

use crate::View;
use crate::query::{EventQuery, Side};
use crate::table::event::{self, Stretch};
use crate::table::{book, file};
use crate::unit::tenanted;
use attache_model::event::{Event, EventKind};
use attache_model::listing::{FileLabel, LabelledEvent};
use attache_model::{Error, FileRef, Result, What};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Most events that one reading looks at: of a rare kind there may be none among many.
const LOOKED_AT: i64 = 10_000;
/// How often somebody who waits looks for what was committed by other processes.
const LOOK: Duration = Duration::from_secs(1);

/// A part of what happened.
#[derive(Clone, Debug, PartialEq)]
pub struct EventPage {
    /// The events in the asked order.
    pub items: Vec<LabelledEvent>,
    /// Everything up to this number was looked at, or is older than what was: what comes after it is new.
    pub last: i64,
    /// Whether nothing has happened yet after `last`.
    pub at_end: bool,
    /// Where older ones go on, for a reading from the newest on; `None` when there are none.
    pub before: Option<i64>,
}

impl View<'_> {
    /// The events after number `after` (0 for all), oldest first.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn events(&self, after: i64, limit: u32) -> Result<Vec<Event>> {
        let unit =
            tenanted::<Vec<Event>, _>(move |mut t| Box::pin(async move { event::after(&mut t, after, limit).await }));
        self.read("read events", unit).await
    }

    /// A part of what happened, with the names of today.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn history(&self, query: &EventQuery) -> Result<EventPage> {
        let (query, sees_hidden) = (Arc::new(query.clone()), self.caller.sees_hidden());
        let unit = tenanted::<EventPage, _>(move |mut t| {
            let query = query.clone();
            Box::pin(async move {
                let newest = book::event_no(&mut t).await?;
                let stretch = stretch(&query, newest);
                let items = event::labelled(&mut t, &stretch, sees_hidden).await?;
                Ok(page(&query, &stretch, newest, items))
            })
        });
        self.read("read events", unit).await
    }

    /// As [`View::history`] after a number; where there is nothing yet it waits for so long until there is. It ends at once
    /// when something is committed in this process, and soon when in another one.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn await_history(&self, query: &EventQuery, wait: Duration) -> Result<EventPage> {
        let heard = &self.core.0.heard;
        let (ear, end) = (heard.ear(self.caller.account()), Instant::now() + wait);
        let mut query = query.clone();
        loop {
            let mut rung = pin!(ear.bell().notified());
            rung.as_mut().enable();
            let page = self.history(&query).await?;
            let now = Instant::now();
            if !page.items.is_empty() || now >= end || heard.is_over() {
                return Ok(page);
            }
            query.side = Side::After(page.last);
            if page.at_end {
                tokio::select! {
                    () = rung => {}
                    () = sleep_until(end.min(now + LOOK)) => {}
                }
            }
        }
    }

    /// The events of a file before a number, the newest first.
    ///
    /// # Errors
    /// `NotFound(File)`.
    pub async fn history_of(&self, file: impl Into<FileRef>, before: i64, limit: u32) -> Result<Vec<LabelledEvent>> {
        let (file, now, sees) = (file.into(), self.now(), self.caller.sees_hidden());
        let unit = tenanted::<Vec<LabelledEvent>, _>(move |mut t| {
            Box::pin(async move {
                let found = file::find(&mut t, file).await?.filter(|row| row.in_sight(now, sees));
                let row = found.ok_or(Error::NotFound(What::File))?;
                let events = event::of_file_before(&mut t, row.file.no, before, limit).await?;
                let label = FileLabel { id: row.file.id, name: row.file.title().full().to_owned() };
                let told = |event| LabelledEvent { event, file: Some(label.clone()), folder: None };
                Ok(events.into_iter().map(told).collect())
            })
        });
        self.read("read a file's events", unit).await
    }
}

/// The numbers that one reading looks at, where `newest` is the last one there is.
fn stretch(query: &EventQuery, newest: i64) -> Stretch {
    let (from, to, newest_first) = match query.side {
        Side::After(after) => (after.saturating_add(1), after.saturating_add(LOOKED_AT).min(newest), false),
        Side::Before(before) => {
            let to = before.saturating_sub(1).min(newest);
            (to.saturating_sub(LOOKED_AT - 1).max(1), to, true)
        }
    };
    let kinds = query.kinds.as_ref().map_or_else(String::new, |kinds| words(kinds));
    Stretch { from, to, newest_first, kinds, limit: query.limit }
}

/// The words of some kinds, with blanks around each; a blank for none, as nothing at all is the text for all.
fn words(kinds: &[EventKind]) -> String {
    kinds.iter().fold(String::from(" "), |text, kind| text + kind.word() + " ")
}

/// What a reading came to. A page that is full may have left some of what it looked at.
fn page(query: &EventQuery, stretch: &Stretch, newest: i64, items: Vec<LabelledEvent>) -> EventPage {
    let full = items.len() >= query.limit as usize;
    let end = items.last().map(|item| item.event.no).filter(|_| full);
    match query.side {
        Side::After(after) => {
            let last = end.unwrap_or_else(|| stretch.to.max(after));
            EventPage { last, at_end: last >= newest, before: None, items }
        }
        Side::Before(_) => {
            let before = end.unwrap_or(stretch.from);
            EventPage { last: newest, at_end: true, before: (before > 1).then_some(before), items }
        }
    }
}
