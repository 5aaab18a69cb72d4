//! The answer to a put.

use bytes::Bytes;

use crate::{Digested, Key};

/// How many of the first bytes a put shows, for finding out the media type (64 KiB).
pub const HEAD_LEN: usize = 64 * 1024;

/// A content that was taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Where the content is now.
    pub home: Home,
    /// Length in bytes.
    pub len: u64,
    /// SHA-256 of the content.
    pub sha256: [u8; 32],
    /// MD5 of the content.
    pub md5: [u8; 16],
    /// The first bytes, up to [`HEAD_LEN`].
    pub head: Bytes,
}

/// Where a content lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Home {
    /// Nowhere yet: small contents are handed back, to be committed together with the row that names them.
    Inline(Bytes),
    /// Durable in the store under this key.
    Kept(Key),
}

impl Stored {
    pub(crate) fn new(home: Home, digested: &Digested, head: Bytes) -> Self {
        Self { home, len: digested.len, sha256: digested.sha256, md5: digested.md5, head }
    }
}
