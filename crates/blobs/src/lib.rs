//! Bytes at rest: contents are put, read, removed and listed by random keys, on local disk, in a bucket of an object
//! store, or in memory.
//!
//! A content may also come in pieces over hours ([`Growth`]), each of them durable when it is acknowledged.
//!
//! This crate knows no account, no file name and no right; whoever holds a [`Key`] has been let in by someone above.
//! [`Blobs::put`] returns only when the bytes cannot be lost any more by a power cut, or hands small contents back
//! ([`Home::Inline`]) so that they are committed in the same transaction as the row that names them.

mod body;
mod cloud;
mod digest;
mod disk;
mod error;
mod expect;
mod folder;
mod growth;
mod inline;
mod intake;
mod key;
mod layout;
mod link;
mod listing;
mod mark;
mod memory;
mod paced;
mod pipeline;
mod read;
mod storage;
mod stored;
mod sync;
#[cfg(test)]
mod sync_schedule;
#[cfg(test)]
mod sync_test;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(any(test, feature = "fuzz"))]
pub mod trial;
mod volume;
mod walk;
mod write;

use std::{ops::Range, sync as locks, time::Duration};

pub use body::Body;
pub use cloud::{Cloud, CloudOptions, Traffic};
pub use digest::{Algorithm, Digested, Digests};
pub use disk::Disk;
pub use error::Error;
pub use expect::Expect;
pub use growth::{Grown, Growth, Piece};
pub use inline::InlineLimit;
pub use key::{BadKey, Key};
pub use link::LinkWish;
pub use listing::{Found, Leftover, Leftovers, Listing};
pub use memory::Memory;
pub use storage::{Bucket, BucketKind, StorageUrl};
pub use stored::{HEAD_LEN, Home, Stored};

use intake::Intake;

/// The unit of every transfer between the network, memory and the volume, in bytes (256 KiB).
pub const BLOCK_LEN: usize = 256 * 1024;

/// A store of contents. Clones share the same store.
#[derive(Clone, Debug)]
pub enum Blobs {
    /// A folder on a local file system.
    Disk(Disk),
    /// A bucket of an object store, which any number of processes share.
    Cloud(Cloud),
    /// The process's own memory, for tests and trials: everything is gone when the last clone is dropped.
    Memory(Memory),
}

impl Blobs {
    /// Takes a whole body in. When it returns `Ok`, the contents are either [`Home::Kept`] and durable, or
    /// [`Home::Inline`] and in the caller's hands. In every other case (an error, a dropped future) nothing is stored.
    pub async fn put(&self, body: Body, expect: &Expect) -> Result<Stored, Error> {
        self.check_health()?;
        let limit = self.inline_limit();
        let mut intake = Intake::new(body, expect.bounds())?;
        let mut first = Vec::with_capacity(intake.room_for(limit));
        intake.fill(&mut first, limit).await?;
        if !intake.more().await? {
            return inline::hand_back(first, expect);
        }
        match self {
            Self::Disk(disk) => disk.keep(first, intake, expect, None).await,
            Self::Cloud(cloud) => cloud.keep(first, intake, expect, None).await,
            Self::Memory(memory) => memory.keep(first, intake, expect, None).await,
        }
    }

    /// Takes a whole body in under a key that it has elsewhere, never inline: for copies between stores. What is there
    /// already with the announced length is not written again, but the body is still taken in and judged by `expect`.
    ///
    /// Two calls at once with one key must bring the same content.
    pub async fn put_as(&self, key: &Key, body: Body, expect: &Expect) -> Result<Stored, Error> {
        self.check_health()?;
        let intake = Intake::new(body, expect.bounds())?;
        if intake.announced().is_some() && intake.announced() == self.len(key).await? {
            return intake.look_through(key, expect).await;
        }
        match self {
            Self::Disk(disk) => disk.keep(Vec::new(), intake, expect, Some(key)).await,
            Self::Cloud(cloud) => cloud.keep(Vec::new(), intake, expect, Some(key)).await,
            Self::Memory(memory) => memory.keep(Vec::new(), intake, expect, Some(key)).await,
        }
    }

    /// Streams the bytes of `range`. `len` is the whole length on record: a blob of any other length is
    /// [`Error::Damaged`], so that a shortened file never leaves as a complete answer.
    pub async fn read(&self, key: &Key, range: Range<u64>, len: u64) -> Result<Body, Error> {
        if range.start > range.end || range.end > len {
            return Err(Error::Range { start: range.start, end: range.end, len });
        }
        match self {
            Self::Disk(disk) => disk.read(key, range, len).await,
            Self::Cloud(cloud) => cloud.read(key, range, len).await,
            Self::Memory(memory) => memory.read(key, range, len),
        }
    }

    /// As [`Blobs::read`] of all of it, from where it is really kept: a disk is read anew, whatever the system remembers of
    /// the file. For those who look whether it is still there.
    pub async fn read_again(&self, key: &Key, len: u64) -> Result<Body, Error> {
        match self {
            Self::Disk(disk) => disk.read_again(key, len).await,
            Self::Cloud(_) | Self::Memory(_) => self.read(key, 0..len, len).await,
        }
    }

    /// Removes a blob for good. `Ok` is durable; `Ok(false)` says there was none.
    pub async fn remove(&self, key: &Key) -> Result<bool, Error> {
        match self {
            Self::Disk(disk) => disk.remove(key).await,
            Self::Cloud(cloud) => cloud.remove(key).await,
            Self::Memory(memory) => Ok(memory.remove(key)),
        }
    }

    /// The length in bytes of a blob, or `None` when there is no such blob.
    pub async fn len(&self, key: &Key) -> Result<Option<u64>, Error> {
        match self {
            Self::Disk(disk) => disk.len(key).await,
            Self::Cloud(cloud) => cloud.len(key).await,
            Self::Memory(memory) => Ok(memory.len(key)),
        }
    }

    /// Whether a blob of this key is stored.
    pub async fn exists(&self, key: &Key) -> Result<bool, Error> {
        Ok(self.len(key).await?.is_some())
    }

    /// Reads a blob from its home again and says what it really holds.
    pub async fn digest(&self, key: &Key) -> Result<Digested, Error> {
        match self {
            Self::Disk(disk) => disk.digest(key).await,
            Self::Cloud(cloud) => cloud.digest(key).await,
            Self::Memory(memory) => memory.digest(key),
        }
    }

    /// Walks all stored blobs in batches, in no order, in bounded memory. Blobs that come or go meanwhile may be missed.
    #[must_use]
    pub fn keys(&self) -> Listing {
        match self {
            Self::Disk(disk) => disk.keys(),
            Self::Cloud(cloud) => cloud.keys(),
            Self::Memory(memory) => memory.keys(),
        }
    }

    /// Walks what lies in staging: uploads in progress, and the remains of those that a crash has cut.
    #[must_use]
    pub fn leftovers(&self) -> Leftovers {
        match self {
            Self::Disk(disk) => disk.leftovers(),
            Self::Cloud(cloud) => cloud.leftovers(),
            Self::Memory(_) => Leftovers::none(),
        }
    }

    /// Removes the leftovers that nobody has written to for `older_than`, and says how many there were. An upload that
    /// is swept while it still runs fails; it can never be acknowledged.
    pub async fn sweep_staging(&self, older_than: Duration) -> Result<u64, Error> {
        match self {
            Self::Disk(disk) => disk.sweep_staging(older_than).await,
            Self::Cloud(cloud) => cloud.sweep_staging(older_than).await,
            Self::Memory(_) => Ok(0),
        }
    }

    /// False once the volume has failed to write something or to make it durable: it then takes no more writes until it
    /// is opened again, and reads go on. False, too, for a minute after it failed to read, or was found to be read-only.
    #[must_use]
    pub fn healthy(&self) -> bool {
        match self {
            Self::Disk(disk) => disk.healthy(),
            // Each write to a bucket is acknowledged by the store itself, or not: one failure says nothing of the next.
            Self::Cloud(_) | Self::Memory(_) => true,
        }
    }

    /// The requests to the store so far; `None` where it is no other machine's.
    #[must_use]
    pub fn traffic(&self) -> Option<Traffic> {
        match self {
            Self::Cloud(cloud) => Some(cloud.traffic()),
            Self::Disk(_) | Self::Memory(_) => None,
        }
    }

    fn check_health(&self) -> Result<(), Error> {
        match self {
            Self::Disk(disk) => disk.check_health(),
            Self::Cloud(_) | Self::Memory(_) => Ok(()),
        }
    }

    fn inline_limit(&self) -> usize {
        match self {
            Self::Disk(disk) => disk.inline_limit(),
            Self::Cloud(cloud) => cloud.inline_limit(),
            Self::Memory(memory) => memory.inline_limit(),
        }
    }
}

impl From<Disk> for Blobs {
    fn from(disk: Disk) -> Self {
        Self::Disk(disk)
    }
}

impl From<Cloud> for Blobs {
    fn from(cloud: Cloud) -> Self {
        Self::Cloud(cloud)
    }
}

impl From<Memory> for Blobs {
    fn from(memory: Memory) -> Self {
        Self::Memory(memory)
    }
}
