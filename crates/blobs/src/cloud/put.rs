//! A whole content into a bucket: by one request when it fits a part, else in parts. Until all of it has come and its
//! digests are as announced, nothing is visible.

use std::future::Future;

use bytes::Bytes;
use object_store::ObjectStoreExt as _;
use tokio::sync::oneshot;

use super::{Cloud, Held, Sizes, Tally, multipart::Multipart, refusal};
use crate::{Digested, Digests, Error, Expect, HEAD_LEN, Home, Key, Stored, intake::Intake};

/// A content that is being put.
struct Put<'a> {
    cloud: &'a Cloud,
    key: Key,
    /// Whether nobody else knows the key, so that what is stored for nothing can be removed.
    fresh: bool,
    sizes: Sizes,
    expect: &'a Expect,
}

impl Cloud {
    /// Keeps a content whose first bytes are `first` and whose rest comes from `intake`: under `key`, or else under a
    /// fresh one.
    pub(crate) async fn keep(
        &self,
        first: Vec<u8>,
        mut intake: Intake,
        expect: &Expect,
        key: Option<&Key>,
    ) -> Result<Stored, Error> {
        let fresh = key.is_none();
        let key = key.map_or_else(Key::spread, |key| Ok(key.clone()))?;
        let sizes = Sizes::new(self.part_len, intake.announced());
        let put = Put { cloud: self, key, fresh, sizes, expect };
        let mut part = first;
        let held = self.budget.hold(put.room(0, &intake).saturating_add(part.len() as u64)).await?;
        intake.fill_part(&mut part, put.sizes.of_part(0)).await?;
        let head = Bytes::copy_from_slice(&part[..part.len().min(HEAD_LEN)]);
        let part = Bytes::from(part);
        let digested =
            if intake.more().await? { put.in_parts(part, intake, held).await? } else { put.whole(part, held).await? };
        Ok(Stored::new(Home::Kept(put.key), &digested, head))
    }
}

impl Put<'_> {
    /// How many bytes a part can have, as far as is known.
    fn room(&self, number: usize, intake: &Intake) -> u64 {
        self.sizes.of_part(number).min(intake.left())
    }

    /// A content that is all here.
    async fn whole(&self, content: Bytes, held: Held) -> Result<Digested, Error> {
        let digested = Tally::new(Digests::new(), None).take(content.clone()).await?.digests.finish();
        self.expect.check(&digested)?;
        let (cloud, path) = (self.cloud.clone(), self.cloud.places.blob(&self.key));
        let fresh_key = self.fresh.then(|| self.key.clone());
        attache_point::fail_point!("blobs.object_begun");
        self.to_the_end(async move {
            let put = cloud.store.objects.put(&path, content.into()).await;
            attache_point::fail_point!("blobs.object_put");
            drop(held);
            let Err(error) = put else { return Ok(()) };
            if let Some(key) = fresh_key.filter(|_| refusal::is_doubtful(&error)) {
                tokio::spawn(forget(cloud, key));
            }
            Err(refusal::during("write a blob")(error))
        })
        .await?;
        Ok(digested)
    }

    /// A content of more than one part, of which `first` is the first.
    async fn in_parts(&self, first: Bytes, mut intake: Intake, held: Held) -> Result<Digested, Error> {
        let mut multipart = Multipart::begin(self.cloud, &self.key, Tally::new(Digests::new(), None)).await?;
        let digested = match self.send(&mut multipart, first, &mut intake, held).await {
            Ok(digested) => digested,
            Err(error) => {
                multipart.call_off().await;
                return Err(error);
            }
        };
        self.to_the_end(async move { multipart.complete(&digested).await.map(|()| digested) }).await
    }

    async fn send(
        &self,
        multipart: &mut Multipart,
        first: Bytes,
        intake: &mut Intake,
        held: Held,
    ) -> Result<Digested, Error> {
        multipart.send(first, held).await?;
        while intake.more().await? {
            let number = multipart.next();
            let held = self.cloud.budget.hold(self.room(number, intake)).await?;
            let mut part = Vec::new();
            intake.fill_part(&mut part, self.sizes.of_part(number)).await?;
            multipart.send(part.into(), held).await?;
        }
        let digested = multipart.land().await?.digests.finish();
        self.expect.check(&digested)?;
        Ok(digested)
    }

    /// Does the last step, which makes the content visible, also when nobody waits any more; then takes it back.
    async fn to_the_end<T, F>(&self, step: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let (cloud, key, fresh) = (self.cloud.clone(), self.key.clone(), self.fresh);
        tokio::spawn(async move {
            if let Err(Ok(_)) = reply.send(step.await)
                && fresh
            {
                forget(cloud, key).await;
            }
        });
        let lost =
            || Error::Io { op: "write a blob", source: std::io::Error::other("the task that wrote it has gone") };
        answer.await.unwrap_or_else(|_| Err(lost()))
    }
}

/// Removes what nobody knows of.
async fn forget(cloud: Cloud, key: Key) {
    if let Err(error) = cloud.delete(&cloud.places.blob(&key), "remove a blob").await {
        tracing::warn!(%error, %key, "a blob that nobody has waited for stays behind");
    }
}
