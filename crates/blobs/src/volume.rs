//! What all work on one disk volume shares: its folders, the sync of names, and whether it can still be trusted.

use std::{
    fs::File,
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use rustix::io::Errno;

use crate::{Error, Key, folder::Folder, layout::Layout, sync::NameSync};

/// Puts that go to one folder before the next is taken: neighbours in time share a folder, and so share its sync.
const PUTS_PER_SHARD: u64 = 256;

/// How long the volume is called sick after a failure that may pass.
const TOLD: Duration = Duration::from_secs(60);

/// An open volume.
#[derive(Debug)]
pub(crate) struct Volume {
    pub(crate) layout: Layout,
    names: NameSync,
    failed: AtomicBool,
    /// When it last failed to read, or was found to be read-only.
    ailing: Mutex<Option<Instant>>,
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
            ailing: Mutex::default(),
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
        // A test plants this fault and the next, to see that a power cut shows them.
        attache_point::fail_point!("blobs.sync_bytes", |_| Ok(()));
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
        attache_point::fail_point!("blobs.sync_names", |_| Ok(()));
        self.names
            .sync(folders)
            .map_err(|source| self.fail(Error::Io { op: "make the name of a blob durable", source }))
    }

    /// Errors when the volume takes no writes any more.
    pub(crate) fn check_health(&self) -> Result<(), Error> {
        if self.failed.load(Ordering::Acquire) { Err(Error::Unhealthy) } else { Ok(()) }
    }

    /// Whether it takes writes, and nothing else went wrong for a while.
    pub(crate) fn healthy(&self) -> bool {
        let ailing = self.ailing.lock().unwrap_or_else(PoisonError::into_inner);
        self.check_health().is_ok() && ailing.is_none_or(|since| since.elapsed() >= TOLD)
    }

    /// The result of work that changes the volume. What the disk failed to do is final, as a failed sync is.
    pub(crate) fn changed<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        result.map_err(|error| match refusal(&error) {
            Some(Errno::IO) => self.fail(error),
            Some(Errno::ROFS) => self.ail(error),
            _ => error,
        })
    }

    /// The result of a read. That the disk failed is told for a while: the next read may be good.
    pub(crate) fn read<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        result.map_err(|error| if refusal(&error) == Some(Errno::IO) { self.ail(error) } else { error })
    }

    /// As [`Volume::read`], for a read in whose middle the system refused.
    pub(crate) fn broke_off(&self, error: io::Error) -> io::Error {
        if error.raw_os_error() == Some(Errno::IO.raw_os_error()) {
            self.ailing_since_now(&error);
        }
        error
    }

    fn ail(&self, error: Error) -> Error {
        self.ailing_since_now(&error);
        error
    }

    fn ailing_since_now(&self, error: &impl std::fmt::Display) {
        tracing::error!(%error, "the volume is not well");
        *self.ailing.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    fn fail(&self, error: Error) -> Error {
        if !self.failed.swap(true, Ordering::AcqRel) {
            tracing::error!(%error, "the volume takes no more writes");
        }
        error
    }
}

/// The system's number for what it refused.
fn refusal(error: &Error) -> Option<Errno> {
    let Error::Io { source, .. } = error else { return None };
    source.raw_os_error().map(Errno::from_raw_os_error)
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
