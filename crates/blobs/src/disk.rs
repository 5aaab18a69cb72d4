//! A store in a folder of a local file system.

use std::{fs::File, ops::Range, path::Path, sync::Arc, time::Duration};

use bytes::Bytes;

use crate::{
    BLOCK_LEN, Body, Digested, Error, Expect, HEAD_LEN, Home, InlineLimit, Key, Leftovers, Listing, Stored,
    growth::Claims,
    intake::Intake,
    layout::{self, Layout},
    pipeline, read,
    volume::{Shared, Volume, blocking},
    walk::{Walk, file_clock},
    write::Writer,
};

/// A volume of blobs. Clones share it.
#[derive(Clone, Debug)]
pub struct Disk {
    pub(crate) volume: Shared,
    pub(crate) claims: Claims,
    inline_limit: InlineLimit,
}

impl Disk {
    /// Opens the volume in the folder `path`, and makes what is missing of it. Blocks; it is meant for the start.
    pub fn open(path: &Path, inline_limit: InlineLimit) -> Result<Self, Error> {
        let volume = Volume::new(Layout::open(path)?)?;
        Ok(Self { volume: Arc::new(volume), claims: Claims::default(), inline_limit })
    }

    pub(crate) fn inline_limit(&self) -> usize {
        self.inline_limit.bytes()
    }

    pub(crate) fn check_health(&self) -> Result<(), Error> {
        self.volume.check_health()
    }

    pub(crate) fn healthy(&self) -> bool {
        self.volume.healthy()
    }

    /// Keeps a content whose first bytes are `first`, at most a block, and whose rest comes from `intake`: under `key`,
    /// or else under a fresh one.
    pub(crate) async fn keep(
        &self,
        mut first: Vec<u8>,
        mut intake: Intake,
        expect: &Expect,
        key: Option<&Key>,
    ) -> Result<Stored, Error> {
        first.reserve_exact(BLOCK_LEN - first.len());
        intake.fill(&mut first, BLOCK_LEN).await?;
        let head = Bytes::copy_from_slice(&first[..first.len().min(HEAD_LEN)]);
        let writer = Writer { volume: Arc::clone(&self.volume), expect: expect.clone(), key: key.cloned() };
        let written = pipeline::run(first, &mut intake, move |blocks| writer.run(blocks)).await;
        let (staged, digested) = self.volume.changed(written)?;
        Ok(Stored::new(Home::Kept(staged.keep()), &digested, head))
    }

    pub(crate) async fn read(&self, key: &Key, range: Range<u64>, len: u64) -> Result<Body, Error> {
        let (volume, key) = (Arc::clone(&self.volume), key.clone());
        read::read(&self.volume, move || open(&volume, &key, len), range).await
    }

    pub(crate) async fn read_again(&self, key: &Key, len: u64) -> Result<Body, Error> {
        let (volume, key) = (Arc::clone(&self.volume), key.clone());
        let open = move || {
            let file = open(&volume, &key, len)?;
            read::forget(&file);
            Ok(file)
        };
        read::read(&self.volume, open, 0..len).await
    }

    /// The folder is synced also when there was nothing to remove: an earlier call may have been cut before its sync.
    pub(crate) async fn remove(&self, key: &Key) -> Result<bool, Error> {
        let (volume, key) = (Arc::clone(&self.volume), key.clone());
        let removed = blocking(move || {
            volume.check_health()?;
            let op = "remove a blob";
            let shard = volume.layout.shard(&key).map_err(Error::doing(op))?;
            let removed = shard.remove(key.name()).map_err(Error::doing(op))?;
            attache_point::fail_point!("blobs.unlinked");
            volume.sync_names(&[&shard])?;
            attache_point::fail_point!("blobs.removed");
            Ok(removed)
        });
        self.volume.changed(removed.await)
    }

    pub(crate) async fn len(&self, key: &Key) -> Result<Option<u64>, Error> {
        let (volume, key) = (Arc::clone(&self.volume), key.clone());
        blocking(move || match volume.open(&key) {
            Ok((_, len)) => Ok(Some(len)),
            Err(Error::Missing) => Ok(None),
            Err(error) => Err(error),
        })
        .await
    }

    pub(crate) async fn digest(&self, key: &Key) -> Result<Digested, Error> {
        read::digest(Arc::clone(&self.volume), key.clone()).await
    }

    pub(crate) fn keys(&self) -> Listing {
        let shards = (0..=u8::MAX).map(layout::shard_name).collect();
        Listing::of_disk(Walk::new(Arc::clone(&self.volume), shards))
    }

    pub(crate) fn leftovers(&self) -> Leftovers {
        Leftovers::of_disk(self.staging())
    }

    pub(crate) async fn sweep_staging(&self, older_than: Duration) -> Result<u64, Error> {
        let mut staging = self.staging();
        blocking(move || {
            let now = file_clock();
            let mut swept = 0;
            while let Some(file) = staging.next().map_err(Error::doing("list staging"))? {
                // A file from the future has no age; it is left alone.
                let age = now.duration_since(file.modified).unwrap_or_default();
                if age >= older_than {
                    let gone = file.folder.remove(&file.name);
                    swept += u64::from(gone.map_err(Error::doing("sweep staging"))?);
                }
            }
            Ok(swept)
        })
        .await
    }

    fn staging(&self) -> Walk {
        Walk::new(Arc::clone(&self.volume), vec![layout::STAGING.to_owned()])
    }
}

/// Opens a blob that has `len` bytes on record.
fn open(volume: &Volume, key: &Key, len: u64) -> Result<File, Error> {
    match volume.open(key)? {
        (file, got) if got == len => Ok(file),
        (_, got) => Err(Error::Damaged { expected: len, got }),
    }
}
