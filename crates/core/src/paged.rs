//! Pages that go on at a cursor: where one begins, and how what was read becomes one.

use crate::View;
use crate::cursor::{self, Place};
use crate::query::Start;
use attache_model::Result;
use attache_model::page::{Next, Page};

impl View<'_> {
    /// The place that a page begins after; `None` for the first page. `list` says which list it is, filters and all.
    pub(crate) fn place(&self, list: &str, start: &Start) -> Result<Option<Place>> {
        match start {
            Start::Cursor(text) => cursor::open(&self.core.0.keys, self.caller.account(), list, text).map(Some),
            Start::First | Start::Offset(_) => Ok(None),
        }
    }

    /// A page of what was read, one item more than asked when there is another page. `place` is where an item stands.
    pub(crate) fn cut<T>(&self, list: &str, limit: u32, mut items: Vec<T>, place: impl Fn(&T) -> Place) -> Page<T> {
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        let last = items.last().filter(|_| more).map(place);
        let next = last.map(|place| Next::Cursor(cursor::seal(&self.core.0.keys, self.caller.account(), list, &place)));
        Page { items, next }
    }
}
