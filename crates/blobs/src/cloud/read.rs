//! Reads from a bucket. A body that breaks off is resumed where it broke, as long as it gets on.

use std::{io, ops::Range};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream, stream::BoxStream};
use object_store::{Extensions, GetOptions, GetRange, GetResult, path::Path};

use super::{
    Cloud, refusal,
    wire::{Tries, pause_before},
};
use crate::{BLOCK_LEN, Body, Digested, Digests, Error, Key};

impl Cloud {
    pub(crate) async fn read(&self, key: &Key, range: Range<u64>, len: u64) -> Result<Body, Error> {
        self.read_object(self.places.blob(key), range, len).await
    }

    /// Streams `range` of an object that has `len` bytes on record.
    pub(crate) async fn read_object(&self, path: Path, range: Range<u64>, len: u64) -> Result<Body, Error> {
        if range.is_empty() {
            let found = self.store.objects.get_opts(&path, GetOptions::new().with_head(true)).await;
            fits(found.map_err(refusal::during("look for a blob"))?.meta.size, len)?;
            return Ok(Body::empty());
        }
        let wanted = range.end - range.start;
        let whole = wanted == len;
        let mut reader =
            Reader { cloud: self.clone(), path, range, whole, e_tag: None, tries: Tries::new(self.tries()) };
        let answer = match reader.ask().await {
            Ok(answer) => answer,
            // A range that does not lie inside is refused before the length is told.
            Err(error) => return Err(reader.explain(error, len).await),
        };
        fits(answer.meta.size, len)?;
        reader.e_tag.clone_from(&answer.meta.e_tag);
        let chunks = answer.into_stream();
        Ok(Body::new(stream::try_unfold((reader, Some(chunks), 0), next), Some(wanted)))
    }

    /// Reads a blob again and says what it holds.
    pub(crate) async fn digest(&self, key: &Key) -> Result<Digested, Error> {
        let len = self.len(key).await?.ok_or(Error::Missing)?;
        let digests = self.digest_body(self.read(key, 0..len, len).await?).await?;
        Ok(digests.finish())
    }

    pub(crate) async fn digest_body(&self, mut body: Body) -> Result<Digests, Error> {
        let mut digests = Digests::new();
        while let Some(chunk) = body.next().await {
            digests.update(&chunk.map_err(Error::doing("read a blob"))?);
        }
        Ok(digests)
    }
}

fn fits(got: u64, expected: u64) -> Result<(), Error> {
    if got == expected { Ok(()) } else { Err(Error::Damaged { expected, got }) }
}

/// What is still to be read of an object.
struct Reader {
    cloud: Cloud,
    path: Path,
    range: Range<u64>,
    /// Whether all of the object was asked for.
    whole: bool,
    /// What the object was when the read began.
    e_tag: Option<String>,
    tries: Tries,
}

type Chunks = BoxStream<'static, object_store::Result<Bytes>>;

impl Reader {
    /// Asks for the rest of the range.
    async fn ask(&self) -> Result<GetResult, object_store::Error> {
        let mut extensions = Extensions::new();
        extensions.insert(self.tries.clone());
        // A request for all of it needs no range.
        let all = self.whole && self.range.start == 0;
        let range = (!all).then(|| GetRange::Bounded(self.range.clone()));
        let options = GetOptions { range, if_match: self.e_tag.clone(), extensions, ..GetOptions::default() };
        self.cloud.store.objects.get_opts(&self.path, options).await
    }

    /// Why the first request failed.
    async fn explain(&self, error: object_store::Error, len: u64) -> Error {
        let error = refusal::during("read a blob")(error);
        if matches!(error, Error::Missing) {
            return error;
        }
        match self.cloud.store.objects.get_opts(&self.path, GetOptions::new().with_head(true)).await {
            Ok(found) if found.meta.size != len => Error::Damaged { expected: len, got: found.meta.size },
            _ => error,
        }
    }

    /// Goes on where the body broke off; the error when there is no try left.
    async fn resume(&mut self, why: io::Error) -> io::Result<Chunks> {
        let tries = self.cloud.tries();
        if self.tries.left() == 0 {
            return Err(why);
        }
        tokio::time::sleep(pause_before(tries.saturating_sub(self.tries.left()))).await;
        tracing::debug!(error = %why, at = self.range.start, "a read is resumed");
        let answer = self.ask().await.map_err(io::Error::other)?;
        Ok(answer.into_stream())
    }
}

/// The next chunk, and where the read stands then. `got` counts the bytes since the last request.
async fn next(
    (mut reader, mut chunks, mut got): (Reader, Option<Chunks>, usize),
) -> io::Result<Option<(Bytes, (Reader, Option<Chunks>, usize))>> {
    while !reader.range.is_empty() {
        let mut stream = match chunks.take() {
            Some(stream) => stream,
            None => return Ok(None),
        };
        let why = match stream.next().await {
            Some(Ok(mut chunk)) => {
                let left = usize::try_from(reader.range.end - reader.range.start).unwrap_or(usize::MAX);
                chunk.truncate(left);
                reader.range.start += chunk.len() as u64;
                got += chunk.len();
                return Ok(Some((chunk, (reader, Some(stream), got))));
            }
            Some(Err(error)) => io::Error::other(error),
            None => io::ErrorKind::UnexpectedEof.into(),
        };
        // A connection that carried something was no failure of the store's.
        if got >= BLOCK_LEN {
            reader.tries.renew(reader.cloud.tries());
        }
        got = 0;
        chunks = Some(reader.resume(why).await?);
    }
    Ok(None)
}
