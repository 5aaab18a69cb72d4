//! File and folder names: NFC, bounded, and free of what misleads people or programs.

use crate::error::{Code, Error, Result};
use serde::{Deserialize, Serialize};
use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// Longest name, in bytes of UTF-8, extension included.
pub const NAME_MAX: usize = 255;
/// Longest extension, in bytes; what is longer behind a dot belongs to the name.
pub const EXTENSION_MAX: usize = 32;
/// Most levels in a folder path.
pub const PATH_LEVELS_MAX: usize = 64;

/// A file's name and where its extension begins. What counts as the extension is decided when the name is made, since
/// `report.v2` may be a name without one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Name {
    full: String,
    /// Bytes of the extension, without its dot; 0 for none.
    ext: usize,
}

impl Name {
    /// A name whose extension is what stands behind the last dot, if that is a known extension.
    ///
    /// # Errors
    /// As [`check`].
    pub fn parse(text: &str) -> Result<Name> {
        let full = check(text)?;
        let ext = split_known(&full).map_or(0, str::len);
        Ok(Name { full, ext })
    }

    /// A name from a stem and an extension without dot (`""` for none). One of more than [`EXTENSION_MAX`] bytes belongs to
    /// the name.
    ///
    /// # Errors
    /// As [`check`], for the two together.
    pub fn new(stem: &str, ext: &str) -> Result<Name> {
        if ext.is_empty() {
            return Ok(Name { full: check(stem)?, ext: 0 });
        }
        match stem {
            "" => return Err(fault("it must not be empty")),
            "." | ".." => return Err(fault("'.' and '..' are not names, with an extension neither")),
            _ => {}
        }
        let full = check(&format!("{stem}.{ext}"))?;
        let ext = full.rsplit_once('.').map_or(0, |(_, ext)| ext.len());
        let ext = if ext <= EXTENSION_MAX { ext } else { 0 };
        Ok(Name { full, ext })
    }

    /// From a stored name and the length of its extension.
    pub fn stored(full: String, ext: &str) -> Name {
        Name { ext: ext.len(), full }
    }

    /// The name with extension, as people see it.
    pub fn full(&self) -> &str {
        &self.full
    }

    /// The name without extension.
    pub fn stem(&self) -> &str {
        match self.ext {
            0 => &self.full,
            ext => &self.full[..self.full.len() - ext - 1],
        }
    }

    /// The extension without dot, `""` for none.
    pub fn ext(&self) -> &str {
        &self.full[self.full.len() - self.ext..]
    }

    /// The same name with `-1`, `-2`, ... before the extension; the stem is shortened where the limit asks for it. An
    /// extension of more than [`EXTENSION_MAX`] bytes, which only names of earlier releases have, counts as part of the stem.
    #[must_use]
    pub fn numbered(&self, number: u64) -> Name {
        let (stem, tail, ext) = match self.ext {
            1..=EXTENSION_MAX => (self.stem(), format!("-{number}.{}", self.ext()), self.ext),
            _ => (self.full(), format!("-{number}"), 0),
        };
        let stem = &stem[..stem.floor_char_boundary(NAME_MAX - tail.len())];
        Name { full: format!("{stem}{tail}"), ext }
    }

    /// The folded twin that searches and sorting by name use, the same on every engine.
    pub fn key(&self) -> String {
        fold(&self.full)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.full)
    }
}

/// `text` in lower case and NFC, for comparisons that ignore case. The sigma at a word's end is like any other: a word in
/// capitals does not have it.
pub fn fold(text: &str) -> String {
    let lower = text.nfc().flat_map(char::to_lowercase).map(|c| if c == '\u{3c2}' { '\u{3c3}' } else { c });
    let lower: String = lower.collect();
    // Small letters may compose where capitals do not.
    lower.nfc().collect()
}

/// The extension of `name` if it is a known one.
fn split_known(name: &str) -> Option<&str> {
    let (stem, ext) = name.rsplit_once('.')?;
    (!stem.is_empty() && crate::media::is_known_extension(ext)).then_some(ext)
}

fn fault(why: &str) -> Error {
    Error::refuse(
        Code::NameInvalid,
        "name",
        format!(
            "{why}; a name is 1 to {NAME_MAX} bytes of UTF-8 without '/', '\\', control, direction or zero-width characters"
        ),
    )
}

/// Brings a file or folder name into NFC and refuses what is not allowed in one: empty, `.` and `..`, slashes and
/// backslashes, control, bidirectional-override and zero-width characters, trailing dots and blanks, more than
/// [`NAME_MAX`] bytes.
///
/// # Errors
/// [`Code::NameInvalid`] that says which rule it broke.
pub fn check(text: &str) -> Result<String> {
    let name = normalized(text);
    let why = match name.as_str() {
        "" => "it must not be empty",
        "." | ".." => "'.' and '..' are not names",
        _ if name.len() > NAME_MAX => "it is too long",
        _ if name.contains(['/', '\\']) => "it must not contain a slash or backslash",
        _ if name.chars().any(char::is_control) => "it must not contain control characters",
        _ if name.chars().any(is_misleading) => "it must not contain direction or zero-width characters",
        _ if trim_end(&name) != name => "it must not end with a dot or a blank",
        _ => return Ok(name),
    };
    Err(fault(why))
}

/// A text as names are kept: in NFC, which may be longer than what was sent.
pub fn normalized(text: &str) -> String {
    if text.is_ascii() { text.to_owned() } else { text.nfc().collect() }
}

/// A text without the dots and blanks at its end, which no name ends in.
pub fn trim_end(text: &str) -> &str {
    text.trim_end_matches(|c: char| c == '.' || c.is_whitespace())
}

/// Characters that change how the rest of a name is shown, or that cannot be seen: those of Unicode's
/// `Default_Ignorable_Code_Point` but for variation selectors, which are seen in pictures and in names of people and
/// places; line breaks, and annotations.
pub fn is_misleading(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180E}'
        | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E00FF}' | '\u{E01F0}'..='\u{E0FFF}')
}

/// The names of a folder path, checked. One leading slash is allowed; the root is an empty list. Doubled and trailing
/// slashes are faults here: a dialect that folds them does so before.
///
/// # Errors
/// [`Code::NameInvalid`] for a bad segment, [`Code::PathTooDeep`] past [`PATH_LEVELS_MAX`].
pub fn split_path(path: &str) -> Result<Vec<String>> {
    let inner = path.strip_prefix('/').unwrap_or(path);
    if inner.is_empty() {
        return Ok(Vec::new());
    }
    let names = inner.split('/').map(check).collect::<Result<Vec<_>>>()?;
    if names.len() > PATH_LEVELS_MAX {
        return Err(Error::refuse(Code::PathTooDeep, "path", format!("a path has at most {PATH_LEVELS_MAX} levels")));
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_extensions_are_split_off_and_unknown_ones_belong_to_the_name() {
        for (text, stem, ext) in [
            ("cat.png", "cat", "png"),
            ("report.v2", "report.v2", ""),
            (".png", ".png", ""),
            ("archive.tar.gz", "archive.tar", "gz"),
            ("README", "README", ""),
        ] {
            let name = Name::parse(text).unwrap();
            assert_eq!((name.stem(), name.ext()), (stem, ext), "{text}");
        }
    }

    #[test]
    fn names_of_255_bytes_are_kept_whole_and_256_are_refused() {
        assert!(check(&"a".repeat(NAME_MAX)).is_ok());
        assert!(check(&"a".repeat(NAME_MAX + 1)).is_err());
        assert!(check(&"\u{20AC}".repeat(86)).is_err(), "the limit counts bytes, not characters");
    }

    #[test]
    fn two_spellings_of_one_name_are_one_name() {
        assert_eq!(check("cafe\u{301}.txt").unwrap(), check("caf\u{e9}.txt").unwrap());
    }

    #[test]
    fn capitals_and_small_letters_of_one_name_are_folded_to_the_same() {
        for (capital, small) in [
            ("CAF\u{c9}", "cafe\u{301}"),
            ("J\u{327}\u{30c}", "j\u{30c}\u{327}"),
            ("\u{130}", "i\u{307}"),
            ("\u{39f}\u{394}\u{39f}\u{3a3}", "\u{3bf}\u{3b4}\u{3bf}\u{3c2}"),
        ] {
            assert_eq!(fold(capital), fold(small), "{capital}");
            assert_eq!(fold(&fold(capital)), fold(capital), "{capital}");
        }
    }

    #[test]
    fn no_name_is_a_way_to_another_folder_with_an_extension_behind_it() {
        for stem in ["", ".", ".."] {
            assert!(Name::new(stem, "txt").is_err(), "{stem:?}");
        }
        assert_eq!(Name::new("...a", "txt").unwrap().full(), "...a.txt");
    }

    #[test]
    fn misleading_names_are_refused() {
        for bad in [
            "",
            ".",
            "..",
            "a/b",
            "a\\b",
            "a\0b",
            "a\u{1b}[31m",
            "a\u{202e}gpj.exe",
            "a\u{200b}b",
            "name.",
            "name ",
            "name\u{a0}",
            "name\u{3000}",
            "a\u{34f}b",
            "a\u{17b4}b",
            "a\u{e0fff}b",
        ] {
            assert!(check(bad).is_err(), "{bad:?}");
        }
        for good in ["\u{2764}\u{fe0f}", "\u{845b}\u{e0100}", "\u{1820}\u{180b}"] {
            assert!(check(good).is_ok(), "{good:?}");
        }
    }

    #[test]
    fn numbering_goes_before_the_extension_and_stays_within_the_limit() {
        assert_eq!(Name::parse("cat.png").unwrap().numbered(2).full(), "cat-2.png");
        let long = Name::parse(&format!("{}.png", "\u{20AC}".repeat(83))).unwrap();
        let numbered = long.numbered(12);
        assert!(numbered.full().len() <= NAME_MAX && numbered.full().ends_with("-12.png"));
    }

    #[test]
    fn an_extension_of_32_bytes_is_the_longest_and_no_length_of_it_keeps_a_name_from_its_number() {
        let name = |ext: usize| Name::new("a", &"x".repeat(ext)).unwrap();
        assert_eq!((name(EXTENSION_MAX).ext().len(), name(EXTENSION_MAX + 1).ext()), (EXTENSION_MAX, ""));
        assert_eq!(name(253).numbered(1).full(), format!("a.{}-1", "x".repeat(251)));
        // As an earlier release stored it.
        let stored = Name::stored(format!("a.{}", "x".repeat(253)), &"x".repeat(253));
        for number in [1, 10, u64::MAX] {
            let numbered = stored.numbered(number);
            assert!(numbered.full().len() == NAME_MAX && numbered.full().ends_with(&format!("-{number}")));
        }
    }

    #[test]
    fn a_path_of_64_levels_is_the_deepest() {
        assert_eq!(split_path(&"/a".repeat(PATH_LEVELS_MAX)).unwrap().len(), PATH_LEVELS_MAX);
        assert!(split_path(&"/a".repeat(PATH_LEVELS_MAX + 1)).is_err());
        assert!(split_path("a//b").is_err());
    }
}
