//! Large contents go to a bucket in parts. One part is on its way while the next one gathers.

use std::time::{Duration, Instant};

use bytes::Bytes;
use object_store::{PutPayload, multipart::PartId};

use super::{
    Cloud, Held, Tally,
    line::{Line, Part},
    refusal,
    wire::pause_before,
};
use crate::{Digested, Error, Key};

/// The length of a part in bytes (8 MiB). A content of up to one part is written by a single request.
pub(crate) const PART_LEN: u64 = 8 * 1024 * 1024;
/// A part is at most this many times as long.
const LONGEST: u64 = 16;
/// The most parts that S3 takes.
const PARTS: u64 = 10_000;
/// After so many parts of one length the next ones are twice as long, when the length of the content is not known.
const PARTS_OF_ONE_LEN: u64 = 1_000;
/// A content that was longer than this on its way is noted as landed: a store may date it by its beginning.
const LONG: Duration = Duration::from_secs(10 * 60);

/// How a content is cut into parts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    least: u64,
    /// Of a content of known length all parts but the last have the same one.
    equal: Option<u64>,
}

impl Sizes {
    /// The cut of a content of `len` bytes, when that is known, with parts of `least` bytes or more.
    pub(crate) fn new(least: u64, len: Option<u64>) -> Self {
        let equal = |len: u64| len.div_ceil(PARTS).next_multiple_of(least).clamp(least, least * LONGEST);
        Self { least, equal: len.map(equal) }
    }

    /// The length of the part of this number, counted from 0.
    pub(crate) fn of_part(&self, number: usize) -> u64 {
        let doubled = (number as u64 / PARTS_OF_ONE_LEN).min(u64::from(LONGEST.ilog2()));
        self.equal.unwrap_or(self.least << doubled)
    }

    /// Where the part of this number begins.
    pub(crate) fn start_of(&self, number: usize) -> u64 {
        (0..number).map(|number| self.of_part(number)).sum()
    }
}

/// A put in parts. It must be completed or called off; dropped, it calls itself off.
pub(crate) struct Multipart {
    cloud: Cloud,
    key: Key,
    id: String,
    /// Nothing once the put is over.
    line: Option<Line>,
    begun: Instant,
    marked: Instant,
}

impl Multipart {
    /// Opens the upload, and says so in the bucket before there is a part that could be left behind.
    pub(crate) async fn begin(cloud: &Cloud, key: &Key, tally: Tally) -> Result<Self, Error> {
        let id = cloud.begin_upload(key).await?;
        let now = Instant::now();
        let line = Some(Line::new(Vec::new(), tally));
        let begun = Self { cloud: cloud.clone(), key: key.clone(), id, line, begun: now, marked: now };
        match begun.mark().await {
            Ok(()) => Ok(begun),
            Err(error) => {
                begun.call_off().await;
                Err(error)
            }
        }
    }

    /// The number of the next part.
    pub(crate) fn next(&self) -> usize {
        self.line.as_ref().map_or(0, Line::next)
    }

    /// Sends the next part, once the one before it has landed.
    pub(crate) async fn send(&mut self, part: Bytes, held: Held) -> Result<(), Error> {
        if self.marked.elapsed() > LONG {
            self.mark().await?;
            self.marked = Instant::now();
        }
        let (number, payload) = (self.next(), part.clone().into());
        let sent = Part { key: &self.key, id: &self.id, number, payload };
        self.line.as_mut().ok_or_else(over)?.send(&self.cloud, sent, part, held).await
    }

    /// Waits for the part that is on its way, and takes the digests of all of them.
    pub(crate) async fn land(&mut self) -> Result<Tally, Error> {
        self.line.as_mut().ok_or_else(over)?.land().await
    }

    /// Makes one content of the parts, all of which have landed.
    pub(crate) async fn complete(mut self, digested: &Digested) -> Result<(), Error> {
        let parts = self.line.take().ok_or_else(over)?.into_parts();
        let done =
            self.cloud.complete_upload(&self.key, &self.id, parts, digested.len, self.begun.elapsed() > LONG).await;
        if let Err(error) = done {
            self.call_off().await;
            return Err(error);
        }
        if let Err(error) = self.cloud.delete(&self.cloud.places.staging(&self.key), "remove the marker of a put").await
        {
            tracing::warn!(%error, key = %self.key, "the marker of a finished put stays behind");
        }
        Ok(())
    }

    /// Takes everything back, as far as the store lets it.
    pub(crate) async fn call_off(mut self) {
        let line = self.line.take();
        take_back(self.cloud.clone(), self.key.clone(), self.id.clone(), line).await;
    }

    async fn mark(&self) -> Result<(), Error> {
        let path = self.cloud.places.staging(&self.key);
        self.cloud.write(&path, self.id.clone().into(), "write the marker of a put").await
    }
}

impl Drop for Multipart {
    fn drop(&mut self) {
        if let Some(line) = self.line.take()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(take_back(self.cloud.clone(), self.key.clone(), self.id.clone(), Some(line)));
        }
    }
}

fn over() -> Error {
    Error::Io { op: "write a part of a blob", source: std::io::Error::other("the put is over") }
}

/// The marker goes last: as long as it is there, a sweep can do what failed here.
async fn take_back(cloud: Cloud, key: Key, id: String, line: Option<Line>) {
    if let Some(mut line) = line {
        line.settle().await;
    }
    let mut undone = cloud.abort_upload(&key, &id).await;
    if undone.is_ok() {
        undone = cloud.delete(&cloud.places.staging(&key), "remove the marker of a put").await;
    }
    if let Err(error) = undone {
        tracing::warn!(%error, %key, "the parts of a failed put stay behind until they are swept");
    }
}

impl Cloud {
    /// Opens a multipart upload, and gives its id.
    pub(crate) async fn begin_upload(&self, key: &Key) -> Result<String, Error> {
        let id = self.store.parts.create_multipart(&self.places.blob(key)).await;
        id.map_err(refusal::during("begin a blob in parts"))
    }

    /// Sends a part.
    pub(crate) fn put_part(&self, part: Part<'_>) -> impl Future<Output = Result<PartId, Error>> + Send + use<> {
        let (cloud, path, id) = (self.clone(), self.places.blob(part.key), part.id.to_owned());
        let (number, payload) = (part.number, part.payload);
        async move {
            if number as u64 >= PARTS {
                return Err(Error::TooLarge { limit: Sizes::new(cloud.part_len, None).start_of(number) });
            }
            let sent = cloud.store.parts.put_part(&path, &id, number, payload).await;
            sent.map_err(refusal::during("write a part of a blob"))
        }
    }

    /// Removes the parts of an upload; that there is none is no error.
    pub(crate) async fn abort_upload(&self, key: &Key, id: &str) -> Result<(), Error> {
        let aborted = self.store.parts.abort_multipart(&self.places.blob(key), &id.to_owned()).await;
        match aborted.map_err(refusal::during("remove the parts of a blob")) {
            Ok(()) | Err(Error::Missing) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Makes one content of all parts, and looks at its length. An answer that did not come is no failure: the content
    /// is then looked for.
    pub(crate) async fn complete_upload(
        &self,
        key: &Key,
        id: &str,
        parts: Vec<PartId>,
        len: u64,
        was_long: bool,
    ) -> Result<(), Error> {
        let path = self.places.blob(key);
        if was_long {
            self.write(&self.places.landed(key), PutPayload::new(), "note that a blob has landed").await?;
        }
        for again in 1.. {
            let done = self.store.parts.complete_multipart(&path, &id.to_owned(), parts.clone()).await;
            let Some(error) = done.err() else { break };
            // An upload that is not there any more may have been completed by a try whose answer was lost.
            if self.len(key).await? == Some(len) {
                break;
            }
            if again >= self.tries() || !refusal::is_doubtful(&error) {
                return Err(refusal::during("make a blob of its parts")(error));
            }
            tokio::time::sleep(pause_before(again)).await;
        }
        match self.len(key).await? {
            Some(got) if got == len => Ok(()),
            Some(got) => {
                self.delete(&path, "remove a damaged blob").await?;
                Err(Error::Damaged { expected: len, got })
            }
            None => Err(Error::Missing),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1024 * 1024;
    const GIB: u64 = 1024 * MIB;

    #[test]
    fn parts_of_a_known_length_are_equal_and_enough() {
        for len in [0, 1, 8 * MIB, GIB, 78 * GIB, 79 * GIB, 500 * GIB, 1250 * GIB] {
            let sizes = Sizes::new(PART_LEN, Some(len));
            assert_eq!(sizes.of_part(0), sizes.of_part(9_999));
            assert!(sizes.of_part(0) * PARTS >= len, "{len}");
            assert!(sizes.of_part(0) <= 128 * MIB, "{len}");
        }
        assert_eq!(Sizes::new(PART_LEN, Some(GIB)).of_part(0), PART_LEN);
    }

    #[test]
    fn parts_of_an_unknown_length_double_every_thousand() {
        let sizes = Sizes::new(PART_LEN, None);
        let lens = [0, 999, 1000, 1999, 2000, 3000, 4000, 9999].map(|number| sizes.of_part(number) / MIB);
        assert_eq!(lens, [8, 8, 16, 16, 32, 64, 128, 128]);
        assert_eq!(sizes.start_of(1001), 1000 * PART_LEN + 2 * PART_LEN);
        assert!(sizes.start_of(10_000) > 800 * GIB);
    }
}
