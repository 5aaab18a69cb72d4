//! Whether a browser may show some content, and under which type and name it leaves.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// How content may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// Always as a download.
    Download,
    /// In the browser where it is on the short list of harmless types (PNG, JPEG, GIF, WebP, AVIF, plain text, common
    /// sound and film), else as a download.
    Inline,
    /// As [`Show::Inline`], and pages, scripts and styles are shown as plain text: hosted files whose URLs people open.
    AsPlainText,
}

/// The outward form of some content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) media_type: String,
    pub(super) inline: bool,
}

/// Types that a browser shows and never runs. `text/plain` is added with its charset.
const SHOWN: &[&str] = &[
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/avif",
    "audio/mpeg",
    "audio/mp4",
    "audio/ogg",
    "audio/wav",
    "audio/x-wav",
    "audio/webm",
    "audio/flac",
    "audio/aac",
    "video/mp4",
    "video/webm",
    "video/ogg",
    "video/quicktime",
];

/// Types beside pictures, sound, film and fonts that keep their name in a download, because nothing runs them there.
const KEPT: &[&str] = &[
    "text/csv",
    "text/markdown",
    "text/calendar",
    "text/vcard",
    "text/tab-separated-values",
    "application/pdf",
    "application/json",
    "application/zip",
    "application/gzip",
    "application/x-tar",
    "application/x-7z-compressed",
    "application/vnd.rar",
    "application/rtf",
    "application/msword",
    "application/postscript",
];

/// Text that browsers run or apply, and that [`Show::AsPlainText`] shows instead.
const SCRIPTED: &[&str] = &[
    "text/html",
    "application/xhtml+xml",
    "text/javascript",
    "application/javascript",
    "application/x-javascript",
    "application/ecmascript",
    "text/ecmascript",
    "text/css",
    "text/xml",
    "application/xml",
    "application/json",
    "text/csv",
    "text/markdown",
];

/// Charsets in which no text means a script to one reader and plain words to another.
const CHARSETS: &[&str] = &[
    "utf-8",
    "us-ascii",
    "iso-8859-1",
    "iso-8859-2",
    "iso-8859-5",
    "iso-8859-15",
    "windows-1250",
    "windows-1251",
    "windows-1252",
    "windows-1254",
    "koi8-r",
    "shift_jis",
    "euc-jp",
    "euc-kr",
    "gbk",
    "gb18030",
    "big5",
];
const UNKNOWN: &str = "application/octet-stream";

/// Decides by allow-lists: a type that nobody thought of leaves as unnamed bytes to be saved.
pub(super) fn form(media_type: &str, show: Show) -> Form {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let inline = |media_type: &str| Form { media_type: media_type.to_owned(), inline: show != Show::Download };
    match essence.as_str() {
        "text/plain" => inline(&plain_text(media_type)),
        kind if SHOWN.contains(&kind) => inline(kind),
        kind if show == Show::AsPlainText && SCRIPTED.contains(&kind) => inline(&plain_text(media_type)),
        kind if is_kept(kind) => Form { media_type: kind.to_owned(), inline: false },
        _ => Form { media_type: UNKNOWN.to_owned(), inline: false },
    }
}

/// Plain text in the charset that `media_type` names, if it is a harmless one; else in UTF-8.
fn plain_text(media_type: &str) -> String {
    let named = media_type.split(';').skip(1).find_map(|part| {
        let (key, value) = part.split_once('=')?;
        key.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"').to_ascii_lowercase())
    });
    let charset = named.as_deref().filter(|named| CHARSETS.contains(named)).unwrap_or("utf-8");
    format!("text/plain; charset={charset}")
}

/// Anything with XML in it can carry scripts or style sheets, SVG first of all; it is never kept.
fn is_kept(kind: &str) -> bool {
    let Some((group, name)) = kind.split_once('/') else { return false };
    let plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_+".contains(&b));
    let markup = name.contains("xml") || name.contains("svg") || name.contains("html");
    plain
        && !kind.ends_with("+xml")
        && match group {
            "image" | "audio" | "video" | "font" => !markup,
            // The Office formats have "openxmlformats" in their names and are archives.
            "application" if name.starts_with("vnd.") => !name.contains("html") && !name.contains("svg"),
            _ => KEPT.contains(&kind),
        }
}

/// `Content-Disposition` of RFC 6266: the name in ASCII for old readers, and in full for all others.
pub fn disposition(inline: bool, name: &str) -> String {
    /// RFC 8187's `attr-char`.
    const ATTR: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'!')
        .remove(b'#')
        .remove(b'$')
        .remove(b'&')
        .remove(b'+')
        .remove(b'-')
        .remove(b'.')
        .remove(b'^')
        .remove(b'_')
        .remove(b'`')
        .remove(b'|')
        .remove(b'~');
    let kind = if inline { "inline" } else { "attachment" };
    let plain = fallback(name);
    if plain == name {
        return format!("{kind}; filename=\"{plain}\"");
    }
    format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(name, ATTR))
}

/// The name with `_` for everything that readers of a quoted string disagree on.
fn fallback(name: &str) -> String {
    let safe = |c: char| c == ' ' || c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%' | '/');
    let plain: String = name.chars().map(|c| if safe(c) { c } else { '_' }).collect();
    if plain.is_empty() { "file".to_owned() } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmless_types_are_shown() {
        for kind in ["image/png", "IMAGE/PNG", "video/mp4", "audio/mpeg"] {
            assert!(form(kind, Show::Inline).inline, "{kind}");
            assert!(!form(kind, Show::Download).inline, "{kind}");
        }
    }

    #[test]
    fn plain_text_keeps_a_harmless_charset_and_is_utf_8_otherwise() {
        for (told, shown) in [
            ("text/plain", "text/plain; charset=utf-8"),
            ("text/plain; charset=ISO-8859-1", "text/plain; charset=iso-8859-1"),
            ("text/plain; charset=utf-7", "text/plain; charset=utf-8"),
            ("text/plain; charset=\"utf-8\"; x=y", "text/plain; charset=utf-8"),
        ] {
            assert_eq!(form(told, Show::Inline).media_type, shown, "{told}");
        }
    }

    #[test]
    fn types_that_a_browser_runs_leave_as_unnamed_downloads() {
        for kind in [
            "text/html",
            "image/svg+xml",
            "IMAGE/SVG+XML",
            "application/xhtml+xml",
            "application/xml",
            "text/xml",
            "application/mathml+xml",
            "application/vnd.wap.xhtml+xml",
            "application/javascript",
            "text/css",
            "multipart/x-mixed-replace",
            "message/rfc822",
            "application/x-shockwave-flash",
            "image/png\r\nX-Evil: 1",
            "image/png, text/html",
            "",
            "nonsense",
        ] {
            let unknown = Form { media_type: UNKNOWN.to_owned(), inline: false };
            assert_eq!(form(kind, Show::Inline), unknown, "{kind:?}");
        }
    }

    #[test]
    fn documents_keep_their_type_as_downloads() {
        for kind in [
            "application/pdf",
            "text/csv",
            "image/tiff",
            "font/woff2",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.ms-excel",
        ] {
            assert_eq!(form(kind, Show::Inline), Form { media_type: kind.to_owned(), inline: false });
        }
    }

    #[test]
    fn hosted_pages_and_scripts_are_shown_as_text_and_never_run() {
        for kind in ["text/html", "application/javascript", "text/css", "application/json"] {
            let text = Form { media_type: "text/plain; charset=utf-8".to_owned(), inline: true };
            assert_eq!(form(kind, Show::AsPlainText), text, "{kind}");
        }
        assert!(!form("image/svg+xml", Show::AsPlainText).inline);
    }

    #[test]
    fn a_name_cannot_end_its_place_in_the_header() {
        assert_eq!(disposition(false, "lease 2026.pdf"), "attachment; filename=\"lease 2026.pdf\"");
        assert_eq!(
            disposition(false, "a\";filename=\"b.html"),
            "attachment; filename=\"a_;filename=_b.html\"; filename*=UTF-8''a%22%3Bfilename%3D%22b.html"
        );
        assert_eq!(
            disposition(true, "\u{e4}\u{1f600}.png"),
            "inline; filename=\"__.png\"; filename*=UTF-8''%C3%A4%F0%9F%98%80.png"
        );
        assert_eq!(
            disposition(false, "a\r\nX: b"),
            "attachment; filename=\"a__X: b\"; filename*=UTF-8''a%0D%0AX%3A%20b"
        );
        assert_eq!(disposition(false, ""), "attachment; filename=\"file\"; filename*=UTF-8''");
    }
}
