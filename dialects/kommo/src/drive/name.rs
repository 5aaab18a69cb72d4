//! Names of files: what a `file_name` becomes, and the ASCII form of a name that stands in addresses.

use attache_model::name::{EXTENSION_MAX, NAME_MAX, is_misleading, normalized, trim_end};
use attache_model::{Name, Result};

/// The name that a `file_name` becomes. What must not stand in a name is left out, and slashes become `_`, since Kommo's
/// clients send the names that people gave their files and have no way to ask for another. What stands behind the last
/// dot is the extension.
///
/// # Errors
/// `NameInvalid` where nothing is left.
pub(crate) fn mended(file_name: &str) -> Result<Name> {
    let clean = stem(file_name);
    let parts = clean.rsplit_once('.').filter(|(stem, ext)| !stem.is_empty() && is_extension(ext));
    let (stem, ext) = parts.unwrap_or((&clean, ""));
    let room = NAME_MAX - if ext.is_empty() { 0 } else { ext.len() + 1 };
    Name::new(cut(stem, room), &ext.to_ascii_lowercase())
}

/// A text without what must not stand in a name.
pub(crate) fn stem(text: &str) -> String {
    // Normalised before anything is measured: what is composed may be longer.
    let text = normalized(text);
    let kept = text.chars().filter(|c| !c.is_control() && !is_misleading(*c));
    let text: String = kept.map(|c| if matches!(c, '/' | '\\') { '_' } else { c }).collect();
    trim_end(&text).trim_start().to_owned()
}

/// A name's ASCII form: other scripts are written in Latin letters, and everything but letters, digits and `-` is `-`.
pub(crate) fn sanitized(stem: &str) -> String {
    let ascii = deunicode::deunicode_with_tofu(stem, "-");
    ascii.chars().take(NAME_MAX).map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

fn is_extension(text: &str) -> bool {
    (1..=EXTENSION_MAX).contains(&text.len()) && text.chars().all(char::is_alphanumeric)
}

/// As many whole characters as fit in so many bytes, not ending in what no name ends in.
fn cut(text: &str, room: usize) -> &str {
    let end = text.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= room).last();
    let cut = &text[..end.unwrap_or(0)];
    if cut.len() < text.len() { trim_end(cut) } else { cut }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(file_name: &str) -> (String, String) {
        let name = mended(file_name).unwrap();
        (name.stem().to_owned(), name.ext().to_owned())
    }

    #[test]
    fn the_extension_stands_behind_the_last_dot_and_in_small_letters() {
        for (sent, stem, ext) in [
            ("picture.PNG", "picture", "png"),
            ("archive.tar.gz", "archive.tar", "gz"),
            ("data.weird9", "data", "weird9"),
            (".env", ".env", ""),
            ("README", "README", ""),
            ("Letter to Mr. Smith", "Letter to Mr. Smith", ""),
            (
                "\u{434}\u{43e}\u{433}\u{43e}\u{432}\u{43e}\u{440} \u{2116}5.docx",
                "\u{434}\u{43e}\u{433}\u{43e}\u{432}\u{43e}\u{440} \u{2116}5",
                "docx",
            ),
        ] {
            assert_eq!(pair(sent), (stem.to_owned(), ext.to_owned()), "{sent}");
        }
    }

    #[test]
    fn what_must_not_stand_in_a_name_is_mended_and_never_leads_anywhere() {
        for (sent, kept) in [
            ("../../etc/passwd", ".._.._etc_passwd"),
            ("a\\b.png", "a_b.png"),
            ("a\0b\u{1b}[31m.png", "ab[31m.png"),
            ("a\u{202e}gpj.exe", "agpj.exe"),
            ("name. ", "name"),
            (" name.png", "name.png"),
            ("name\u{3000}.", "name"),
        ] {
            assert_eq!(mended(sent).unwrap().full(), kept, "{sent:?}");
        }
        for nothing in ["", " ", "..", "...", "\u{200b}", "\n"] {
            assert!(mended(nothing).is_err(), "{nothing:?}");
        }
    }

    #[test]
    fn a_name_longer_than_255_bytes_is_cut_before_its_extension() {
        let long = mended(&format!("{}.png", "\u{20ac}".repeat(100))).unwrap();
        assert_eq!((long.full().len(), long.ext()), (83 * 3 + 4, "png"));
        // Each is longer once it is normalised.
        let grown = mended(&format!("{}.pdf", "\u{95c}".repeat(60))).unwrap();
        assert_eq!((grown.full().len(), grown.ext()), (41 * 6 + 3 + 4, "pdf"));
        assert_eq!(mended(&"a".repeat(255)).unwrap().full().len(), 255);
        assert_eq!(mended(&"a".repeat(256)).unwrap().full().len(), 255);
    }

    #[test]
    fn the_sanitized_form_is_ascii_and_keeps_case_and_dashes() {
        for (stem, form) in [
            ("product", "product"),
            ("Photo_96", "Photo-96"),
            ("a-B (1)", "a-B--1-"),
            ("\u{414}\u{43e}\u{433}\u{43e}\u{432}\u{43e}\u{440}", "Dogovor"),
            ("M\u{fc}ller", "Muller"),
        ] {
            assert_eq!(sanitized(stem), form);
        }
        assert!(sanitized("\u{1f600}\u{5317}\u{4eac}\u{e000}").is_ascii());
    }
}
