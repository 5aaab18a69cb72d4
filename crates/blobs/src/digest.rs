//! The digests of a content, computed while it passes.

use std::fmt;

use md5::Md5;
use sha1::Sha1;
use sha2::{
    Digest as _, Sha256,
    digest::common::hazmat::{SerializableState as _, SerializedState},
};

/// The first byte of a saved state. The crates promise their part of it for their present minor version alone: with a
/// new one this number goes up, if their tests do not show that the state is the same.
const STATE_VERSION: u8 = 1;
/// Bytes of a block of either digest.
const BLOCK: u64 = 64;

/// A digest that a sender may announce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// SHA-256, the identity of a content inside an account.
    Sha256,
    /// MD5, which vendors show and S3 clients send. It guards against accidents, not against people.
    Md5,
    /// SHA-1, which senders of pieces announce. It too guards against accidents alone.
    Sha1,
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sha256 => "SHA-256",
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
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

    /// How many bytes have been taken in.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// The state so far, for [`Digests::restore`].
    pub(crate) fn save(&self) -> Vec<u8> {
        let mut state = vec![STATE_VERSION];
        state.extend(self.len.to_le_bytes());
        state.extend(self.sha256.serialize());
        state.extend(self.md5.serialize());
        state
    }

    /// The digests of a saved state; `None` when it is none that this release can read.
    pub(crate) fn restore(state: &[u8]) -> Option<Self> {
        let (&version, state) = state.split_first()?;
        let (len, state) = state.split_first_chunk()?;
        let (sha256, md5) = state.split_at_checked(size_of::<SerializedState<Sha256>>())?;
        // Each begins with its words and the number of blocks that it took in; what says otherwise than the length does is
        // damaged.
        let blocks = |state: &[u8], words: usize| Some(u64::from_le_bytes(*state.get(words..)?.first_chunk()?));
        let all = u64::from_le_bytes(*len) / BLOCK;
        if blocks(sha256, 32)? != all || blocks(md5, 16)? != all {
            return None;
        }
        let digests = Self {
            len: u64::from_le_bytes(*len),
            sha256: Sha256::deserialize(sha256.try_into().ok()?).ok()?,
            md5: Md5::deserialize(md5.try_into().ok()?).ok()?,
        };
        (version == STATE_VERSION).then_some(digests)
    }

    /// Ends the content.
    #[must_use]
    pub fn finish(self) -> Digested {
        Digested { len: self.len, sha256: self.sha256.finalize().into(), md5: self.md5.finalize().into() }
    }
}

/// One digest in the making.
pub(crate) enum Digest {
    Sha256(Sha256),
    Md5(Md5),
    Sha1(Sha1),
}

impl Digest {
    pub(crate) fn new(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Sha256 => Self::Sha256(Sha256::new()),
            Algorithm::Md5 => Self::Md5(Md5::new()),
            Algorithm::Sha1 => Self::Sha1(Sha1::new()),
        }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(sha256) => sha256.update(bytes),
            Self::Md5(md5) => md5.update(bytes),
            Self::Sha1(sha1) => sha1.update(bytes),
        }
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        match self {
            Self::Sha256(sha256) => sha256.finalize().to_vec(),
            Self::Md5(md5) => md5.finalize().to_vec(),
            Self::Sha1(sha1) => sha1.finalize().to_vec(),
        }
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

    #[test]
    fn saved_digests_go_on_as_if_never_stopped() {
        for at in [0, 1, 55, 64, 100, 128, 199] {
            let content = [7; 200];
            let mut digests = Digests::new();
            digests.update(&content[..at]);
            let mut restored = Digests::restore(&digests.save()).unwrap();
            assert_eq!(restored.len(), at as u64);
            restored.update(&content[at..]);
            digests.update(&content[at..]);
            assert_eq!(restored.finish(), digests.finish(), "stopped at {at}");
        }
    }

    #[test]
    fn a_state_of_the_first_release_is_still_read() {
        let mut digests = Digests::new();
        digests.update(b"The first sixty-four bytes fill a block of either digest, and some.");
        // Version and length, then of each digest its words, its number of blocks, and its unfinished block.
        let saved = concat!(
            "014300000000000000",
            "696f69171f87639d265377f4535e65027dcf2bb499b0a0d098fb4bcec288c1d60100000000000000",
            "036d652e00000000000000000000000000000000000000000000000000000000",
            "0000000000000000000000000000000000000000000000000000000000000000",
            "77cdd92ea2e40e2467d1432d9918b9b80100000000000000",
            "036d652e00000000000000000000000000000000000000000000000000000000",
            "0000000000000000000000000000000000000000000000000000000000000000",
        );
        assert_eq!(hex::encode(digests.save()), saved);
        let restored = Digests::restore(&hex::decode(saved).unwrap()).unwrap();
        assert_eq!(restored.finish(), digests.finish());
    }

    #[test]
    fn a_state_of_another_shape_or_version_is_not_read() {
        let saved = Digests::new().save();
        assert!(Digests::restore(&saved).is_some());
        for len in 0..saved.len() {
            assert!(Digests::restore(&saved[..len]).is_none(), "{len} bytes of it");
        }
        let longer = [saved.as_slice(), &[0]].concat();
        assert!(Digests::restore(&longer).is_none());
        let mut later = saved;
        later[0] += 1;
        assert!(Digests::restore(&later).is_none());
    }

    #[test]
    fn one_digest_alone_is_the_published_one() {
        let of_abc = |algorithm| {
            let mut digest = Digest::new(algorithm);
            digest.update(b"a");
            digest.update(b"bc");
            hex::encode(digest.finish())
        };
        assert_eq!(of_abc(Algorithm::Sha1), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(of_abc(Algorithm::Md5), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(of_abc(Algorithm::Sha256), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
