//! Names for files whose client did not give a complete one.

use crate::plan::NewName;
use crate::sniff;
use attache_model::media::is_known_extension;
use attache_model::{Name, Result};

/// How many hex digits of the content's MD5 make a name where there is none.
const GENERATED_DIGITS: usize = 12;

/// The name that a plan comes to for this content.
///
/// The text to start from is the name asked for, else the part's, else the first digits of the MD5. What stands behind
/// its last dot is its extension only if the part has the same one or it is a known one. Without one, it takes the
/// part's, else the one that the content's signature stands for.
///
/// # Errors
/// `Code::NameInvalid`, as `attache_model::name::check`.
pub(crate) fn resolve(plan: &NewName, head: &[u8], md5_hex: &str) -> Result<Name> {
    let (given, part) = match plan {
        NewName::Exact(name) => return Ok(name.clone()),
        NewName::Derived { given, part } => (filled(given), filled(part)),
    };
    let part_ext = part.and_then(split).map(|(_, ext)| ext);
    let text = given.or(part).unwrap_or(&md5_hex[..GENERATED_DIGITS]);
    let own = split(text)
        .filter(|(_, ext)| is_known_extension(ext) || part_ext.is_some_and(|part| part.eq_ignore_ascii_case(ext)));
    let (stem, ext) = own.unwrap_or_else(|| (text, part_ext.unwrap_or_else(|| sniffed(head))));
    Name::new(stem, &ext.to_ascii_lowercase())
}

fn filled(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !text.is_empty())
}

fn sniffed(head: &[u8]) -> &'static str {
    sniff::extension(head).unwrap_or_default()
}

/// Stem and extension at the last dot; a leading dot begins a name, not an extension.
fn split(text: &str) -> Option<(&str, &str)> {
    text.rsplit_once('.').filter(|(stem, ext)| !stem.is_empty() && !ext.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MD5: &str = "d41d8cd98f00b204e9800998ecf8427e";

    fn name(given: Option<&str>, part: Option<&str>, head: &[u8]) -> (String, String) {
        let plan = NewName::Derived { given: given.map(str::to_owned), part: part.map(str::to_owned) };
        let name = resolve(&plan, head, MD5).unwrap();
        (name.stem().to_owned(), name.ext().to_owned())
    }

    fn pair(stem: &str, ext: &str) -> (String, String) {
        (stem.to_owned(), ext.to_owned())
    }

    #[test]
    fn a_repeated_extension_is_not_doubled_and_a_bare_name_takes_the_parts() {
        assert_eq!(name(Some("photo.jpg"), Some("photo.jpg"), b""), pair("photo", "jpg"));
        assert_eq!(name(Some("name_in_hubspot"), Some("file.jpeg"), b""), pair("name_in_hubspot", "jpeg"));
        assert_eq!(name(None, Some("Scan.PDF"), b""), pair("Scan", "pdf"));
    }

    #[test]
    fn an_unknown_ending_belongs_to_the_name_unless_the_part_has_it_too() {
        assert_eq!(name(Some("report.final"), Some("x.pdf"), b""), pair("report.final", "pdf"));
        assert_eq!(name(Some("data.weird9"), Some("raw.weird9"), b""), pair("data", "weird9"));
    }

    #[test]
    fn without_any_name_the_content_gives_one() {
        assert_eq!(name(None, None, b"\x89PNG\r\n\x1a\n"), pair("d41d8cd98f00", "png"));
        assert_eq!(name(Some(""), None, b"text"), pair("d41d8cd98f00", ""));
    }

    #[test]
    fn leading_dots_begin_a_name() {
        assert_eq!(name(Some(".env"), None, b"x"), pair(".env", ""));
    }
}
