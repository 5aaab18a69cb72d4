//! Looking for what was removed for good: an erasure counts as gone only when nothing of it is found any more.
//!
//! The rows are asked by the file's number and id, the store by the keys that the bytes had. What is found keeps the
//! erasure open, and the sweep looks again.

use crate::table::erasure::{self, Traces};
use crate::unit::{bare, tenanted};
use crate::{Core, staged};
use attache_blobs::Key;
use attache_model::erasure::{Erasure, ErasureKind, Fate, Trace};
use attache_model::id::ErasureId;
use attache_model::{AccountNo, Error, Result};
use std::sync::Arc;

/// Erasures that one look of the sweep takes.
const CHUNK: u32 = 100;

/// How to look.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// Whether the database's own log was emptied after the erase.
    pub(crate) log_is_clean: bool,
    /// Remove bytes that are there although no row knows of them any more.
    pub(crate) mend: bool,
}

/// An erasure and what the rows still have of it.
type Seen = (Erasure, Traces, bool);

impl Core {
    /// Looks for all of some erasures of an account, and notes which of them are gone; how many.
    pub(crate) async fn look_for(&self, account: AccountNo, ids: &[ErasureId], look: Look) -> Result<usize> {
        let mut ends = Vec::new();
        for (erasure, traces, has_contents) in self.rows_of(account, ids).await? {
            let mut found = traces.found(erasure.kind);
            found.extend(has_contents.then_some(Trace::Contents));
            // Bytes that a row still has are not ours to take.
            let mend = look.mend && !has_contents;
            match self.bytes_are_left(&erasure, mend).await {
                Ok(left) => found.extend(left.then_some(Trace::Bytes)),
                Err(error) => {
                    tracing::warn!(%error, "the store could not be asked for erased bytes; the sweep asks again");
                    found.push(Trace::Bytes);
                }
            }
            // A purge does not promise that the log was emptied.
            let log = erasure.kind == ErasureKind::Erase && !look.log_is_clean;
            found.extend(log.then_some(Trace::DatabaseLog));
            ends.push((erasure.id, found));
        }
        self.note_ends(account, ends).await
    }

    async fn rows_of(&self, account: AccountNo, ids: &[ErasureId]) -> Result<Vec<Seen>> {
        let ids = Arc::new(ids.to_vec());
        let unit = tenanted::<Vec<Seen>, _>(move |mut t| {
            let ids = ids.clone();
            Box::pin(async move {
                let mut seen = Vec::new();
                for id in ids.iter() {
                    let Some(found) = erasure::get(&mut t, *id).await?.filter(|found| found.gone_at.is_none()) else {
                        continue;
                    };
                    let traces = erasure::traces(&mut t, found.file, found.file_id).await?;
                    let mut has_contents = false;
                    for key in found.parts.contents.iter().filter_map(|content| content.fate.key()) {
                        has_contents |= erasure::has_blob(&mut t, key).await?;
                    }
                    seen.push((found, traces, has_contents));
                }
                Ok(seen)
            })
        });
        self.read("look for what was erased", account, unit).await
    }

    /// Whether the store has bytes under any key that an erased content had.
    async fn bytes_are_left(&self, erasure: &Erasure, mend: bool) -> Result<bool> {
        let blobs = &self.0.blobs;
        let mut left = false;
        for content in &erasure.parts.contents {
            let Fate::Store { key } = &content.fate else { continue };
            let key: Key = key.parse().map_err(|error| Error::internal("read an erased content's key", error))?;
            let mut there = blobs.exists(&key).await.map_err(staged::refusal)?;
            if there && mend && !self.keeps_bytes().await {
                self.remove_bytes(&key).await?;
                there = blobs.exists(&key).await.map_err(staged::refusal)?;
            }
            left |= there;
        }
        Ok(left)
    }

    async fn note_ends(&self, account: AccountNo, ends: Vec<(ErasureId, Vec<Trace>)>) -> Result<usize> {
        if ends.is_empty() {
            return Ok(0);
        }
        let (now, ends) = (self.now(), Arc::new(ends));
        let unit = tenanted::<usize, _>(move |mut t| {
            let ends = ends.clone();
            Box::pin(async move {
                let mut gone = 0;
                for (id, found) in ends.iter() {
                    if found.is_empty() {
                        erasure::gone(&mut t, *id, now).await?;
                        gone += 1;
                    } else {
                        erasure::waits(&mut t, *id, found).await?;
                    }
                }
                Ok(gone)
            })
        });
        self.write("note what is gone", account, unit).await
    }

    /// Looks once more for everything that was not seen to be gone yet; how many erasures are still open then.
    pub(crate) async fn look_for_all(&self) -> Result<usize> {
        let (mut after, mut open) = ((0, String::new()), 0);
        loop {
            let from = Arc::new(after.clone());
            let find = bare::<Vec<(AccountNo, ErasureId)>, _>(move |tx| {
                let from = from.clone();
                Box::pin(async move { erasure::waiting(tx, (from.0, &from.1), CHUNK).await })
            });
            let waiting = self.read_all("find what was erased", find).await?;
            let Some((account, id)) = waiting.last() else { return Ok(open) };
            after = (account.0, id.to_string());
            // Each part anew: what is in it was committed before this, so the log is emptied of all of it.
            let log_is_clean = self.scrub().await;
            for (account, id) in waiting {
                let gone = self.look_for(account, &[id], Look { log_is_clean, mend: true }).await?;
                open += 1 - gone.min(1);
            }
        }
    }
}
