//! What a sender has announced about a body, and what is allowed.

use crate::{Algorithm, Digested, Error, intake::Bounds};

/// The bounds and the announced properties of a body. Each property that is given must hold, or nothing is stored.
#[derive(Clone, Debug)]
pub struct Expect {
    /// The most bytes that are taken.
    pub max_len: u64,
    /// The exact length in bytes.
    pub len: Option<u64>,
    /// The SHA-256 of the content.
    pub sha256: Option<[u8; 32]>,
    /// The MD5 of the content.
    pub md5: Option<[u8; 16]>,
}

impl Expect {
    /// Any content of up to `max_len` bytes.
    #[must_use]
    pub fn at_most(max_len: u64) -> Self {
        Self { max_len, len: None, sha256: None, md5: None }
    }

    pub(crate) fn bounds(&self) -> Bounds {
        Bounds { max_len: self.max_len, len: self.len, keep_cut: false }
    }

    /// Compares the digests; the length was watched while the bytes came.
    pub(crate) fn check(&self, digested: &Digested) -> Result<(), Error> {
        agree(Algorithm::Sha256, self.sha256.as_ref().map(<[u8; 32]>::as_slice), &digested.sha256)?;
        agree(Algorithm::Md5, self.md5.as_ref().map(<[u8; 16]>::as_slice), &digested.md5)
    }
}

/// An error when a digest was announced and what came has another one.
pub(crate) fn agree(algorithm: Algorithm, expected: Option<&[u8]>, got: &[u8]) -> Result<(), Error> {
    match expected {
        Some(expected) if expected != got => {
            Err(Error::Checksum { algorithm, expected: hex::encode(expected), got: hex::encode(got) })
        }
        _ => Ok(()),
    }
}
