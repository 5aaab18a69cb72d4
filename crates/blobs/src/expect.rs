//! What a sender has announced about a body, and what is allowed.

use crate::{Algorithm, Digested, Error};

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

    /// Compares the digests; the length was watched while the bytes came.
    pub(crate) fn check(&self, digested: &Digested) -> Result<(), Error> {
        agree(Algorithm::Sha256, self.sha256.as_ref(), &digested.sha256)?;
        agree(Algorithm::Md5, self.md5.as_ref(), &digested.md5)
    }
}

fn agree<const N: usize>(algorithm: Algorithm, expected: Option<&[u8; N]>, got: &[u8; N]) -> Result<(), Error> {
    match expected {
        Some(expected) if expected != got => {
            Err(Error::Checksum { algorithm, expected: hex::encode(expected), got: hex::encode(got) })
        }
        _ => Ok(()),
    }
}
