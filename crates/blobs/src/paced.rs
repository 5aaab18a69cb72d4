//! Writing that keeps pace with the disk, so that neither much memory nor a long last sync piles up.

use std::{fs::File, io::Write as _};

use crate::{Error, volume::Volume};

/// How many bytes of a put may be written before the system is asked to begin moving them to the disk, so that the last
/// sync is short.
pub(crate) const PUT_WRITEBACK_LEN: u64 = 8 * 1024 * 1024;
/// The same for one piece of a growing content, which is synced at its end and so more often.
pub(crate) const PIECE_WRITEBACK_LEN: u64 = 2 * 1024 * 1024;
/// How many bytes may wait for the disk at most: beyond it, the upload waits.
const DIRTY_LEN: u64 = 64 * 1024 * 1024;

/// A file that is sent to the disk while it grows, so that neither much memory nor a long last sync piles up.
pub(crate) struct Paced<'a> {
    file: &'a File,
    volume: &'a Volume,
    writeback_len: u64,
    written: u64,
    begun: u64,
    synced: u64,
}

impl<'a> Paced<'a> {
    /// Goes on with a file that has `at` bytes and stands behind them. It begins to move bytes to the disk when there
    /// are `writeback_len` of them.
    pub(crate) fn new(file: &'a File, volume: &'a Volume, at: u64, writeback_len: u64) -> Self {
        Self { file, volume, writeback_len, written: at, begun: at, synced: at }
    }

    /// Adds a block.
    pub(crate) fn write(&mut self, block: &[u8]) -> Result<(), Error> {
        self.file.write_all(block).map_err(Error::doing("write a blob"))?;
        self.written += block.len() as u64;
        if self.written - self.synced >= DIRTY_LEN {
            self.volume.sync_bytes(self.file)?;
            self.synced = self.written;
            self.begun = self.written;
        } else if self.written - self.begun >= self.writeback_len {
            begin_writeback(self.file, self.begun, self.written);
            self.begun = self.written;
        }
        Ok(())
    }
}

/// Asks the system to begin writing these bytes. "Not needed" does that for bytes that are not on disk yet, and does not
/// wait; that it fails is no harm.
#[cfg(target_os = "linux")]
fn begin_writeback(file: &File, from: u64, to: u64) {
    use std::num::NonZeroU64;

    use rustix::fs::{Advice, fadvise};

    if let Err(error) = fadvise(file, from, NonZeroU64::new(to - from), Advice::DontNeed) {
        tracing::debug!(%error, "early writeback was refused");
    }
}

#[cfg(not(target_os = "linux"))]
fn begin_writeback(_: &File, _: u64, _: u64) {}
