//! What all work on one disk volume shares: its folders, the sync of names, and whether it can still be trusted.

use std::{
    fs::File,
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use crate::{Error, Key, folder::Folder, layout::Layout, sync::NameSync};

/// Puts that go to one folder before the next is taken: neighbours in time share a folder, and so share its sync.
const PUTS_PER_SHARD: u64 = 256;

/// An open volume.
#[derive(Debug)]
pub(crate) struct Volume {
    pub(crate) layout: Layout,
    names: NameSync,
    failed: AtomicBool,
    puts: AtomicU64,
}

impl Volume {
    pub(crate) fn new(layout: Layout) -> Result<Self, Error> {
        // A random start spreads the blobs of a service that is often started anew.
        let mut start = [0; 1];
        getrandom::fill(&mut start)
            .map_err(|error| Error::Io { op: "get random bytes", source: io::Error::other(error.to_string()) })?;
        Ok(Self {
            layout,
            names: NameSync::default(),
            failed: AtomicBool::new(false),
            puts: AtomicU64::new(u64::from(start[0]) * PUTS_PER_SHARD),
        })
    }

    /// A key for a new blob.
    pub(crate) fn new_key(&self) -> Result<Key, Error> {
        let put = self.puts.fetch_add(1, Ordering::Relaxed);
        let [shard, ..] = (put / PUTS_PER_SHARD).to_le_bytes();
        Key::random(shard)
    }

    /// Opens a blob for reading, with its length in bytes.
    pub(crate) fn open(&self, key: &Key) -> Result<(File, u64), Error> {
        let op = "open a blob";
        self.layout.shard(key).and_then(|shard| shard.open(key.name())).map_err(Error::doing(op))?.ok_or(Error::Missing)
    }

    /// Makes the bytes of a new file durable. A failure is final for the file and, unless it only says that there is
    /// no room, for the volume: it says that the disk has lost data, and that of whom cannot be known.
    pub(crate) fn sync_bytes(&self, file: &File) -> Result<(), Error> {
        match file.sync_data() {
            Ok(()) => Ok(()),
            Err(error) => match Error::from_io("make a blob durable", error) {
                Error::Full => Err(Error::Full),
                error => Err(self.fail(error)),
            },
        }
    }

    /// Makes the names in these folders durable. A failure is final for the volume.
    pub(crate) fn sync_names(&self, folders: &[&Folder]) -> Result<(), Error> {
        self.names
            .sync(folders)
            .map_err(|source| self.fail(Error::Io { op: "make the name of a blob durable", source }))
    }

    /// Errors when the volume takes no writes any more.
    pub(crate) fn check_health(&self) -> Result<(), Error> {
        if self.healthy() { Ok(()) } else { Err(Error::Unhealthy) }
    }

    pub(crate) fn healthy(&self) -> bool {
        !self.failed.load(Ordering::Acquire)
    }

    fn fail(&self, error: Error) -> Error {
        if !self.failed.swap(true, Ordering::AcqRel) {
            tracing::error!(%error, "the volume takes no more writes");
        }
        error
    }
}

/// Runs disk work on a thread that may block.
pub(crate) async fn blocking<T, F>(work: F) -> Result<T, Error>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, Error> + Send + 'static,
{
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|error| Err(Error::Io { op: "finish work on the disk", source: io::Error::other(error) }))
}

/// Shares a volume with a blocking closure.
pub(crate) type Shared = Arc<Volume>;
