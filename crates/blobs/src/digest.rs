//! The digests of a content, computed while it passes.

use std::fmt;

use md5::Md5;
use sha2::{Digest as _, Sha256};

/// A digest that a sender may announce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// SHA-256, the identity of a content inside an account.
    Sha256,
    /// MD5, which vendors show and S3 clients send. It guards against accidents, not against people.
    Md5,
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sha256 => "SHA-256",
            Self::Md5 => "MD5",
        })
    }
}

/// What a content turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digested {
    /// Length in bytes.
    pub len: u64,
    /// SHA-256 of all bytes.
    pub sha256: [u8; 32],
    /// MD5 of all bytes.
    pub md5: [u8; 16],
}

/// Digests in the making.
#[derive(Clone, Default)]
pub struct Digests {
    len: u64,
    sha256: Sha256,
    md5: Md5,
}

impl Digests {
    /// Digests of nothing so far.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes in.
    pub fn update(&mut self, bytes: &[u8]) {
        self.len += bytes.len() as u64;
        self.sha256.update(bytes);
        self.md5.update(bytes);
    }

    /// Ends the content.
    #[must_use]
    pub fn finish(self) -> Digested {
        Digested { len: self.len, sha256: self.sha256.finalize().into(), md5: self.md5.finalize().into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digests_are_the_published_ones() {
        let mut digests = Digests::new();
        digests.update(b"a");
        digests.update(b"bc");
        let abc = digests.finish();
        assert_eq!(abc.len, 3);
        assert_eq!(hex::encode(abc.sha256), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(hex::encode(abc.md5), "900150983cd24fb0d6963f7d28e17f72");
    }
}
