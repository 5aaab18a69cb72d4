//! Contents that grow: they arrive in pieces over hours, survive restarts between them, and are finished without being
//! read or copied again.
//!
//! The caller's row is the truth. It holds a [`Growth`], and the next one replaces it when a piece has been appended;
//! what lies on the volume beyond the row was never acknowledged, and the next append cuts it off.

mod append;
mod claim;
mod cloud;
mod disk;
mod finish;
mod memory;

use std::ops::Range;

use crate::{
    Algorithm, Blobs, Body, Digests, Error, Key, Listing, Stored, digest::Digest, expect::agree, intake::Bounds,
};

pub(crate) use claim::Claims;
pub(crate) use cloud::end_of;

/// A content that arrives in pieces: enough to go on with it after a restart. The caller keeps it in a row, as it is,
/// and gives it back as it was; only the store reads anything into it, and other kinds of stores may say more in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Growth {
    /// The key that the finished content will have.
    pub key: Key,
    /// Durable bytes so far.
    pub len: u64,
    /// The state of the digests after `len` bytes. When it is empty or of another release, the bytes are read again.
    pub digests: Vec<u8>,
}

/// What is demanded of one piece. Each property that is given must hold, or nothing of the piece is kept.
#[derive(Clone, Debug, Default)]
pub struct Piece {
    /// The most bytes that are taken.
    pub max_len: u64,
    /// The exact length in bytes.
    pub len: Option<u64>,
    /// A digest of the piece alone that is to be told.
    pub digest: Option<Algorithm>,
    /// What this digest must be. Without `digest` it is an error.
    pub equals: Option<Vec<u8>>,
    /// Whether what came of a body that breaks off is kept. It never is when `equals` is given: nobody has said what
    /// the digest of a part should be.
    pub keep_cut: bool,
}

/// The answer to an append.
#[derive(Debug)]
pub struct Grown {
    /// What the caller's row must hold from now on.
    pub growth: Growth,
    /// The digest that was asked for, of the bytes that were kept.
    pub digest: Option<Vec<u8>>,
    /// Why the body broke off, when [`Piece::keep_cut`] kept the part of it that came.
    pub cut: Option<Error>,
}

impl Growth {
    pub(crate) fn new(key: Key) -> Self {
        Self { key, len: 0, digests: Vec::new() }
    }

    /// The content of `key` once `digests` have taken all of it in.
    pub(crate) fn after(key: Key, digests: &Digests) -> Self {
        Self { key, len: digests.len(), digests: digests.save() }
    }

    /// The digests of the content so far; `None` when the state cannot be used.
    pub(crate) fn digests(&self) -> Option<Digests> {
        Digests::restore(&self.digests).filter(|digests| digests.len() == self.len)
    }

    /// A file of this content must have at least its length: `got` is what it has.
    pub(crate) fn fits(&self, got: u64) -> Result<(), Error> {
        if got < self.len { Err(Error::Damaged { expected: self.len, got }) } else { Ok(()) }
    }
}

impl Piece {
    pub(crate) fn bounds(&self) -> Bounds {
        let keep_cut = self.keep_cut && self.equals.is_none();
        Bounds { max_len: self.max_len, len: self.len, keep_cut }
    }

    /// Compares the digest of what came.
    pub(crate) fn check(&self, digest: Option<&[u8]>) -> Result<(), Error> {
        match (self.digest, digest) {
            (Some(algorithm), Some(got)) => agree(algorithm, self.equals.as_deref(), got),
            _ => Ok(()),
        }
    }

    /// The digest that is asked for of a piece that is all there, when it is what it must be.
    fn digest_of(&self, content: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        let digest = self.digest.map(|algorithm| {
            let mut digest = Digest::new(algorithm);
            digest.update(content);
            digest.finish()
        });
        self.check(digest.as_deref())?;
        Ok(digest)
    }

    /// What is demanded must be possible.
    fn demand(&self) -> Result<(), Error> {
        if self.equals.is_some() && self.digest.is_none() {
            let why = "a digest is given, but not of which kind it is";
            return Err(Error::from_io("check a piece", std::io::Error::new(std::io::ErrorKind::InvalidInput, why)));
        }
        Ok(())
    }
}

/// Contents that arrive in pieces. The caller makes the row before the first append and does one thing at a time with
/// one key: it reads the row, appends, finishes or abandons, and commits, and only then begins the next. A call that
/// finds another one at work is [`Error::Busy`], but nothing here can know that a `growth` was read from its row too
/// early: an append with it takes away what has been acknowledged since.
///
/// An append is waited for, its future is not dropped: what a dropped one did is not known, and the content goes on
/// from the row.
impl Blobs {
    /// A new content of no bytes, under a fresh key. Nothing is stored before the first append.
    pub fn grow(&self) -> Result<Growth, Error> {
        let key = match self {
            Self::Disk(disk) => disk.new_key(),
            Self::Cloud(_) => Key::spread(),
            Self::Memory(_) => Key::random(0),
        };
        Ok(Growth::new(key?))
    }

    /// A new content of no bytes, under a key that it has elsewhere: for copies between stores.
    #[must_use]
    pub fn grow_as(&self, key: Key) -> Growth {
        Growth::new(key)
    }

    /// Adds a piece. `Ok` is durable, and counts once the caller has committed the new growth in its row. After an
    /// error nothing of the piece counts and `growth` is still what to go on with.
    ///
    /// A content with fewer bytes than `growth` says is [`Error::Damaged`], one that is not there any more, or finished
    /// already, is [`Error::Missing`].
    pub async fn append(&self, growth: &Growth, body: Body, piece: &Piece) -> Result<Grown, Error> {
        self.check_health()?;
        piece.demand()?;
        match self {
            Self::Disk(disk) => disk.append(growth, body, piece).await,
            Self::Cloud(cloud) => cloud.append(growth, body, piece).await,
            Self::Memory(memory) => memory.append(growth, body, piece).await,
        }
    }

    /// Ends a content. Up to the inline limit its bytes are handed back and what grew stays until
    /// [`Blobs::abandon`]; a larger one is kept under its key, durably, without a copy.
    ///
    /// It may be asked again, after a success or after a crash at any point, and answers the same. Between this call
    /// and the caller's commit the key is listed by [`Blobs::keys`] while no file has it: who sweeps there must spare
    /// the keys of growths. The age of the blob begins now, not with its last piece.
    pub async fn finish(&self, growth: &Growth) -> Result<Stored, Error> {
        self.check_health()?;
        match self {
            Self::Disk(disk) => disk.finish(growth).await,
            Self::Cloud(cloud) => cloud.finish(growth).await,
            Self::Memory(memory) => memory.finish(growth),
        }
    }

    /// Removes what grew for good. `Ok` is durable; `Ok(false)` says there was nothing, also when the content is kept
    /// under its key by now: that is for [`Blobs::remove`].
    pub async fn abandon(&self, key: &Key) -> Result<bool, Error> {
        self.check_health()?;
        match self {
            Self::Disk(disk) => disk.abandon(key).await,
            Self::Cloud(cloud) => cloud.abandon(key).await,
            Self::Memory(memory) => memory.abandon(key),
        }
    }

    /// Streams the bytes of `range` of a content that grows, or has been finished.
    pub async fn read_growth(&self, growth: &Growth, range: Range<u64>) -> Result<Body, Error> {
        if range.start > range.end || range.end > growth.len {
            return Err(Error::Range { start: range.start, end: range.end, len: growth.len });
        }
        if growth.len == 0 {
            return Ok(Body::empty());
        }
        match self {
            Self::Disk(disk) => disk.read_growth(growth, range).await,
            Self::Cloud(cloud) => cloud.read_growth(growth, range).await,
            Self::Memory(memory) => memory.read_growth(growth, range),
        }
    }

    /// Walks all contents that grow, as [`Blobs::keys`] walks those that are kept. Their lengths are what lies on the
    /// volume, acknowledged or not.
    #[must_use]
    pub fn growths(&self) -> Listing {
        match self {
            Self::Disk(disk) => disk.growths(),
            Self::Cloud(cloud) => cloud.growths(),
            Self::Memory(memory) => memory.growths(),
        }
    }
}
