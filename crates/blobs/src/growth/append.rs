//! One piece on the disk: the file is cut to what the row says, the piece is written behind it, and all of it is synced
//! before the answer. Whatever fails leaves the file as the row knows it, or longer; the next append cuts it again.

use std::{
    fs::File,
    io::{self, Seek as _, SeekFrom},
};

use super::{Growth, Piece};
use crate::{
    Digests, Error,
    digest::Digest,
    paced::{PIECE_WRITEBACK_LEN, Paced},
    pipeline::Blocks,
    read::digest_file,
    volume::Shared,
};

/// The content after a piece, and the digest of the piece.
pub(crate) type Appended = (Growth, Option<Vec<u8>>);

/// The disk's side of an append.
pub(crate) struct Append {
    pub(crate) volume: Shared,
    pub(crate) growth: Growth,
    pub(crate) piece: Piece,
}

impl Append {
    /// Writes a piece and makes it durable. `None` when the upload was cut.
    pub(crate) fn run(&self, blocks: Blocks) -> Result<Option<Appended>, Error> {
        let file = self.open()?;
        attache_point::fail_point!("blobs.piece_begun");
        let appended = self.write(&file, blocks);
        if !matches!(appended, Ok(Some(_)))
            && let Err(error) = self.undo(&file)
        {
            tracing::warn!(%error, key = %self.growth.key, "a part of a failed piece stays behind");
        }
        appended
    }

    /// The file, cut to the length on record and open behind its last byte.
    fn open(&self) -> Result<File, Error> {
        let (folder, name) = (&self.volume.layout.growing, self.growth.key.flat_name());
        let op = "open a growing content";
        let Some((mut file, got)) = folder.open_to_write(&name).map_err(Error::doing(op))? else {
            if self.growth.len > 0 {
                return Err(Error::Missing);
            }
            return folder.create(&name).map_err(Error::doing("create a growing content"));
        };
        self.growth.fits(got)?;
        if got > self.growth.len {
            file.set_len(self.growth.len).map_err(Error::doing("cut a growing content"))?;
        }
        file.seek(SeekFrom::Start(self.growth.len)).map_err(Error::doing(op))?;
        Ok(file)
    }

    fn write(&self, file: &File, blocks: Blocks) -> Result<Option<Appended>, Error> {
        let mut digests = digests(&self.growth, file)?;
        let mut own = self.piece.digest.map(Digest::new);
        let mut paced = Paced::new(file, &self.volume, self.growth.len, PIECE_WRITEBACK_LEN);
        let complete = blocks.each(|block| {
            paced.write(block)?;
            digests.update(block);
            if let Some(own) = &mut own {
                own.update(block);
            }
            Ok(())
        })?;
        if !complete {
            return Ok(None);
        }
        let own = own.map(Digest::finish);
        self.piece.check(own.as_deref())?;
        self.volume.check_health()?;
        attache_point::fail_point!("blobs.piece_written");
        self.volume.sync_bytes(file)?;
        if self.growth.len == 0 {
            self.volume.sync_names(&[&self.volume.layout.growing])?;
        }
        attache_point::fail_point!("blobs.piece_kept");
        Ok(Some((Growth::after(self.growth.key.clone(), &digests), own)))
    }

    /// Gives the room of a failed piece back.
    fn undo(&self, file: &File) -> io::Result<()> {
        if self.growth.len == 0 {
            self.volume.layout.growing.remove(&self.growth.key.flat_name())?;
            return Ok(());
        }
        file.set_len(self.growth.len)
    }
}

/// The digests of the content on record, from its state or else from its bytes.
pub(crate) fn digests(growth: &Growth, file: &File) -> Result<Digests, Error> {
    match growth.digests() {
        Some(digests) => Ok(digests),
        None => digest_file(file, growth.len, || false),
    }
}
