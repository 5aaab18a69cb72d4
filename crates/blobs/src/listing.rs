//! Lists of what a store holds, in batches of bounded size.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
    vec,
};

use futures_util::{StreamExt as _, stream::BoxStream};

use crate::{
    Error, Key, layout,
    volume::blocking,
    walk::{Entry, Walk},
};

/// The most entries in one batch.
const BATCH_LEN: usize = 1000;

/// A stored blob, or a growing content, that a listing has met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its key.
    pub key: Key,
    /// Its length in bytes.
    pub len: u64,
    /// When it was last written to, by the clock of the volume.
    pub modified: SystemTime,
}

/// A file in staging, or the marker of a put in a bucket, whose length says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// Its name in the staging folder.
    pub name: String,
    /// Its length in bytes so far.
    pub len: u64,
    /// When it was last written to, by the clock of the volume.
    pub modified: SystemTime,
}

/// A list of all stored blobs, or of all growing contents.
#[derive(Debug)]
pub struct Listing(Source<Found>);

impl Listing {
    pub(crate) fn of_memory(found: Vec<Found>) -> Self {
        Self(Source::Memory(found.into_iter()))
    }

    pub(crate) fn of_disk(walk: Walk) -> Self {
        Self(Source::disk(walk))
    }

    pub(crate) fn of_cloud(found: BoxStream<'static, Result<Found, Error>>) -> Self {
        Self(Source::cloud(found))
    }

    /// The next blobs, at most 1000 and at least one; `None` at the end. Files with a name that is no key are passed
    /// over.
    pub async fn next_batch(&mut self) -> Result<Option<Vec<Found>>, Error> {
        self.0.next_batch(found).await
    }
}

/// A list of the files in staging.
#[derive(Debug)]
pub struct Leftovers(Source<Leftover>);

impl Leftovers {
    pub(crate) fn none() -> Self {
        Self(Source::Memory(Vec::new().into_iter()))
    }

    pub(crate) fn of_disk(walk: Walk) -> Self {
        Self(Source::disk(walk))
    }

    pub(crate) fn of_cloud(markers: BoxStream<'static, Result<Leftover, Error>>) -> Self {
        Self(Source::cloud(markers))
    }

    /// The next files, at most 1000 and at least one; `None` at the end.
    pub async fn next_batch(&mut self) -> Result<Option<Vec<Leftover>>, Error> {
        self.0.next_batch(leftover).await
    }
}

enum Source<T> {
    /// Shared with the blocking thread, so that a cancelled call does not lose the place.
    Disk(Arc<Mutex<Walk>>),
    /// What has come of the next batch is kept here, for the same reason.
    Cloud {
        items: BoxStream<'static, Result<T, Error>>,
        batch: Vec<T>,
    },
    Memory(vec::IntoIter<T>),
}

impl<T: Send + 'static> Source<T> {
    fn disk(walk: Walk) -> Self {
        Self::Disk(Arc::new(Mutex::new(walk)))
    }

    fn cloud(items: BoxStream<'static, Result<T, Error>>) -> Self {
        // A list that has ended is asked once more, for the batch after the last.
        Self::Cloud { items: items.fuse().boxed(), batch: Vec::new() }
    }

    async fn next_batch(&mut self, read: fn(&Entry) -> Option<T>) -> Result<Option<Vec<T>>, Error> {
        let batch = match self {
            Self::Memory(items) => items.take(BATCH_LEN).collect(),
            Self::Disk(walk) => {
                let walk = Arc::clone(walk);
                blocking(move || {
                    let mut walk = walk.lock().unwrap_or_else(PoisonError::into_inner);
                    batch(&mut walk, read)
                })
                .await?
            }
            Self::Cloud { items, batch } => {
                while batch.len() < BATCH_LEN
                    && let Some(item) = items.next().await
                {
                    batch.push(item?);
                }
                std::mem::take(batch)
            }
        };
        Ok((!batch.is_empty()).then_some(batch))
    }
}

impl<T> fmt::Debug for Source<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Disk(_) => "Disk",
            Self::Cloud { .. } => "Cloud",
            Self::Memory(_) => "Memory",
        })
    }
}

fn batch<T>(walk: &mut Walk, read: fn(&Entry) -> Option<T>) -> Result<Vec<T>, Error> {
    let mut batch = Vec::new();
    while batch.len() < BATCH_LEN {
        match walk.next().map_err(Error::doing("list the blobs"))? {
            Some(entry) => batch.extend(read(&entry)),
            None => break,
        }
    }
    Ok(batch)
}

fn found(entry: &Entry) -> Option<Found> {
    let key = match entry.folder.name() {
        layout::GROWING => Key::of_flat_name(&entry.name)?,
        shard => Key::parse(&format!("{shard}/{}", entry.name)).ok()?,
    };
    Some(Found { key, len: entry.len, modified: entry.modified })
}

#[expect(clippy::unnecessary_wraps, reason = "one of the two readers that a batch takes")]
fn leftover(entry: &Entry) -> Option<Leftover> {
    Some(Leftover { name: entry.name.clone(), len: entry.len, modified: entry.modified })
}
