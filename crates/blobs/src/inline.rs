//! Small contents: they never touch the volume, but go back to the caller for its own transaction.

use bytes::Bytes;

use crate::{BLOCK_LEN, Digests, Error, Expect, HEAD_LEN, Home, Stored};

/// Up to which length, in bytes, contents are handed back instead of kept. The default is 64 KiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InlineLimit(usize);

impl InlineLimit {
    /// The largest possible limit: one block, because inline contents are gathered in memory.
    pub const MAX: usize = BLOCK_LEN;

    /// A limit of `bytes`, at most [`InlineLimit::MAX`]. With 0 every content but the empty one is kept.
    pub fn new(bytes: usize) -> Result<Self, Error> {
        if bytes > Self::MAX {
            return Err(Error::InlineLimit { limit: bytes, max: Self::MAX });
        }
        Ok(Self(bytes))
    }

    /// The limit in bytes.
    #[must_use]
    pub fn bytes(self) -> usize {
        self.0
    }
}

impl Default for InlineLimit {
    fn default() -> Self {
        Self(64 * 1024)
    }
}

/// Answers a put whose whole content is `content`.
pub(crate) fn hand_back(content: Vec<u8>, expect: &Expect) -> Result<Stored, Error> {
    let mut digests = Digests::new();
    digests.update(&content);
    let digested = digests.finish();
    expect.check(&digested)?;
    let content = Bytes::from(content);
    let head = content.slice(..content.len().min(HEAD_LEN));
    Ok(Stored::new(Home::Inline(content), &digested, head))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inline_limit_is_at_most_one_block() {
        assert_eq!(InlineLimit::new(BLOCK_LEN).unwrap().bytes(), BLOCK_LEN);
        let refused = InlineLimit::new(BLOCK_LEN + 1).unwrap_err();
        assert_eq!(refused.to_string(), "the inline limit must be at most 262144 bytes, but it is 262145");
    }
}
