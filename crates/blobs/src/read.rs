//! Reads from the disk: blocks at positions, one of them ahead of the reader.

use std::{fs::File, io, ops::Range, sync::Arc};

use bytes::Bytes;
use futures_util::stream;
use rustix::{buffer::spare_capacity, io::pread};
use tokio::{
    sync::oneshot,
    task::{JoinHandle, spawn_blocking},
};

use crate::{
    BLOCK_LEN, Body, Digested, Digests, Error, Key,
    volume::{Shared, blocking},
};

/// Opens a file of the volume and streams `range` of it. A range of one block takes one hop to a blocking thread.
pub(crate) async fn read<O>(volume: &Shared, open: O, range: Range<u64>) -> Result<Body, Error>
where
    O: FnOnce() -> Result<File, Error> + Send + 'static,
{
    let wanted = range.end - range.start;
    let begun = blocking(move || {
        let file = open()?;
        advise(&file, wanted);
        let first = read_block(&file, &range).map_err(Error::doing("read a blob"))?;
        Ok((file, (range.start + first.len() as u64..range.end, first)))
    });
    let (file, first) = volume.read(begun.await)?;
    let (rest, first) = first;
    if rest.is_empty() {
        return Ok(Body::from(first));
    }
    let reader = Reader::new(Arc::clone(volume), Arc::new(file), rest);
    let blocks = stream::unfold((Some(first), reader), |(first, mut reader)| async move {
        let block = match first {
            Some(first) => Ok(first),
            None => reader.next().await?,
        };
        Some((block, (None, reader)))
    });
    Ok(Body::new(blocks, Some(wanted)))
}

/// Reads a whole blob and digests it; stops within a block when nobody waits any more.
pub(crate) async fn digest(volume: Shared, key: Key) -> Result<Digested, Error> {
    let (reply, answer) = oneshot::channel::<()>();
    let opened = Arc::clone(&volume);
    let digested = blocking(move || {
        let (file, len) = opened.open(&key)?;
        Ok(digest_file(&file, len, || reply.is_closed())?.finish())
    })
    .await;
    drop(answer);
    volume.read(digested)
}

/// Digests the first `len` bytes of a file, or fewer of them once `stopped` says that nobody needs it any more.
pub(crate) fn digest_file(file: &File, len: u64, stopped: impl Fn() -> bool) -> Result<Digests, Error> {
    advise(file, len);
    let mut digests = Digests::new();
    let mut rest = 0..len;
    while !rest.is_empty() && !stopped() {
        let block = read_block(file, &rest).map_err(Error::doing("read a blob"))?;
        digests.update(&block);
        rest.start += block.len() as u64;
    }
    Ok(digests)
}

/// The blocks of a file, read one ahead.
struct Reader {
    volume: Shared,
    file: Arc<File>,
    rest: Range<u64>,
    ahead: Option<JoinHandle<io::Result<Bytes>>>,
}

impl Reader {
    fn new(volume: Shared, file: Arc<File>, rest: Range<u64>) -> Self {
        let mut reader = Self { volume, file, rest, ahead: None };
        reader.read_ahead();
        reader
    }

    /// The next block; `None` after the last one and after an error.
    async fn next(&mut self) -> Option<io::Result<Bytes>> {
        let block = match self.ahead.take()?.await {
            Ok(Ok(block)) => block,
            Ok(Err(error)) => return Some(Err(self.volume.broke_off(error))),
            Err(error) => return Some(Err(io::Error::other(error))),
        };
        self.read_ahead();
        Some(Ok(block))
    }

    fn read_ahead(&mut self) {
        if self.rest.is_empty() {
            return;
        }
        let (file, range) = (Arc::clone(&self.file), self.rest.clone());
        self.rest.start += block_len(&range) as u64;
        self.ahead = Some(spawn_blocking(move || read_block(&file, &range)));
    }
}

fn block_len(range: &Range<u64>) -> usize {
    usize::try_from(range.end - range.start).map_or(BLOCK_LEN, |len| len.min(BLOCK_LEN))
}

/// Reads the first block of `range`, all of it: an early end of the file is an error, never a short answer.
pub(crate) fn read_block(file: &File, range: &Range<u64>) -> io::Result<Bytes> {
    // A test plants this fault: the disk cannot read.
    attache_point::fail_point!("blobs.unread", |_| Err(rustix::io::Errno::IO.into()));
    let len = block_len(range);
    let mut block = Vec::with_capacity(len);
    while block.len() < len {
        let at = range.start + block.len() as u64;
        match pread(file, spare_capacity(&mut block), at) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    block.truncate(len);
    Ok(Bytes::from(block))
}

/// Tells the system that a long read goes straight on, so that it reads further ahead.
#[cfg(target_os = "linux")]
fn advise(file: &File, wanted: u64) {
    use rustix::fs::{Advice, fadvise};

    if wanted > BLOCK_LEN as u64
        && let Err(error) = fadvise(file, 0, None, Advice::Sequential)
    {
        tracing::debug!(%error, "advice on a sequential read was refused");
    }
}

/// Asks the system to forget what it remembers of a file, so that the next read is one of the disk.
#[cfg(target_os = "linux")]
pub(crate) fn forget(file: &File) {
    use rustix::fs::{Advice, fadvise};

    if let Err(error) = fadvise(file, 0, None, Advice::DontNeed) {
        tracing::debug!(%error, "a file could not be forgotten before it is read");
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn forget(_: &File) {}

#[cfg(not(target_os = "linux"))]
fn advise(_: &File, _: u64) {}
