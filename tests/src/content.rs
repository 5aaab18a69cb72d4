//! Contents for files, which a few numbers repeat.

use crate::dice::Dice;
use sha2::{Digest as _, Sha256};

/// Bytes that no compression or zeroing can pass for others, the same for the same seed.
pub fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut bytes = Vec::with_capacity(len + 8);
    while bytes.len() < len {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(len);
    bytes
}

/// A content that is not kept: its bytes are made whenever they are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Content {
    seed: u64,
    /// How many bytes it has.
    pub len: usize,
}

impl Content {
    /// Any one of so many bytes.
    pub fn new(dice: &mut Dice, len: usize) -> Content {
        Content { seed: dice.next(), len }
    }

    /// All of its bytes.
    pub fn bytes(self) -> Vec<u8> {
        noise(self.seed, self.len)
    }

    /// Its SHA-256 in hex, as files show it.
    pub fn digest(self) -> String {
        hex::encode(Sha256::digest(self.bytes()))
    }
}
