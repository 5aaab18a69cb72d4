//! The digests of a content on its way to a bucket, kept off the threads that serve connections.

use bytes::Bytes;
use tokio::task::spawn_blocking;

use crate::{BLOCK_LEN, Digests, Error, digest::Digest};

/// The digests of a content, and one of the piece that is being added to it.
pub(crate) struct Tally {
    pub(crate) digests: Digests,
    pub(crate) own: Option<Digest>,
}

impl Tally {
    pub(crate) fn new(digests: Digests, own: Option<Digest>) -> Self {
        Self { digests, own }
    }

    /// Takes the next bytes in. More than a block is a thread's work.
    pub(crate) async fn take(mut self, bytes: Bytes) -> Result<Self, Error> {
        if bytes.len() <= BLOCK_LEN {
            self.update(&bytes);
            return Ok(self);
        }
        let work = spawn_blocking(move || {
            self.update(&bytes);
            self
        });
        work.await.map_err(|error| Error::Io { op: "digest a blob", source: std::io::Error::other(error) })
    }

    fn update(&mut self, bytes: &[u8]) {
        self.digests.update(bytes);
        if let Some(own) = &mut self.own {
            own.update(bytes);
        }
    }
}
