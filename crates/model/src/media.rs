//! Broad kinds of content and the list of known extensions.

/// Broad kind of content, as file pickers group it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Sound.
    Audio,
    /// Office files, PDF, text.
    Document,
    /// Pictures.
    Image,
    /// Moving pictures.
    Video,
    /// Everything else.
    Other,
}

impl Kind {
    /// All kinds with their words, in the order of their codes.
    pub const ALL: [(Kind, &'static str); 5] = [
        (Kind::Audio, "audio"),
        (Kind::Document, "document"),
        (Kind::Image, "image"),
        (Kind::Video, "video"),
        (Kind::Other, "other"),
    ];

    /// The number that is stored.
    pub const fn code(self) -> i64 {
        self as i64
    }

    /// From the stored number.
    pub fn from_code(code: i64) -> Option<Kind> {
        usize::try_from(code).ok().and_then(|at| Kind::ALL.get(at)).map(|(kind, _)| *kind)
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        Kind::ALL[self as usize].1
    }

    /// From the word.
    pub fn from_word(word: &str) -> Option<Kind> {
        Kind::ALL.iter().find(|(_, w)| *w == word).map(|(kind, _)| *kind)
    }
}

/// Whether `extension` (without dot, any case) is one that people use for files.
pub fn is_known_extension(extension: &str) -> bool {
    !extension.is_empty() && mime_guess::from_ext(extension).first_raw().is_some()
}
