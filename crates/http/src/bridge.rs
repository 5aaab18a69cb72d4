//! From a body to a decoder that blocks, and from there on to the volume: some wires carry a file inside of a text (JSON,
//! XML), and the libraries that read such texts piece by piece read from a [`Read`]. The decoder works on a thread of its
//! own, takes the body from a [`Source`], and gives the content that it finds to a [`Sink`], which is a [`Body`] to
//! whoever stages it at the same time. Of body and content alike only a few blocks are held.
//!
//! How many decoders there are at once has a limit of its own (`decoders`), not that of the uploads: a decoder waits for
//! the upload inside of it, so with one limit for both, decoders that hold every turn would wait for turns for ever.
//! A body of one block is read before its decoder gets a turn and a thread, so that slow senders of small requests hold
//! neither. The queues are our own and not `tokio_util::io::SyncIoBridge`, with which a thread would stay until the body
//! ends even when nobody waits for its answer any more.

pub mod json;

use crate::body::fault;
use attache_blobs::Body;
use attache_model::limits::Limits;
use attache_model::{Error, Result};
use bytes::{Buf, Bytes, BytesMut};
use futures_util::{StreamExt, stream};
use std::io::{self, Read};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

/// Bytes of a block: what is read ahead, and what a [`Sink`] sends at once.
pub const BLOCK_LEN: usize = 64 * 1024;
/// Blocks that may wait on either way.
const QUEUED_BLOCKS: usize = 2;

/// The turns of a server's decoders. Clones share them.
#[derive(Clone, Debug)]
pub struct Decoders {
    turns: Arc<Semaphore>,
    wait: Duration,
}

impl Decoders {
    /// As many as the limit `decoders` allows.
    pub fn new(limits: &Limits) -> Decoders {
        let turns = usize::try_from(limits.decoders).unwrap_or(usize::MAX).clamp(1, Semaphore::MAX_PERMITS);
        Decoders { turns: Arc::new(Semaphore::new(turns)), wait: Limits::seconds(limits.upload_wait) }
    }

    /// Runs `decoder` over `body` on a thread of its own. Where it opens a [`Sink`], `stage` runs at the same time with
    /// what comes out of that, and its result is returned beside the decoder's. A decoder should read its source to the
    /// end: what is wrong with a body as a whole (its digest) shows there.
    ///
    /// Whoever fails first ends the others, and nothing that is dropped on the way leaves a thread waiting: a decoder
    /// that is not needed any more finds its source cut and its sink refusing.
    ///
    /// # Errors
    /// What `stage` failed with, else what `decoder` did. An error of the body comes out of the source as an
    /// [`io::Error`] that holds it; [`fault`] takes it out again. [`Error::Busy`] when no turn came in time.
    pub async fn decode<T, F, R, S, Fut>(&self, mut body: Body, decoder: F, stage: S) -> Result<(T, Option<R>)>
    where
        T: Send + 'static,
        F: FnOnce(Source, &mut Opener) -> Result<T> + Send + 'static,
        S: FnOnce(Body) -> Fut,
        Fut: Future<Output = Result<R>>,
    {
        let first = ahead(&mut body).await?;
        let turn = self.turn().await?;
        let (blocks, source) = Source::new();
        let (mut opener, content) = Opener::new();
        let decoding = spawn_blocking(move || {
            let _turn = turn;
            decoder(source, &mut opener)
        });
        let unwanted = CancellationToken::new();
        let staging = async {
            let Ok(content) = content.await else { return Ok(None) };
            let staged = stage(content).await;
            if staged.is_err() {
                unwanted.cancel();
            }
            staged.map(Some)
        };
        let ((), staged, decoded) = tokio::join!(feed(first, body, blocks, &unwanted), staging, decoding);
        match (decoded.map_err(|error| Error::internal("decode a body", error))?, staged) {
            // A content that its decoder left unfinished looks cut, and the decoder says why.
            (Err(why), Err(Error::Cut)) => Err(why),
            (_, Err(why)) | (Err(why), Ok(_)) => Err(why),
            (Ok(decoded), Ok(staged)) => Ok((decoded, staged)),
        }
    }

    async fn turn(&self) -> Result<OwnedSemaphorePermit> {
        match tokio::time::timeout(self.wait, self.turns.clone().acquire_owned()).await {
            Ok(Ok(turn)) => Ok(turn),
            Ok(Err(_)) | Err(_) => Err(Error::Busy { after: self.wait }),
        }
    }
}

/// What passes through a queue.
enum Sent {
    Block(Bytes),
    /// The sender's side broke.
    Broken(io::Error),
    /// Everything came. Without it the rest is missing.
    End,
}

/// The first block of a body, or all of a shorter one.
async fn ahead(body: &mut Body) -> Result<Bytes> {
    let Some(first) = body.next().await.transpose().map_err(fault)? else { return Ok(Bytes::new()) };
    if first.len() >= BLOCK_LEN {
        return Ok(first);
    }
    let mut block = BytesMut::from(first);
    while block.len() < BLOCK_LEN
        && let Some(chunk) = body.next().await.transpose().map_err(fault)?
    {
        block.extend_from_slice(&chunk);
    }
    Ok(block.freeze())
}

/// Sends the body on until it ends, or nobody wants more of it.
async fn feed(first: Bytes, mut body: Body, blocks: mpsc::Sender<Sent>, unwanted: &CancellationToken) {
    let mut next = Sent::Block(first);
    loop {
        let last = !matches!(next, Sent::Block(_));
        tokio::select! {
            biased;
            () = unwanted.cancelled() => return,
            sent = blocks.send(next) => if last || sent.is_err() { return },
        }
        next = tokio::select! {
            biased;
            () = unwanted.cancelled() => return,
            () = blocks.closed() => return,
            chunk = body.next() => match chunk {
                Some(Ok(chunk)) => Sent::Block(chunk),
                Some(Err(error)) => Sent::Broken(error),
                None => Sent::End,
            },
        };
    }
}

/// A request's body as a decoder reads it. A body that is cut, or that nobody wants read any more, fails with an
/// [`io::Error`] that holds an [`Error`]; it never looks like one that has ended.
#[derive(Debug)]
pub struct Source {
    blocks: mpsc::Receiver<Sent>,
    block: Bytes,
    ended: bool,
}

impl Source {
    fn new() -> (mpsc::Sender<Sent>, Source) {
        let (sender, blocks) = mpsc::channel(QUEUED_BLOCKS);
        (sender, Source { blocks, block: Bytes::new(), ended: false })
    }

    /// A source of bytes that are here already, for tests of decoders.
    pub fn of(bytes: impl Into<Bytes>) -> Source {
        let (_, source) = Source::new();
        Source { block: bytes.into(), ended: true, ..source }
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.block.is_empty() && !self.ended {
            match self.blocks.blocking_recv() {
                Some(Sent::Block(block)) => self.block = block,
                Some(Sent::End) => self.ended = true,
                Some(Sent::Broken(error)) => return Err(error),
                None => return Err(io::Error::other(Error::Cut)),
            }
        }
        let len = buffer.len().min(self.block.len());
        self.block.copy_to_slice(&mut buffer[..len]);
        Ok(len)
    }
}

/// Opens the way for the one content that a decoder may find.
#[derive(Debug)]
pub struct Opener(Option<oneshot::Sender<Body>>);

impl Opener {
    /// An opener, and the content once it was opened. [`Decoders::decode`] makes one for its decoder; others are for
    /// tests of decoders.
    pub fn new() -> (Opener, oneshot::Receiver<Body>) {
        let (sender, content) = oneshot::channel();
        (Opener(Some(sender)), content)
    }

    /// Whether it was opened.
    pub fn is_open(&self) -> bool {
        self.0.is_none()
    }

    /// The way to whoever stages the content, which begins to work now.
    ///
    /// # Errors
    /// [`Error::Internal`] the second time: there is one content to a body.
    pub fn open(&mut self) -> Result<Sink> {
        let opened = self.0.take().ok_or_else(|| Error::bug("a decoder opened a second content"))?;
        let (blocks, taken) = mpsc::channel(QUEUED_BLOCKS);
        // When nobody is there to take it, the sink finds out.
        drop(opened.send(content(taken)));
        Ok(Sink { blocks })
    }
}

/// The content of a decoder as a body. It ends well only when the sink was finished.
fn content(blocks: mpsc::Receiver<Sent>) -> Body {
    let chunks = stream::unfold(Some(blocks), |blocks| async {
        let mut blocks = blocks?;
        match blocks.recv().await {
            Some(Sent::Block(block)) => Some((Ok(block), Some(blocks))),
            Some(Sent::Broken(error)) => Some((Err(error), None)),
            Some(Sent::End) => None,
            None => Some((Err(io::Error::other(Error::Cut)), None)),
        }
    });
    Body::new(chunks, None)
}

/// Where a decoder puts the content that it finds. One that is dropped before it was finished leaves a content that
/// counts as cut.
#[derive(Debug)]
pub struct Sink {
    blocks: mpsc::Sender<Sent>,
}

impl Sink {
    /// Sends bytes on, once there is room for them. They should be a block at most; see [`Sink::take`].
    ///
    /// # Errors
    /// When nobody takes the content any more; why is told to whoever called [`Decoders::decode`].
    pub fn send(&mut self, block: Bytes) -> io::Result<()> {
        self.put(Sent::Block(block))
    }

    /// Sends everything that `content` has, in blocks, and returns its length in bytes.
    ///
    /// # Errors
    /// What `content` fails with, and as [`Sink::send`].
    pub fn take(&mut self, mut content: impl Read) -> io::Result<u64> {
        let mut taken = 0;
        loop {
            let mut block = Vec::with_capacity(BLOCK_LEN);
            content.by_ref().take(BLOCK_LEN as u64).read_to_end(&mut block)?;
            if block.is_empty() {
                return Ok(taken);
            }
            taken += block.len() as u64;
            self.send(block.into())?;
        }
    }

    /// Everything was sent.
    ///
    /// # Errors
    /// As [`Sink::send`].
    pub fn finish(self) -> io::Result<()> {
        self.put(Sent::End)
    }

    fn put(&self, sent: Sent) -> io::Result<()> {
        self.blocks.blocking_send(sent).map_err(|_| io::Error::other(Error::Cut))
    }
}

#[cfg(test)]
mod tests;
