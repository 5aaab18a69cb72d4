//! Names of stored blobs: random, and shaped so strictly that a key can never lead out of its store.

use std::{fmt, io, str::FromStr};

use crate::Error;

const SHARD_LEN: usize = 2;
const NAME_LEN: usize = 32;

/// The name of a stored blob, such as `3f/00112233445566778899aabbccddeeff`: two hexadecimal digits for the folder that
/// holds it and 128 random bits. Nothing a user has said is part of it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(String);

impl Key {
    /// A new key in the folder `shard`.
    pub(crate) fn random(shard: u8) -> Result<Self, Error> {
        let mut name = [0; NAME_LEN / 2];
        getrandom::fill(&mut name).map_err(|error| Error::Io {
            op: "get random bytes for a key",
            source: io::Error::other(error.to_string()),
        })?;
        Ok(Self(format!("{shard:02x}/{}", hex::encode(name))))
    }

    /// A new key in any folder: where a folder costs nothing, all of it is random.
    pub(crate) fn spread() -> Result<Self, Error> {
        let mut shard = [0; 1];
        getrandom::fill(&mut shard).map_err(|error| Error::Io {
            op: "get random bytes for a key",
            source: io::Error::other(error.to_string()),
        })?;
        Self::random(shard[0])
    }

    /// Reads a key as [`Key::as_str`] writes it. Everything else is refused: upper case, dots, other lengths.
    pub fn parse(text: &str) -> Result<Self, BadKey> {
        let digits = |part: &str, len| part.len() == len && part.bytes().all(is_digit);
        match text.split_once('/') {
            Some((shard, name)) if digits(shard, SHARD_LEN) && digits(name, NAME_LEN) => Ok(Self(text.to_owned())),
            _ => Err(BadKey),
        }
    }

    /// The text to keep in a row.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder.
    pub(crate) fn shard(&self) -> &str {
        &self.0[..SHARD_LEN]
    }

    /// The file in the folder.
    pub(crate) fn name(&self) -> &str {
        &self.0[SHARD_LEN + 1..]
    }

    /// The name before the blob is kept: flat, and still telling where it wants to go.
    pub(crate) fn flat_name(&self) -> String {
        format!("{}-{}", self.shard(), self.name())
    }

    /// Reads what [`Key::flat_name`] writes.
    pub(crate) fn of_flat_name(name: &str) -> Option<Self> {
        let (shard, name) = name.split_once('-')?;
        Self::parse(&format!("{shard}/{name}")).ok()
    }
}

fn is_digit(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

impl FromStr for Key {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        Self::parse(text)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.0)
    }
}

/// A text that is not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a blob key is two hexadecimal digits, a slash and 32 hexadecimal digits, all in lower case")]
pub struct BadKey;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_was_written() {
        let key = Key::random(0x3f).unwrap();
        assert!(key.as_str().starts_with("3f/"), "{key}");
        assert_eq!(Key::of_flat_name(&key.flat_name()), Some(key.clone()));
        assert_eq!(Key::parse(key.as_str()), Ok(key));
    }

    #[test]
    fn two_keys_of_one_folder_differ() {
        assert_ne!(Key::random(0).unwrap(), Key::random(0).unwrap());
    }

    #[test]
    fn a_key_that_could_leave_its_folder_is_refused() {
        let name = "00112233445566778899aabbccddeeff";
        for text in [
            "",
            "/",
            name,
            "../00112233445566778899aabbccddeeff",
            "3f/../112233445566778899aabbccddee",
            "3f/.",
            "3f/..",
            "./3f/00112233445566778899aabbccddeeff",
            "/3f/00112233445566778899aabbccddeeff",
            "3f//0112233445566778899aabbccddeeff",
            "3f/0d/112233445566778899aabbccddeeff",
            "3F/00112233445566778899aabbccddeeff",
            "3f/00112233445566778899AABBCCDDEEFF",
            "3f/00112233445566778899aabbccddeef",
            "3f/00112233445566778899aabbccddeeff0",
            "3f/00112233445566778899aabbccddeef\0",
            "3f/00112233445566778899aabbccddeeff\n",
            "3f\\00112233445566778899aabbccddeeff",
            "é/00112233445566778899aabbccddeeff",
        ] {
            assert_eq!(Key::parse(text), Err(BadKey), "{text:?}");
        }
    }
}
