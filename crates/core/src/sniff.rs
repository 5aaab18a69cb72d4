//! What bytes are: media type, kind, extension and picture size, from the content first and the name second. What a
//! client declares is only believed where neither tells.

use attache_model::media::Kind;
use attache_model::{Error, Result, error::Code};

/// What was found out about a content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) media_type: String,
    pub(crate) kind: Kind,
    pub(crate) encoding: Option<String>,
    pub(crate) width: Option<u32>,
    pub(crate) height: Option<u32>,
}

/// What is known before looking.
pub(crate) struct Hints<'a> {
    /// The first bytes, up to 64 KiB.
    pub(crate) head: &'a [u8],
    /// The file's extension, lower case, `""` for none.
    pub(crate) ext: &'a str,
    /// The declared media type.
    pub(crate) declared: Option<&'a str>,
    /// The declared charset.
    pub(crate) charset: Option<&'a str>,
}

const FALLBACK: &str = "application/octet-stream";

/// Looks at a content.
pub(crate) fn look(hints: &Hints<'_>) -> Facts {
    let signature = infer::get(hints.head).filter(|found| is_binary(found.mime_type()));
    let by_name = mime_guess::from_ext(hints.ext).first_raw();
    let declared = hints.declared.map(|declared| essence(declared).to_ascii_lowercase());
    let media_type = match signature.map(|found| found.mime_type()) {
        // An office document is a ZIP inside, and the name says which.
        Some("application/zip") if by_name.is_some_and(is_zip_based) => by_name.unwrap_or(FALLBACK).to_owned(),
        Some(found) => found.to_owned(),
        // A name that promises a picture the bytes are not is not believed.
        None => by_name
            .filter(|guess| !guess.starts_with("image/") || *guess == "image/svg+xml" || hints.head.is_empty())
            .or(declared.as_deref().filter(|declared| !declared.starts_with("image/")))
            .unwrap_or(FALLBACK)
            .to_owned(),
    };
    // What a file is grouped under may follow its name; what it is served as may not.
    let kind = if signature.is_none() { by_name.map_or(kind_of(&media_type), kind_of) } else { kind_of(&media_type) };
    let size = (kind == Kind::Image).then(|| imagesize::blob_size(hints.head).ok()).flatten();
    let side = |pixels: usize| u32::try_from(pixels).ok();
    Facts {
        encoding: match kind {
            Kind::Image => signature.map(|found| found.extension().to_owned()),
            _ if is_text(&media_type) => hints.charset.map(str::to_owned),
            _ => None,
        },
        width: size.and_then(|size| side(size.width)),
        height: size.and_then(|size| side(size.height)),
        media_type,
        kind,
    }
}

/// The extension that a binary signature in `head` stands for; `None` for text and unknown bytes.
pub(crate) fn extension(head: &[u8]) -> Option<&'static str> {
    infer::get(head).filter(|found| is_binary(found.mime_type())).map(|found| found.extension())
}

/// Checks that a declared media type is one `type/subtype`, with parameters or without.
///
/// # Errors
/// [`Code::HeaderInvalid`] for control characters, [`Code::TypeInvalid`] for anything else that is not one type.
pub fn check_type(declared: &str) -> Result<()> {
    if declared.chars().any(char::is_control) {
        return Err(Error::malformed(Code::HeaderInvalid, "content-type", "it must not contain control characters"));
    }
    let token = |text: &str| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+*'`|~%".contains(&b))
    };
    match essence(declared).split_once('/') {
        Some((kind, sub)) if token(kind) && token(sub) && declared.len() <= 255 => Ok(()),
        _ => Err(Error::refuse(Code::TypeInvalid, "content-type", "it is one type/subtype, such as image/png")),
    }
}

/// A media type without its parameters.
fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

/// Text formats have no signature that can be trusted: whatever begins with `<` may be anything.
fn is_binary(media_type: &str) -> bool {
    !media_type.starts_with("text/") && !matches!(media_type, "application/xml" | "image/svg+xml")
}

fn is_text(media_type: &str) -> bool {
    media_type.starts_with("text/") || matches!(media_type, "application/json" | "application/xml" | "image/svg+xml")
}

fn is_zip_based(media_type: &str) -> bool {
    media_type.starts_with("application/vnd.")
        || matches!(media_type, "application/epub+zip" | "application/java-archive")
}

fn kind_of(media_type: &str) -> Kind {
    const DOCUMENTS: &[&str] = &[
        "application/pdf",
        "application/rtf",
        "application/msword",
        "application/epub+zip",
        "application/json",
        "application/xml",
    ];
    match media_type.split_once('/') {
        Some(("image", _)) => Kind::Image,
        Some(("audio", _)) => Kind::Audio,
        Some(("video", _)) => Kind::Video,
        Some(("text", _)) => Kind::Document,
        _ if DOCUMENTS.contains(&media_type)
            || media_type.starts_with("application/vnd.ms-")
            || media_type.starts_with("application/vnd.openxmlformats-officedocument")
            || media_type.starts_with("application/vnd.oasis.opendocument") =>
        {
            Kind::Document
        }
        _ => Kind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(head: &[u8], ext: &str, declared: Option<&str>) -> Facts {
        look(&Hints { head, ext, declared, charset: Some("UTF-8") })
    }

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x02\x08\x02\0\0\0";

    #[test]
    fn bytes_win_over_the_name_and_the_declaration() {
        let found = facts(PNG, "txt", Some("text/html"));
        assert_eq!((found.media_type.as_str(), found.kind), ("image/png", Kind::Image));
        assert_eq!((found.width, found.height, found.encoding.as_deref()), (Some(3), Some(2), Some("png")));
    }

    #[test]
    fn a_script_that_calls_itself_a_picture_is_not_served_as_one() {
        let found = facts(b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "png", Some("image/png"));
        assert_eq!((found.media_type.as_str(), found.kind), (FALLBACK, Kind::Image));
        assert_eq!((found.encoding, found.width), (None, None));
        assert_eq!(facts(b"<html>", "", Some("Image/PNG")).media_type, FALLBACK);
    }

    #[test]
    fn names_tell_where_bytes_do_not() {
        assert_eq!(facts(b"a,b\n", "csv", None).kind, Kind::Document);
        assert_eq!(facts(b"a,b\n", "csv", None).encoding.as_deref(), Some("UTF-8"));
        assert_eq!(facts(b"x", "", Some("Text/Plain; charset=x")).media_type, "text/plain");
        assert_eq!(facts(b"PK\x03\x04rest", "docx", None).kind, Kind::Document);
        assert_eq!(facts(b"", "", None).media_type, FALLBACK);
    }

    #[test]
    fn only_binary_signatures_give_an_extension() {
        assert_eq!(extension(PNG), Some("png"));
        assert_eq!(extension(b"<html></html>"), None);
        assert_eq!(extension(b"plain"), None);
    }

    #[test]
    fn a_declared_type_is_exactly_one() {
        assert!(check_type("text/plain; charset=utf-8").is_ok());
        assert!(check_type("image/png, text/html").is_err());
        assert!(check_type("image/png\r\nX-Evil: 1").is_err());
        assert!(check_type("image").is_err());
    }
}
