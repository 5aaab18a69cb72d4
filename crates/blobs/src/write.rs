//! One upload on the disk: a blocking thread takes blocks from a short queue, writes and digests them in staging, and
//! gives the file its key when all of it is safe.
//!
//! The order is what makes an acknowledged blob survive a power cut: bytes, sync of the file, rename, sync of both
//! folders. Until the rename nothing is visible, and whatever happens before the answer takes the file away again.

use std::{fs::File, io::Write as _};

use tokio::sync::{mpsc, oneshot};

use crate::{
    Digested, Digests, Error, Expect, Key,
    folder::Folder,
    volume::{Shared, Volume},
};

/// How many bytes may be written before the system is asked to begin moving them to the disk, so that the last sync is
/// short.
const WRITEBACK_LEN: u64 = 8 * 1024 * 1024;
/// How many bytes may wait for the disk at most: beyond it, the upload waits.
const DIRTY_LEN: u64 = 64 * 1024 * 1024;

/// What an upload sends to its thread.
pub(crate) enum Piece {
    /// The next bytes.
    Block(Vec<u8>),
    /// All bytes have come. Without it the upload counts as cut, and the file goes.
    End,
}

/// The disk's side of an upload.
pub(crate) struct Writer {
    pub(crate) volume: Shared,
    pub(crate) expect: Expect,
    pub(crate) pieces: mpsc::Receiver<Piece>,
    pub(crate) spares: mpsc::Sender<Vec<u8>>,
}

impl Writer {
    /// Writes all, and answers with a durable file that stays only if the caller says so: when nobody takes the answer,
    /// it removes itself. A cut upload is not answered.
    pub(crate) fn run(mut self, reply: oneshot::Sender<Result<(Staged, Digested), Error>>) {
        if let Some(answer) = self.write().transpose() {
            drop(reply.send(answer));
        }
    }

    /// `None` when the upload was cut.
    fn write(&mut self) -> Result<Option<(Staged, Digested)>, Error> {
        let (mut staged, file) = Staged::create(&self.volume)?;
        let mut paced = Paced::new(file);
        let mut digests = Digests::new();
        loop {
            match self.pieces.blocking_recv() {
                Some(Piece::Block(block)) => {
                    paced.write(&block, &self.volume)?;
                    digests.update(&block);
                    // Without a taker the block is simply freed.
                    drop(self.spares.try_send(block));
                }
                Some(Piece::End) => break,
                None => return Ok(None),
            }
        }
        let digested = digests.finish();
        self.expect.check(&digested)?;
        self.volume.sync_bytes(&paced.file)?;
        staged.publish(&self.volume)?;
        Ok(Some((staged, digested)))
    }
}

/// A file that has not been acknowledged: it is removed when this is dropped.
pub(crate) struct Staged {
    key: Key,
    folder: Folder,
    name: String,
    kept: bool,
}

impl Staged {
    fn create(volume: &Volume) -> Result<(Self, File), Error> {
        let key = volume.new_key()?;
        let name = key.staging_name();
        let folder = volume.layout.staging.clone();
        let file = folder.create(&name).map_err(Error::doing("create a file in staging"))?;
        let staged = Self { key, folder, name, kept: false };
        Ok((staged, file))
    }

    /// Gives the file its key, durably.
    fn publish(&mut self, volume: &Volume) -> Result<(), Error> {
        volume.check_health()?;
        let op = "give a blob its name";
        let shard = volume.layout.shard(&self.key).map_err(Error::doing(op))?;
        let name = self.key.name().to_owned();
        self.folder.rename(&self.name, &shard, &name).map_err(Error::doing(op))?;
        self.folder = shard;
        self.name = name;
        volume.sync_names(&[&self.folder, &volume.layout.staging])
    }

    /// Ends the watch: from here on the file is the caller's.
    pub(crate) fn keep(mut self) -> Key {
        self.kept = true;
        self.key.clone()
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if self.kept {
            return;
        }
        if let Err(error) = self.folder.remove(&self.name) {
            tracing::warn!(%error, name = self.name, "a file of a failed upload stays behind");
        }
    }
}

/// A file that is sent to the disk while it grows, so that neither much memory nor a long last sync piles up.
struct Paced {
    file: File,
    written: u64,
    begun: u64,
    synced: u64,
}

impl Paced {
    fn new(file: File) -> Self {
        Self { file, written: 0, begun: 0, synced: 0 }
    }

    fn write(&mut self, block: &[u8], volume: &Volume) -> Result<(), Error> {
        self.file.write_all(block).map_err(Error::doing("write a blob"))?;
        self.written += block.len() as u64;
        if self.written - self.synced >= DIRTY_LEN {
            volume.sync_bytes(&self.file)?;
            self.synced = self.written;
            self.begun = self.written;
        } else if self.written - self.begun >= WRITEBACK_LEN {
            begin_writeback(&self.file, self.begun, self.written);
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{layout, layout::Layout, walk::Walk};

    #[test]
    fn a_blob_whose_answer_nobody_takes_removes_itself() {
        let place = tempfile::tempdir().unwrap();
        let volume = Arc::new(Volume::new(Layout::open(place.path()).unwrap()).unwrap());
        for taken in [true, false] {
            let (send, pieces) = mpsc::channel(2);
            send.try_send(Piece::Block(b"content".to_vec())).ok().unwrap();
            send.try_send(Piece::End).ok().unwrap();
            let (reply, mut answer) = oneshot::channel();
            let writer =
                Writer { volume: Arc::clone(&volume), expect: Expect::at_most(7), pieces, spares: mpsc::channel(1).0 };
            writer.run(reply);
            let (staged, _) = answer.try_recv().unwrap().unwrap();
            if taken {
                staged.keep();
            } else {
                drop(staged);
            }
        }
        let shards = (0..=u8::MAX).map(layout::shard_name).collect();
        let mut kept = Walk::new(volume, shards);
        assert!(kept.next().unwrap().is_some(), "the first was taken");
        assert!(kept.next().unwrap().is_none(), "the second was not");
    }
}
