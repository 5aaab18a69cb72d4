//! Signed links: a URL that gives one file's content to whoever has it, until it expires or is taken back.

use crate::id::ShareId;
use crate::{FileNo, Time, UserNo};

/// A signed link that its owner can list and take back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// Its id.
    pub id: ShareId,
    /// The file it gives.
    pub file: FileNo,
    /// The version it is bound to; `None` follows the active one.
    pub version: Option<i64>,
    /// When it ends.
    pub expires_at: Time,
    /// When it was made.
    pub created_at: Time,
    /// Who made it.
    pub created_by: UserNo,
    /// When it was taken back; `None` while it works.
    pub revoked_at: Option<Time>,
}

/// A size of picture that a link may ask for instead of the original.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PreviewSize {
    /// Fits in 32 by 32 pixels.
    Icon,
    /// Fits in 128 by 128.
    Thumb,
    /// Fits in 512 by 512.
    Medium,
    /// Fits in 1024 by 1024.
    Preview,
}

impl PreviewSize {
    /// All sizes with their words.
    pub const ALL: [(PreviewSize, &'static str, u32); 4] = [
        (PreviewSize::Icon, "icon", 32),
        (PreviewSize::Thumb, "thumb", 128),
        (PreviewSize::Medium, "medium", 512),
        (PreviewSize::Preview, "preview", 1024),
    ];

    /// Side of the box it fits in, in pixels.
    pub fn side(self) -> u32 {
        PreviewSize::ALL[self as usize].2
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        PreviewSize::ALL[self as usize].1
    }

    /// From the word.
    pub fn from_word(word: &str) -> Option<PreviewSize> {
        PreviewSize::ALL.iter().find(|(_, w, _)| *w == word).map(|(size, _, _)| *size)
    }
}
