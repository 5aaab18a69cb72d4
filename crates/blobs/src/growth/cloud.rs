//! Growing contents in a bucket, where nothing can be appended to an object and no node has anything of its own.
//!
//! The row holds all that is needed to go on ([`State`]), so any node can. Bytes lie in *segments*, immutable objects of
//! less than a part, until there are enough of them for a part of a multipart upload. A piece that is not committed leaves
//! objects that no row names; those of a committed one are removed only by the piece after it. Ending or abandoning the
//! content removes everything that lies under its name.
//!
//! What a store cannot do: when two senders bring *different* bytes for the same place, and the one whose row was refused
//! is the last to write a part that the other's row counts, the store refuses to make a content of the parts. Nothing
//! wrong is ever served, but the upload has to be sent again.

mod append;
mod finish;
mod seal;
mod state;

use std::ops::Range;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use object_store::path::Path;

use super::{Grown, Growth, Piece};
use crate::{Body, Cloud, Error, Key, Stored, cloud::Places, intake::Intake};
use append::Append;
use finish::Finish;
use state::State;

pub(crate) use state::end_of;

/// Objects that are removed at once.
const AT_ONCE: usize = 16;

impl Cloud {
    pub(super) async fn append(&self, growth: &Growth, body: Body, piece: &Piece) -> Result<Grown, Error> {
        let claim = self.claims.claim(&growth.key)?;
        let mut intake = Intake::new(body, piece.bounds())?;
        if !intake.more().await? {
            let digest = piece.digest_of(b"")?;
            return Ok(Grown { growth: growth.clone(), digest, cut: intake.cut() });
        }
        let mut state = self.state_of(growth)?;
        let spent = std::mem::take(&mut state.spent);
        let append = Append::new(self, growth, state, piece, claim);
        let (growth, digest) = append.run(&mut intake).await?;
        self.forget_segments(&growth.key, spent);
        Ok(Grown { growth, digest, cut: intake.cut() })
    }

    pub(super) async fn finish(&self, growth: &Growth) -> Result<Stored, Error> {
        let _claim = self.claims.claim(&growth.key)?;
        Finish { cloud: self, growth }.run().await
    }

    /// The marker of an upload goes after its parts, so that a call that is cut is done again.
    pub(super) async fn abandon(&self, key: &Key) -> Result<bool, Error> {
        let _claim = self.claims.claim(key)?;
        let objects = self.objects_of(key).await?;
        if objects.is_empty() {
            return Ok(false);
        }
        self.remove_sealed(key, &objects).await?;
        self.remove_objects(key, objects).await?;
        Ok(true)
    }

    pub(super) async fn read_growth(&self, growth: &Growth, range: Range<u64>) -> Result<Body, Error> {
        let key = &growth.key;
        let Some(state) = State::read(&growth.digests) else {
            return self.read_finished(growth, range).await;
        };
        if state.len() != growth.len {
            let got = self.len(key).await?.unwrap_or(state.len());
            return Err(Error::Damaged { expected: growth.len, got });
        }
        match self.read_segments(key, &state, range.clone()).await {
            Err(Error::Missing) => self.read_finished(growth, range).await,
            read => read,
        }
    }

    /// A finished content of at least the length on record: it may have been finished since the record was read.
    async fn read_finished(&self, growth: &Growth, range: Range<u64>) -> Result<Body, Error> {
        match self.len(&growth.key).await? {
            Some(got) if got >= growth.len => self.read_object(self.places.blob(&growth.key), range, got).await,
            Some(got) => Err(Error::Damaged { expected: growth.len, got }),
            None => Err(Error::Missing),
        }
    }

    /// The state on record, of a content that is still growing.
    fn state_of(&self, growth: &Growth) -> Result<State, Error> {
        if growth.len == 0 {
            return Ok(State::new(self.part_len));
        }
        // The bucket alone does not tell which of its objects count.
        let state = State::read(&growth.digests).ok_or(Error::Missing)?;
        if state.len() != growth.len {
            return Err(Error::Damaged { expected: growth.len, got: state.len() });
        }
        Ok(state)
    }

    /// Everything that lies under the name of a growing content.
    async fn objects_of(&self, key: &Key) -> Result<Vec<Path>, Error> {
        self.objects(&self.places.growing(key)).map_ok(|object| object.location).try_collect().await
    }

    /// Removes objects of a growing content: first the parts of its uploads.
    async fn remove_objects(&self, key: &Key, objects: Vec<Path>) -> Result<(), Error> {
        let op = "remove a growing content";
        for marker in objects.iter().filter(|path| is_marker(path)) {
            if let Some(id) = self.read_text(marker, op).await? {
                self.abort_upload(key, &id).await?;
            }
        }
        let removed = stream::iter(objects).map(|path| async move { self.delete(&path, op).await });
        removed.buffer_unordered(AT_ONCE).try_collect().await
    }

    /// Removes segments that the row does not name any more, while the caller goes on. What stays is removed at the end.
    fn forget_segments(&self, key: &Key, spent: Vec<String>) {
        if spent.is_empty() {
            return;
        }
        let (cloud, key) = (self.clone(), key.clone());
        tokio::spawn(async move {
            for name in spent {
                if let Err(error) = cloud.delete(&cloud.places.segment(&key, &name), "remove a segment").await {
                    tracing::debug!(%error, %key, "a segment stays until the end of its content");
                }
            }
        });
    }
}

fn is_marker(path: &Path) -> bool {
    Places::part_of_growing(path).is_some_and(|(_, name)| state::is_marker(name))
}
