//! A large file in pieces. After an interruption, of the connection or of the program, it goes on where the server says
//! that it was.

use super::super::failure::{Failure, Result};
use super::super::name::is_missing;
use super::memory::Memory;
use super::source::unreadable;
use super::walk::Item;
use super::{Done, Outcome, PIECE, Putter, hex_of};
use attache_client::{Gauge, Piece, Progress, UploadAt, digest};
use sha2::{Digest, Sha256};
use std::fs::{File, Metadata};
use std::sync::Arc;

/// How an upload begins.
enum Begun {
    Upload(UploadAt),
    /// There is nothing to send.
    There(Box<Done>),
}

/// A file on its way.
struct Way<'p> {
    putter: &'p Putter,
    item: &'p Item,
    file: &'p Arc<File>,
    told: &'p Metadata,
    gauge: Gauge,
    /// Of what the server has.
    sha256: Sha256,
    hashed: u64,
}

impl Putter {
    /// Puts a file in that is too large for one request.
    pub(super) async fn large(&self, item: &Item, file: &Arc<File>, told: &Metadata) -> Result<Done> {
        let mut memory = Memory::open(&self.client.address().to_string(), item, told)?;
        let gauge = self.bar.gauge();
        let mut way = Way { putter: self, item, file, told, gauge, sha256: Sha256::new(), hashed: 0 };
        let (at, mut progress) = match way.before(&memory).await? {
            Some(found) => found,
            None => match way.begin().await {
                Ok(Begun::Upload(at)) => (memory.keep(at)?, Progress { offset: 0, file: None }),
                Ok(Begun::There(done)) => {
                    memory.forget();
                    return Ok(*done);
                }
                Err(failure) => {
                    memory.forget();
                    return Err(failure);
                }
            },
        };
        way.take_in(progress.offset)?;
        let mut idle = 0;
        while progress.file.is_none() {
            let next = way.send(&at, progress.offset).await?;
            idle = if next.offset > progress.offset || next.file.is_some() { 0 } else { idle + 1 };
            way.putter.wait(idle).await?;
            way.take_in(next.offset)?;
            progress = next;
        }
        let done = way.landed(progress.file.unwrap_or_default()).await;
        memory.forget();
        done
    }
}

impl Way<'_> {
    /// The upload that an earlier run began, if the server still knows it.
    async fn before(&self, memory: &Memory) -> Result<Option<(UploadAt, Progress)>> {
        let Some(at) = memory.upload() else { return Ok(None) };
        match self.putter.client.upload_at(&at).await {
            Ok(progress) if progress.offset <= self.told.len() => Ok(Some((at, progress))),
            Ok(_) => Ok(None),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Opens an upload, if there is anything to send.
    async fn begin(&self) -> Result<Begun> {
        let (new, len) = (&self.item.new, self.told.len());
        match self.putter.there(new, len, &self.gauge, || self.whole()).await? {
            Some(done) => Ok(Begun::There(Box::new(done))),
            None => Ok(Begun::Upload(self.putter.client.open_upload(new, Some(len)).await?)),
        }
    }

    /// Sends the next piece; what comes of it is what the server says.
    async fn send(&self, at: &UploadAt, offset: u64) -> Result<Progress> {
        let (client, len) = (&self.putter.client, self.told.len());
        let end = len.min(offset + PIECE);
        if end == len && !self.is_same() {
            // It is worth nothing any more, and goes by itself where this may not end it.
            drop(client.end_upload(at).await);
            return Err(self.changed());
        }
        let piece = Piece::new(self.file.clone(), offset, end, self.gauge.clone());
        Ok(client.append(at, offset, None, &self.gauge, piece.into()).await?)
    }

    /// Takes what the server has by now into the digest.
    fn take_in(&mut self, offset: u64) -> Result<()> {
        self.gauge.set(offset);
        if offset > self.hashed {
            let taken = digest(self.file, self.hashed, offset, &mut self.sha256);
            taken.map_err(unreadable(&self.item.path))?;
            self.hashed = offset;
        }
        Ok(())
    }

    /// The digest of the whole file.
    fn whole(&self) -> Result<String> {
        let mut sha256 = Sha256::new();
        digest(self.file, 0, self.told.len(), &mut sha256).map_err(unreadable(&self.item.path))?;
        Ok(hex_of(sha256))
    }

    /// Compares what arrived with what was sent.
    async fn landed(self, id: String) -> Result<Done> {
        let file = match self.putter.client.file(&id).await {
            Ok(file) => file,
            Err(error) if error.is("scope_missing") => return Ok(Done { outcome: Outcome::Created, file: None }),
            Err(error) => return Err(error.into()),
        };
        let changed = self.changed();
        if file.version.sha256 != hex_of(self.sha256) {
            let words = format!("{}; {} on the server is not what is here", changed.words, file.path);
            return Err(Failure::trouble(words));
        }
        let outcome = if file.version.no == 1 { Outcome::Created } else { Outcome::Versioned };
        Ok(Done { outcome, file: Some(file) })
    }

    /// Whether the file is still what it was when it was opened.
    fn is_same(&self) -> bool {
        self.file
            .metadata()
            .is_ok_and(|now| now.len() == self.told.len() && now.modified().ok() == self.told.modified().ok())
    }

    fn changed(&self) -> Failure {
        Failure::trouble(format!("{} changed while it was sent; run the command again", self.item.path.display()))
    }
}
