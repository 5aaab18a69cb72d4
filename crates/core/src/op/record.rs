//! Records as their cards and links name them, and the records of a file.

use crate::View;
use crate::op::{get, value};
use crate::table::file_use::Look;
use crate::table::{card, link};
use crate::unit::{Outcome, Tenanted, tenanted};
use attache_model::card::Card;
use attache_model::link::{Link, Record};
use attache_model::{FileRef, Result};
use std::sync::Arc;

impl View<'_> {
    /// Whether a record has a card or a link names it.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn has_record(&self, record: &Record) -> Result<bool> {
        let record = Arc::new(record.clone());
        let unit = tenanted::<bool, _>(move |mut t| {
            let record = record.clone();
            Box::pin(async move { Ok(known(&mut t, &record).await?.is_some()) })
        });
        self.read("look for a record", unit).await
    }

    /// The records that a file is on, oldest first, each once: with the link that its tab shows, or the one of a field.
    ///
    /// # Errors
    /// `NotFound(File)`.
    pub async fn records_of(&self, file: impl Into<FileRef>, limit: u32) -> Result<Vec<(Link, Card)>> {
        let (file, now, sees_hidden) = (file.into(), self.now(), self.caller.sees_hidden());
        let unit = tenanted::<Vec<(Link, Card)>, _>(move |mut t| {
            Box::pin(async move {
                let row = get::visible(&mut t, file, now, sees_hidden).await?;
                let found = link::records(&mut t, row.file.no, limit).await?;
                let (links, mut cards): (Vec<Link>, Vec<Card>) = found.into_iter().unzip();
                value::fill(&mut t, &mut cards, Look { now, sees_hidden }).await?;
                Ok(links.into_iter().zip(cards).collect())
            })
        });
        self.read("list a file's records", unit).await
    }
}

/// A record's own card, or what its links tell; without values.
pub(crate) async fn known(t: &mut Tenanted<'_>, record: &Record) -> Outcome<Option<Card>> {
    if let Some(own) = card::get(t, record).await? {
        return Ok(Some(own));
    }
    let first = link::oldest(t, record).await?;
    Ok(first.map(|link| link::named_by(record, link.created_at, link.created_by)))
}
