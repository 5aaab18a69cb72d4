//! One upload on the disk: a blocking thread takes blocks from a short queue, writes and digests them in staging, and
//! gives the file its key when all of it is safe.
//!
//! The order is what makes an acknowledged blob survive a power cut: bytes, sync of the file, rename, sync of both
//! folders. Until the rename nothing is visible, and whatever happens before the answer takes the file away again.

use std::fs::File;

use crate::{
    Digested, Digests, Error, Expect, Key,
    folder::Folder,
    paced::{PUT_WRITEBACK_LEN, Paced},
    pipeline::Blocks,
    volume::{Shared, Volume},
};

/// The disk's side of an upload.
pub(crate) struct Writer {
    pub(crate) volume: Shared,
    pub(crate) expect: Expect,
    /// The key to keep the content under; a fresh one without it.
    pub(crate) key: Option<Key>,
}

impl Writer {
    /// Writes all, and answers with a durable file that stays only if the caller says so: when nobody takes the answer,
    /// it removes itself. `None` when the upload was cut.
    pub(crate) fn run(&self, blocks: Blocks) -> Result<Option<(Staged, Digested)>, Error> {
        let (mut staged, file) = Staged::create(&self.volume, self.key.clone())?;
        attache_point::fail_point!("blobs.staging_created");
        let mut paced = Paced::new(&file, &self.volume, 0, PUT_WRITEBACK_LEN);
        let mut digests = Digests::new();
        let complete = blocks.each(|block| {
            paced.write(block)?;
            digests.update(block);
            Ok(())
        })?;
        if !complete {
            return Ok(None);
        }
        let digested = digests.finish();
        self.expect.check(&digested)?;
        attache_point::fail_point!("blobs.staged");
        self.volume.sync_bytes(&file)?;
        attache_point::fail_point!("blobs.synced");
        staged.publish(&self.volume)?;
        attache_point::fail_point!("blobs.kept");
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
    /// The name in staging is always a fresh one: another call may be at work for the same key.
    fn create(volume: &Volume, key: Option<Key>) -> Result<(Self, File), Error> {
        let fresh = volume.new_key()?;
        let name = fresh.flat_name();
        let key = key.unwrap_or(fresh);
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
        attache_point::fail_point!("blobs.renamed");
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
            let writer = Writer { volume: Arc::clone(&volume), expect: Expect::at_most(7), key: None };
            let (staged, _) = writer.run(Blocks::all_of(b"content")).unwrap().unwrap();
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
