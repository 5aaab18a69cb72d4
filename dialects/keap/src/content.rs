//! A file's bytes as an answer, the same wherever they are asked for: typed by the extension of the name that is shown.

use attache_core::Content;
use attache_http::serve::{self, Cache, Show, Tag};
use attache_model::limits::Limits;
use http::HeaderMap;

/// What a name without a known extension is.
const UNKNOWN: &str = "application/octet-stream";

/// The longest content that a file may have, in bytes, on every surface.
pub(crate) fn longest(limits: &Limits) -> u64 {
    limits.keap_file_bytes.min(limits.file_bytes)
}

/// What is told about a file's content.
pub(crate) fn told(content: &Content, show: Show) -> serve::Content {
    let name = content.file.title().full();
    serve::Content {
        len: content.version.size,
        tag: Tag::new(&content.version.sha256.to_string()),
        last_modified: content.version.created_at,
        media_type: media_type(name).to_owned(),
        name: name.to_owned(),
        show,
        cache: Cache::Ask,
        embed: false,
        sha256: Some(content.version.sha256),
        headers: HeaderMap::new(),
    }
}

/// The type that a name's extension tells.
fn media_type(name: &str) -> &'static str {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    mime_guess::from_ext(extension).first_raw().unwrap_or(UNKNOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c10_the_extension_tells_the_type() {
        for (name, kind) in [
            ("report.pdf", "application/pdf"),
            ("REPORT.PDF", "application/pdf"),
            ("a.b.png", "image/png"),
            ("notes.txt", "text/plain"),
            ("notes.nobody-knows", UNKNOWN),
            ("README", UNKNOWN),
            ("", UNKNOWN),
        ] {
            assert_eq!(media_type(name), kind, "{name}");
        }
    }
}
