//! Growing contents on a disk volume.

use std::{ops::Range, sync::Arc};

use super::{
    Grown, Growth, Piece,
    append::Append,
    finish::{Finish, Place, grown},
};
use crate::{
    BLOCK_LEN, Body, Disk, Error, Key, Listing, Stored, intake::Intake, layout, pipeline, read, volume::blocking,
    walk::Walk,
};

impl Disk {
    pub(super) fn new_key(&self) -> Result<Key, Error> {
        self.volume.new_key()
    }

    pub(super) async fn append(&self, growth: &Growth, body: Body, piece: &Piece) -> Result<Grown, Error> {
        let claim = self.claims.claim(&growth.key)?;
        let mut intake = Intake::new(body, piece.bounds())?;
        if !intake.more().await? {
            let digest = piece.digest_of(b"")?;
            return Ok(Grown { growth: growth.clone(), digest, cut: intake.cut() });
        }
        let mut first = Vec::with_capacity(intake.room_for(BLOCK_LEN));
        intake.fill(&mut first, BLOCK_LEN).await?;
        let append = Append { volume: Arc::clone(&self.volume), growth: growth.clone(), piece: piece.clone() };
        // The claim goes to the thread, which may go on when nobody waits for it any more.
        let work = move |blocks| {
            let appended = append.run(blocks);
            drop(claim);
            appended
        };
        let appended = pipeline::run(first, &mut intake, work).await;
        let (growth, digest) = self.volume.changed(appended)?;
        Ok(Grown { growth, digest, cut: intake.cut() })
    }

    pub(super) async fn finish(&self, growth: &Growth) -> Result<Stored, Error> {
        let claim = self.claims.claim(&growth.key)?;
        let finish =
            Finish { volume: Arc::clone(&self.volume), growth: growth.clone(), inline_limit: self.inline_limit() };
        let stored = blocking(move || {
            let stored = finish.run();
            drop(claim);
            stored
        });
        self.volume.changed(stored.await)
    }

    /// The folder is synced also when there was nothing to remove: an earlier call may have been cut before its sync.
    pub(super) async fn abandon(&self, key: &Key) -> Result<bool, Error> {
        let (volume, claim, name) = (Arc::clone(&self.volume), self.claims.claim(key)?, key.flat_name());
        let removed = blocking(move || {
            let growing = &volume.layout.growing;
            let removed = growing.remove(&name).map_err(Error::doing("remove a growing content"))?;
            attache_point::fail_point!("blobs.growth_unlinked");
            volume.sync_names(&[growing])?;
            attache_point::fail_point!("blobs.growth_abandoned");
            drop(claim);
            Ok(removed)
        });
        self.volume.changed(removed.await)
    }

    pub(super) async fn read_growth(&self, growth: &Growth, range: Range<u64>) -> Result<Body, Error> {
        let (volume, growth) = (Arc::clone(&self.volume), growth.clone());
        let open = move || match grown(&volume, &growth)? {
            Place::Growing(file, _) | Place::Kept(file) => Ok(file),
        };
        read::read(&self.volume, open, range).await
    }

    pub(super) fn growths(&self) -> Listing {
        Listing::of_disk(Walk::new(Arc::clone(&self.volume), vec![layout::GROWING.to_owned()]))
    }
}
