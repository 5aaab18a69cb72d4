//! A body on its way: a stream of chunks with, sometimes, a declared length. It is never held whole.

use std::{
    fmt, io,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::{Stream, stream};

type Chunks = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

/// Bytes that flow from a client to a store, or back.
pub struct Body {
    chunks: Chunks,
    len: Option<u64>,
}

impl Body {
    /// A body of chunks of any size. `len` is the length in bytes that the sender declared, if it did; a store refuses
    /// a body that does not keep its word.
    pub fn new<S>(chunks: S, len: Option<u64>) -> Self
    where
        S: Stream<Item = io::Result<Bytes>> + Send + 'static,
    {
        Self { chunks: Box::pin(chunks), len }
    }

    /// A body of no bytes.
    #[must_use]
    pub fn empty() -> Self {
        Self::from(Bytes::new())
    }

    /// The declared length in bytes. It is a claim until the last chunk has come.
    #[must_use]
    pub fn declared_len(&self) -> Option<u64> {
        self.len
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        let len = bytes.len() as u64;
        Self::new(stream::iter([Ok(bytes)]), Some(len))
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self::from(Bytes::from(bytes))
    }
}

impl Stream for Body {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.chunks.as_mut().poll_next(context)
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").field("len", &self.len).finish_non_exhaustive()
    }
}
