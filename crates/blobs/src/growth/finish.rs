//! The end of a growing content on the disk: it is handed back when small, else it gets its key by a rename.

use std::fs::File;

use bytes::Bytes;
use rustix::fs::{Timespec, Timestamps, UTIME_NOW, UTIME_OMIT, futimens};

use super::{Growth, append::digests};
use crate::{
    Digests, Error, HEAD_LEN, Home, Stored,
    read::read_block,
    volume::{Shared, Volume},
};

/// The disk's side of a finish.
pub(crate) struct Finish {
    pub(crate) volume: Shared,
    pub(crate) growth: Growth,
    pub(crate) inline_limit: usize,
}

impl Finish {
    /// Ends the content, or finds that an earlier call did.
    pub(crate) fn run(&self) -> Result<Stored, Error> {
        if self.growth.len == 0 {
            return Ok(Stored::new(Home::Inline(Bytes::new()), &Digests::new().finish(), Bytes::new()));
        }
        match grown(&self.volume, &self.growth)? {
            Place::Growing(file, _) if self.is_small() => self.hand_back(&file),
            Place::Growing(file, got) => self.publish(&file, got),
            Place::Kept(file) => self.confirm(&file),
        }
    }

    fn is_small(&self) -> bool {
        self.growth.len <= self.inline_limit as u64
    }

    fn hand_back(&self, file: &File) -> Result<Stored, Error> {
        let digested = digests(&self.growth, file)?.finish();
        let content = read_block(file, &(0..self.growth.len)).map_err(Error::doing("read a growing content"))?;
        let head = content.slice(..content.len().min(HEAD_LEN));
        Ok(Stored::new(Home::Inline(content), &digested, head))
    }

    /// Gives the file its key. All that can fail for the content's own sake is done before the rename.
    fn publish(&self, file: &File, got: u64) -> Result<Stored, Error> {
        if got > self.growth.len {
            self.cut()?;
        }
        let stored = self.stored(file)?;
        touch(file)?;
        attache_point::fail_point!("blobs.growth_dated");
        self.volume.check_health()?;
        let (op, key) = ("give a blob its name", &self.growth.key);
        let shard = self.volume.layout.shard(key).map_err(Error::doing(op))?;
        let growing = &self.volume.layout.growing;
        growing.rename(&key.flat_name(), &shard, key.name()).map_err(Error::doing(op))?;
        attache_point::fail_point!("blobs.growth_renamed");
        self.volume.sync_names(&[&shard, growing])?;
        attache_point::fail_point!("blobs.growth_kept");
        Ok(stored)
    }

    /// Takes away, durably, what lies on the volume beyond the record.
    fn cut(&self) -> Result<(), Error> {
        let op = "cut a growing content";
        let file = self.volume.layout.growing.open_to_write(&self.growth.key.flat_name());
        let (file, _) = file.map_err(Error::doing(op))?.ok_or(Error::Missing)?;
        file.set_len(self.growth.len).map_err(Error::doing(op))?;
        self.volume.sync_bytes(&file)
    }

    /// The answer for a content that has its key: an earlier call may have ended before it was durable.
    fn confirm(&self, file: &File) -> Result<Stored, Error> {
        let stored = self.stored(file)?;
        touch(file)?;
        let shard = self.volume.layout.shard(&self.growth.key).map_err(Error::doing("confirm the name of a blob"))?;
        self.volume.sync_names(&[&shard, &self.volume.layout.growing])?;
        Ok(stored)
    }

    fn stored(&self, file: &File) -> Result<Stored, Error> {
        let digested = digests(&self.growth, file)?.finish();
        let head = 0..self.growth.len.min(HEAD_LEN as u64);
        let head = read_block(file, &head).map_err(Error::doing("read a growing content"))?;
        Ok(Stored::new(Home::Kept(self.growth.key.clone()), &digested, head))
    }
}

/// Where a growing content of at least one byte is now.
pub(crate) enum Place {
    /// Among the growing ones, with its length on the volume: at least that on record.
    Growing(File, u64),
    /// Under its key, with the length on record.
    Kept(File),
}

/// Finds a growing content and opens it for reading, which a volume allows that takes no more writes. It is looked for among the growing ones first, because it moves from there.
pub(crate) fn grown(volume: &Volume, growth: &Growth) -> Result<Place, Error> {
    let found = volume.layout.growing.open(&growth.key.flat_name());
    if let Some((file, got)) = found.map_err(Error::doing("open a growing content"))? {
        growth.fits(got)?;
        return Ok(Place::Growing(file, got));
    }
    match volume.open(&growth.key)? {
        (file, got) if got == growth.len => Ok(Place::Kept(file)),
        (_, got) => Err(Error::Damaged { expected: growth.len, got }),
    }
}

/// Lets the age of a blob begin now: by its last piece it may be old enough to be taken for an orphan.
fn touch(file: &File) -> Result<(), Error> {
    let now = Timestamps { last_access: at(UTIME_OMIT), last_modification: at(UTIME_NOW) };
    futimens(file, &now).map_err(Error::doing("date a blob"))
}

fn at(special: i64) -> Timespec {
    Timespec { tv_sec: 0, tv_nsec: special }
}
