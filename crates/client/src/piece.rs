//! A part of a file as the body of a request: read as the network takes it, never held whole.

use crate::gauge::Gauge;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// Most bytes that are read at once.
const BLOCK: u64 = 128 << 10;

/// The bytes of a file from one offset to another. The gauge shows the offset that was reached.
#[derive(Debug)]
pub struct Piece {
    file: Arc<File>,
    at: u64,
    end: u64,
    gauge: Gauge,
}

impl Piece {
    /// The bytes from `at` to before `end`.
    pub fn new(file: Arc<File>, at: u64, end: u64, gauge: Gauge) -> Piece {
        gauge.set(at);
        Piece { file, at, end, gauge }
    }

    /// The next block. It is read right here: a disk of this machine is quicker than any network, and a thread for each
    /// block would cost more than it saves.
    fn block(&mut self) -> io::Result<Bytes> {
        let mut block = vec![0; usize::try_from((self.end - self.at).min(BLOCK)).unwrap_or(usize::MAX)];
        self.file.read_exact_at(&mut block, self.at)?;
        self.at += block.len() as u64;
        self.gauge.set(self.at);
        Ok(block.into())
    }
}

impl From<Piece> for reqwest::Body {
    fn from(piece: Piece) -> reqwest::Body {
        reqwest::Body::wrap(piece)
    }
}

impl Body for Piece {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.at >= self.end {
            return Poll::Ready(None);
        }
        Poll::Ready(Some(self.block().map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.at >= self.end
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.end - self.at)
    }
}

/// Takes the bytes of a file from `at` to before `end` into a digest.
///
/// # Errors
/// Those of reading, `UnexpectedEof` where the file has become shorter.
pub fn digest(file: &File, at: u64, end: u64, into: &mut Sha256) -> io::Result<()> {
    let mut block = vec![0; usize::try_from((end - at).min(BLOCK)).unwrap_or(usize::MAX)];
    let mut at = at;
    while at < end {
        let len = usize::try_from((end - at).min(BLOCK)).unwrap_or(usize::MAX);
        file.read_exact_at(&mut block[..len], at)?;
        into.update(&block[..len]);
        at += len as u64;
    }
    Ok(())
}
