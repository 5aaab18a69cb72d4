//! The way in: turns a body of chunks of any size into full blocks, and watches the length while it does.

use bytes::Bytes;
use futures_util::StreamExt as _;

use crate::{BLOCK_LEN, Body, Digests, Error, Expect, HEAD_LEN, Home, Key, Stored};

/// A body being taken in.
///
/// Chunks are copied into blocks instead of being kept as they are: one upload then holds a known number of bytes
/// whatever the sizes of its chunks, the connection gets its buffers back at once, and writes are large and aligned. The
/// copy is a few percent of what the digests cost.
pub(crate) struct Intake {
    body: Body,
    chunk: Bytes,
    taken: u64,
    ended: bool,
    bounds: Bounds,
    cut: Option<Error>,
}

/// What is demanded of a body while it comes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// The most bytes that are taken.
    pub(crate) max_len: u64,
    /// The exact length in bytes.
    pub(crate) len: Option<u64>,
    /// Whether a body that breaks off counts as one that ends there.
    pub(crate) keep_cut: bool,
}

impl Intake {
    /// Refuses at once what cannot end well by its own declaration.
    pub(crate) fn new(body: Body, bounds: Bounds) -> Result<Self, Error> {
        let declared = body.declared_len();
        if let (Some(expected), Some(got)) = (bounds.len, declared)
            && expected != got
        {
            return Err(Error::Length { expected, got });
        }
        let bounds = Bounds { len: bounds.len.or(declared), ..bounds };
        if bounds.len.is_some_and(|len| len > bounds.max_len) {
            return Err(Error::TooLarge { limit: bounds.max_len });
        }
        Ok(Self { body, chunk: Bytes::new(), taken: 0, ended: false, bounds, cut: None })
    }

    /// Why the body broke off, when it did and what came is kept.
    pub(crate) fn cut(self) -> Option<Error> {
        self.cut
    }

    /// The length in bytes that the body must have, when it is known.
    pub(crate) fn announced(&self) -> Option<u64> {
        self.bounds.len
    }

    /// Takes all of a body in that is kept under `key` already, to judge it.
    pub(crate) async fn look_through(mut self, key: &Key, expect: &Expect) -> Result<Stored, Error> {
        let (mut digests, mut head, mut block) = (Digests::new(), Vec::new(), Vec::with_capacity(BLOCK_LEN));
        while self.more().await? {
            block.clear();
            self.fill(&mut block, BLOCK_LEN).await?;
            digests.update(&block);
            if head.len() < HEAD_LEN {
                head.extend_from_slice(&block[..block.len().min(HEAD_LEN - head.len())]);
            }
        }
        let digested = digests.finish();
        expect.check(&digested)?;
        Ok(Stored::new(Home::Kept(key.clone()), &digested, head.into()))
    }

    /// How many bytes to make room for, for a block of at most `block_len`.
    pub(crate) fn room_for(&self, block_len: usize) -> usize {
        const UNKNOWN: usize = 8 * 1024;
        match self.bounds.len.map(usize::try_from) {
            Some(Ok(len)) => len.min(block_len),
            Some(Err(_)) => block_len,
            None => UNKNOWN.min(block_len),
        }
    }

    /// The most bytes that can still come, as far as is known.
    pub(crate) fn left(&self) -> u64 {
        self.bounds.len.map_or(u64::MAX, |len| (len + self.chunk.len() as u64).saturating_sub(self.taken))
    }

    /// As [`Intake::fill`], for parts that are much longer than a block: room for all of it is made only once there is
    /// more than a block.
    pub(crate) async fn fill_part(&mut self, part: &mut Vec<u8>, part_len: u64) -> Result<(), Error> {
        let part_len = usize::try_from(part_len).unwrap_or(usize::MAX);
        for len in [part_len.min(BLOCK_LEN), part_len] {
            if part.len() < len && self.more().await? {
                let left = usize::try_from(self.left()).unwrap_or(usize::MAX);
                part.reserve_exact(left.min(len - part.len()));
                self.fill(part, len).await?;
            }
        }
        Ok(())
    }

    /// Adds bytes to `block` until it holds `block_len`, or the body ends.
    pub(crate) async fn fill(&mut self, block: &mut Vec<u8>, block_len: usize) -> Result<(), Error> {
        while block.len() < block_len && self.more().await? {
            let len = self.chunk.len().min(block_len - block.len());
            block.extend_from_slice(&self.chunk.split_to(len));
        }
        Ok(())
    }

    /// Waits until there are more bytes (true) or the body has ended well (false).
    pub(crate) async fn more(&mut self) -> Result<bool, Error> {
        while self.chunk.is_empty() && !self.ended {
            match self.body.next().await {
                Some(Ok(chunk)) => self.take(chunk)?,
                Some(Err(source)) => self.break_off(Error::Cut(source))?,
                None => self.end()?,
            }
        }
        Ok(!self.chunk.is_empty())
    }

    fn take(&mut self, chunk: Bytes) -> Result<(), Error> {
        self.taken += chunk.len() as u64;
        if self.taken > self.bounds.max_len {
            return Err(Error::TooLarge { limit: self.bounds.max_len });
        }
        match self.bounds.len {
            Some(expected) if self.taken > expected => Err(Error::Length { expected, got: self.taken }),
            _ => {
                self.chunk = chunk;
                Ok(())
            }
        }
    }

    fn end(&mut self) -> Result<(), Error> {
        self.ended = true;
        match self.bounds.len {
            Some(expected) if self.taken != expected => Err(Error::Length { expected, got: self.taken }),
            _ => Ok(()),
        }
    }

    fn break_off(&mut self, cut: Error) -> Result<(), Error> {
        if !self.bounds.keep_cut {
            return Err(cut);
        }
        self.ended = true;
        self.cut = Some(cut);
        Ok(())
    }
}
