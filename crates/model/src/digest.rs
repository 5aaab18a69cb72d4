//! Content digests, shown as lower-case hex.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! digest {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// From hex of any letter case.
            pub fn from_hex(text: &str) -> Option<Self> {
                if text.len() != 2 * $len {
                    return None;
                }
                let mut bytes = [0; $len];
                hex::decode_to_slice(text, &mut bytes).ok()?;
                Some($name(bytes))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(&hex::encode(self.0))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = String::deserialize(from)?;
                $name::from_hex(&text).ok_or_else(|| serde::de::Error::custom(concat!("not a hex digest of ", $len, " bytes")))
            }
        }
    };
}

digest! {
    /// SHA-256 of a version's bytes: what we verify by.
    Sha256, 32
}
digest! {
    /// MD5 of a version's bytes: kept because clients show and compare it, never trusted for anything.
    Md5, 16
}
