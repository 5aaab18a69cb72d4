//! What the answer to a write tells of each record or note.

use super::batch::{Batch, Reply};
use super::hal::{self, Links};
use attache_model::Result;
use serde::Serialize;

/// A record or a note in brief.
#[derive(Debug, Serialize)]
pub(crate) struct Brief {
    /// Its number.
    pub(crate) id: i64,
    /// The number of the record that a note is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) entity_id: Option<i64>,
    /// When it was written last; not told of what was just made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) updated_at: Option<i64>,
    /// What the caller called it in a batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request_id: Option<String>,
    /// Its address.
    #[serde(rename = "_links")]
    pub(crate) links: Links,
}

impl Batch {
    /// The answer to a batch: what was made of each item, with the item's name, as the list `list` at `href`.
    ///
    /// # Errors
    /// The first of `briefs`.
    pub(crate) fn answer(
        &self,
        href: String,
        list: &'static str,
        briefs: impl Iterator<Item = Result<Brief>>,
    ) -> Reply {
        let named = briefs.zip(self.request_ids()).map(|(brief, id)| Ok(Brief { request_id: Some(id), ..brief? }));
        Ok(hal::done(href, list, named.collect::<Result<_>>()?))
    }
}
