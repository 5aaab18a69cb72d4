//! What a target holds and no row names: contents that the source has given up since an earlier copy.

use super::{Error, Outcome, Step, Watch};
use attache_blobs::{Blobs, Key};
use attache_db::Snapshot;
use std::time::Duration;

/// Whether a content belongs to a version, or to an upload that is whole.
const KEPT: &str = "SELECT 1 FROM blob WHERE key = $1 AND home = 1
    UNION ALL SELECT 1 FROM upload WHERE blob_key = $1 AND state < 2 LIMIT 1";
/// Whether a growing content belongs to an upload.
const GROWS: &str = "SELECT 1 FROM upload WHERE blob_key = $1 AND state < 2 LIMIT 1";

/// Removes from a store that nobody else works on what the rows do not name; how many contents that were.
pub(super) async fn prune(rows: &mut Snapshot, blobs: &Blobs, watch: &Watch<'_>) -> Outcome<u64> {
    watch(Step::Tidying);
    let mut removed = 0;
    let mut kept = blobs.keys();
    while let Some(batch) = kept.next_batch().await.map_err(Error::blobs("list the target's contents"))? {
        for found in batch {
            if !is_named(rows, KEPT, &found.key).await? {
                let gone = blobs.remove(&found.key).await;
                removed += u64::from(gone.map_err(Error::blobs(format!("remove {}", found.key)))?);
            }
        }
    }
    let mut growing = blobs.growths();
    while let Some(batch) = growing.next_batch().await.map_err(Error::blobs("list the target's uploads"))? {
        for found in batch {
            if !is_named(rows, GROWS, &found.key).await? {
                let gone = blobs.abandon(&found.key).await;
                removed += u64::from(gone.map_err(Error::blobs(format!("remove {}", found.key)))?);
            }
        }
    }
    blobs.sweep_staging(Duration::ZERO).await.map_err(Error::blobs("clear the target's staging"))?;
    Ok(removed)
}

async fn is_named(rows: &mut Snapshot, text: &str, key: &Key) -> Outcome<bool> {
    let found = rows.ask(text, &[key.as_str().into()]).await;
    Ok(!found.map_err(Error::db("look a key up"))?.is_empty())
}
