//! The end of a growing content in a bucket: it is handed back when small, else its last part makes it one object.

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use object_store::PutPayload;

use super::{Growth, state::State};
use crate::{
    Cloud, Digested, Digests, Error, HEAD_LEN, Home, Key, Stored,
    cloud::{Part, Tally},
};

/// A content that is being ended.
pub(super) struct Finish<'a> {
    pub(super) cloud: &'a Cloud,
    pub(super) growth: &'a Growth,
}

impl Finish<'_> {
    /// Ends the content, or finds that an earlier call did.
    pub(super) async fn run(&self) -> Result<Stored, Error> {
        if self.growth.len == 0 {
            return Ok(Stored::new(Home::Inline(Bytes::new()), &Digests::new().finish(), Bytes::new()));
        }
        let state = State::read(&self.growth.digests);
        match self.cloud.len(self.key()).await? {
            Some(got) if got == self.growth.len => return self.confirm(state).await,
            // What a reader has made of the parts so far.
            Some(got) if state.as_ref().is_some_and(|state| self.is_of_parts(state, got)) => {}
            Some(got) => return Err(Error::Damaged { expected: self.growth.len, got }),
            None => {}
        }
        let state = self.cloud.state_of(self.growth)?;
        if self.growth.len <= self.cloud.inline_limit() as u64 {
            return self.hand_back(&state).await;
        }
        self.publish(&state).await?;
        attache_point::fail_point!("blobs.growth_published");
        self.kept(state.digests.finish()).await
    }

    fn key(&self) -> &Key {
        &self.growth.key
    }

    fn is_of_parts(&self, state: &State, got: u64) -> bool {
        let number = state.parts.len();
        state.len() == self.growth.len && (1..=number).any(|number| state.sizes().start_of(number) == got)
    }

    async fn hand_back(&self, state: &State) -> Result<Stored, Error> {
        let pieces = self.cloud.segments_in_memory(self.key(), state).await?;
        let content = Bytes::from(pieces.concat());
        let head = content.slice(..content.len().min(HEAD_LEN));
        Ok(Stored::new(Home::Inline(content), &state.digests.clone().finish(), head))
    }

    /// Gives the content its key. What it was made of is removed after.
    async fn publish(&self, state: &State) -> Result<(), Error> {
        let held = self.cloud.budget.hold(state.len_of_segments()).await?;
        let pieces = self.cloud.segments_in_memory(self.key(), state).await?;
        match &state.upload {
            Some(_) => self.complete(state, pieces).await?,
            None => self.write(state, pieces).await?,
        }
        drop(held);
        Ok(())
    }

    /// A content of less than a part, all of which is here and can be looked at once more.
    async fn write(&self, state: &State, pieces: Vec<Bytes>) -> Result<(), Error> {
        let mut tally = Tally::new(Digests::new(), None);
        for piece in &pieces {
            tally = tally.take(piece.clone()).await?;
        }
        let (expected, got) = (state.digests.clone().finish(), tally.digests.finish());
        crate::expect::agree(crate::Algorithm::Sha256, Some(&expected.sha256), &got.sha256)?;
        let path = self.cloud.places.blob(self.key());
        self.cloud.write(&path, pieces.into_iter().collect(), "write a blob").await
    }

    async fn complete(&self, state: &State, pieces: Vec<Bytes>) -> Result<(), Error> {
        let (cloud, key) = (self.cloud, self.key());
        let Some(upload) = &state.upload else { return Err(Error::Missing) };
        let (upload, mut parts) = match cloud.unseal(key, state, upload).await? {
            Some(renewed) => renewed,
            None => (upload.clone(), state.parts.clone()),
        };
        if !pieces.is_empty() {
            let payload: PutPayload = pieces.into_iter().collect();
            let number = parts.len();
            parts.push(cloud.put_part(Part { key, id: &upload.id, number, payload }).await?);
        }
        cloud.delete(&cloud.places.sealed(key), "finish a growing content").await?;
        cloud.complete_upload(key, &upload.id, parts, self.growth.len, true).await
    }

    /// The answer for a content that has its key already. Its age begins again.
    async fn confirm(&self, state: Option<State>) -> Result<Stored, Error> {
        let (cloud, key) = (self.cloud, self.key());
        cloud.delete(&cloud.places.sealed(key), "finish a growing content").await?;
        cloud.write(&cloud.places.landed(key), PutPayload::new(), "note that a blob has landed").await?;
        let digested = match state.filter(|state| state.len() == self.growth.len) {
            Some(state) => state.digests.finish(),
            None => cloud.digest(key).await?,
        };
        self.kept(digested).await
    }

    /// The answer, once what the content was made of has been removed, as far as the store lets us.
    async fn kept(&self, digested: Digested) -> Result<Stored, Error> {
        let (cloud, key) = (self.cloud, self.key());
        let head = cloud.read(key, 0..self.growth.len.min(HEAD_LEN as u64), self.growth.len).await?;
        let head = head.try_collect::<Vec<Bytes>>().await.map_err(Error::doing("read a blob"))?.concat();
        let cleared = async {
            let objects = cloud.objects_of(key).await?;
            cloud.remove_objects(key, objects).await
        };
        let cleared = cleared.await;
        attache_point::fail_point!("blobs.segments_removed");
        if let Err(error) = cleared {
            tracing::warn!(%error, %key, "what a finished content was made of stays until it is swept");
        }
        Ok(Stored::new(Home::Kept(key.clone()), &digested, head.into()))
    }
}
