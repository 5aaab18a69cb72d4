//! Which kinds of file an intake takes: media types, groups of them, and extensions.

use crate::error::Code;
use crate::{Error, Result};

/// Most entries of a list.
const ENTRIES_MAX: usize = 50;
/// Longest entry, in bytes.
const ENTRY_MAX: usize = 100;
/// What says nothing of what a file is.
const UNKNOWN: &str = "application/octet-stream";

/// Other names of media types, as machines send them, and those that count here.
const SAME: [(&str, &str); 12] = [
    ("application/x-gzip", "application/gzip"),
    ("application/x-pdf", "application/pdf"),
    ("application/x-rar-compressed", "application/vnd.rar"),
    ("application/x-zip-compressed", "application/zip"),
    ("audio/m4a", "audio/mp4"),
    ("audio/mp3", "audio/mpeg"),
    ("audio/wave", "audio/wav"),
    ("audio/x-m4a", "audio/mp4"),
    ("audio/x-wav", "audio/wav"),
    ("image/heif", "image/heic"),
    ("image/jpg", "image/jpeg"),
    ("image/x-png", "image/png"),
];

/// A list of media types (`application/pdf`), groups (`image/*`) and extensions (`.docx`). An empty one takes everything.
///
/// `image/*` does not take SVG, which may hold scripts: it must be named itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accepted(Vec<String>);

impl Accepted {
    /// A list from a request.
    ///
    /// # Errors
    /// `Invalid` at `types[n]` that says what would be right; [`Code::ListTooLong`].
    pub fn parse<S: AsRef<str>>(entries: &[S]) -> Result<Accepted> {
        if entries.len() > ENTRIES_MAX {
            let why = format!("at most {ENTRIES_MAX} types can be named");
            return Err(Error::refuse(Code::ListTooLong, "types", why));
        }
        let mut list = Vec::with_capacity(entries.len());
        for (at, entry) in entries.iter().enumerate() {
            let entry = canonical(entry.as_ref());
            if !is_entry(&entry) {
                let why = "it is a media type, a group or an extension, such as application/pdf, image/* or .docx";
                return Err(Error::refuse(Code::TypeInvalid, format!("types[{at}]"), why));
            }
            if !list.contains(&entry) {
                list.push(entry);
            }
        }
        Ok(Accepted(list))
    }

    /// From the stored text.
    pub fn stored(text: &str) -> Accepted {
        Accepted(text.split_ascii_whitespace().map(str::to_owned).collect())
    }

    /// The stored text: the entries joined by blanks.
    pub fn to_text(&self) -> String {
        self.0.join(" ")
    }

    /// The entries.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether everything may come.
    pub fn is_all(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a file may be worth reading by what its sender says of it: its declared type and its extension.
    pub fn may_take(&self, declared: Option<&str>, ext: &str) -> bool {
        self.is_all() || self.has_ext(ext) || said(declared).is_none_or(|declared| self.has_type(&declared))
    }

    /// Whether a file may come: what its sender says of it (if that says anything) and what its bytes are must both be in
    /// the list, or its extension is and the bytes are nothing that it does not stand for.
    pub fn takes(&self, declared: Option<&str>, found: &str, ext: &str) -> bool {
        let found = canonical(found);
        self.is_all()
            || (self.has_ext(ext) && stands_for(ext, &found))
            || (self.has_type(&found) && said(declared).is_none_or(|declared| self.has_type(&declared)))
    }

    fn has_ext(&self, ext: &str) -> bool {
        let ext = format!(".{}", ext.to_ascii_lowercase());
        ext.len() > 1 && self.0.contains(&ext)
    }

    fn has_type(&self, media_type: &str) -> bool {
        let group = media_type.split_once('/').map_or("", |(group, _)| group);
        self.0.iter().any(|entry| match entry.strip_suffix("/*") {
            Some(wanted) => wanted == group && media_type != "image/svg+xml",
            None => entry == media_type,
        })
    }
}

/// The declared type, where it says anything.
fn said(declared: Option<&str>) -> Option<String> {
    declared.map(canonical).filter(|declared| !declared.is_empty() && declared != UNKNOWN)
}

/// A media type without its parameters, in the one spelling that is compared.
fn canonical(text: &str) -> String {
    let text = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match SAME.iter().find(|(other, _)| *other == text) {
        Some((_, name)) => (*name).to_owned(),
        None => text,
    }
}

fn is_entry(entry: &str) -> bool {
    let token =
        |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b));
    let fits = match (entry.strip_prefix('.'), entry.split_once('/')) {
        (Some(ext), None) => !ext.is_empty() && ext.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-+".contains(&b)),
        (_, Some((group, sub))) => token(group) && (token(sub) || sub == "*"),
        (None, None) => false,
    };
    fits && entry.len() <= ENTRY_MAX
}

/// Whether bytes that were found to be `found` can be what the extension promises: a picture, sound or film is told by its
/// bytes, so one that is not, is not one.
fn stands_for(ext: &str, found: &str) -> bool {
    let group = |media_type: &str| match media_type.split_once('/').map(|(group, _)| group) {
        Some("image") => 1,
        Some("audio" | "video") => 2,
        _ => 0,
    };
    match mime_guess::from_ext(ext).first_raw().map(group) {
        None | Some(0) => group(found) == 0,
        Some(promised) => promised == group(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &[&str]) -> Accepted {
        Accepted::parse(entries).unwrap()
    }

    #[test]
    fn said_and_found_must_both_be_in_the_list() {
        let pictures = list(&["image/*", "application/pdf"]);
        assert!(pictures.takes(Some("image/png"), "image/png", "png"));
        assert!(pictures.takes(Some("IMAGE/JPG"), "image/jpeg", "jpg"));
        assert!(pictures.takes(Some("application/pdf; x=y"), "application/pdf", "pdf"));
        assert!(!pictures.takes(Some("image/png"), "text/html", "html"), "a page that calls itself a picture");
        assert!(!pictures.takes(Some("image/png"), "application/octet-stream", "png"), "a page renamed to a picture");
        assert!(!pictures.takes(Some("text/html"), "image/png", "png"), "a picture that calls itself a page");
    }

    #[test]
    fn a_sender_who_says_nothing_is_judged_by_the_bytes_alone() {
        let pictures = list(&["image/heic"]);
        for nothing in [None, Some(""), Some("application/octet-stream")] {
            assert!(pictures.takes(nothing, "image/heif", "heic"));
            assert!(!pictures.takes(nothing, "application/zip", "heic"));
            assert!(pictures.may_take(nothing, ""));
        }
        assert!(!pictures.may_take(Some("text/html"), "html"));
    }

    #[test]
    fn an_extension_is_enough_unless_the_bytes_speak_against_it() {
        let words = list(&[".docx", ".csv", ".png"]);
        assert!(words.takes(Some("application/vnd.ms-excel"), "text/csv", "CSV"));
        assert!(words.takes(None, "application/zip", "docx"));
        assert!(!words.takes(None, "image/png", "docx"), "a picture is no text");
        assert!(!words.takes(Some("image/png"), "application/octet-stream", "png"), "a page renamed to a picture");
        assert!(words.takes(Some("image/png"), "image/png", "png"));
        assert!(!words.takes(None, "text/csv", "txt"));
    }

    #[test]
    fn a_group_of_pictures_leaves_drawings_with_scripts_out() {
        assert!(!list(&["image/*"]).takes(Some("image/svg+xml"), "image/svg+xml", "svg"));
        assert!(list(&["image/svg+xml"]).takes(Some("image/svg+xml"), "image/svg+xml", "svg"));
    }

    #[test]
    fn an_empty_list_takes_everything() {
        assert!(list(&[]).takes(Some("text/html"), "text/html", "html") && list(&[]).may_take(None, ""));
    }

    #[test]
    fn entries_are_kept_as_they_are_compared() {
        let kept = list(&["Image/*", "image/*", ".DOCX", "image/jpg"]);
        assert_eq!(kept.to_text(), "image/* .docx image/jpeg");
        assert_eq!(Accepted::stored(&kept.to_text()), kept);
        assert_eq!(Accepted::stored(""), list(&[]));
    }

    #[test]
    fn an_entry_that_is_none_is_refused_with_its_place() {
        for bad in ["", "*", "*/*", "pdf", ".", "image/", "/png", "a b/c", "image/png,text/html", ".d/x y", ".tar.gz"] {
            let error = Accepted::parse(&["image/*", bad]).unwrap_err();
            assert!(error.to_string().starts_with("types[1]"), "{bad}: {error}");
        }
        assert!(Accepted::parse(&[".a"; ENTRIES_MAX]).is_ok());
        assert!(Accepted::parse(&[".a"; ENTRIES_MAX + 1]).is_err());
    }
}
