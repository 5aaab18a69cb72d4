//! What the files of an intake are called: a name with places that are filled when a file comes.

use crate::error::Code;
use crate::link::Record;
use crate::name::{NAME_MAX, check, normalized, trim_end};
use crate::{Error, Name, Result, Time};
use std::fmt;

/// The places of a template, and what fills them.
const PLACES: [&str; 6] = ["record", "type", "id", "name", "date", "number"];
/// Longest template, in bytes.
const TEMPLATE_MAX: usize = NAME_MAX;
/// What a file is called whose sender gave no name.
const NAMELESS: &str = "file";
/// Longest extension that is kept although nobody knows it, in bytes.
const EXT_MAX: usize = 16;

/// A name such as `{record}-passport`, whose places are filled for each file; empty for the name that was sent. The
/// extension is the sent file's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template(String);

/// The name of a file as its sender's machine gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent(Name);

impl Sent {
    /// From the text of a form. Of a path only the last part counts, and blanks and dots at its end are left out, because
    /// phones and old browsers send such. No name at all becomes `file`. What stands behind the last dot is the extension,
    /// known or not, if it is short.
    ///
    /// # Errors
    /// [`Code::NameInvalid`] for what no file may be called.
    pub fn parse(text: &str) -> Result<Sent> {
        let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
        let name = trim_end(last.trim());
        let name = Name::parse(if name.is_empty() { NAMELESS } else { name })?;
        let like_ext = |ext: &str| ext.len() <= EXT_MAX && ext.bytes().all(|b| b.is_ascii_alphanumeric());
        match name.full().rsplit_once('.') {
            Some((stem, ext)) if name.ext().is_empty() && !stem.is_empty() && like_ext(ext) => {
                Name::new(stem, ext).map(Sent)
            }
            _ => Ok(Sent(name)),
        }
    }

    /// The name.
    pub fn name(&self) -> &Name {
        &self.0
    }
}

impl Template {
    /// A template from a request.
    ///
    /// # Errors
    /// `Invalid` at `file_name` that says which place is not known, or why no file can be called so.
    pub fn parse(text: &str) -> Result<Template> {
        let fault = |why: String| Error::refuse(Code::NameInvalid, "file_name", why);
        if text.is_empty() {
            return Ok(Template::default());
        }
        if text.len() > TEMPLATE_MAX {
            return Err(fault(format!("a template has at most {TEMPLATE_MAX} bytes")));
        }
        let known = || PLACES.map(|place| format!("{{{place}}}")).join(", ");
        let plain = fill(text, |place| PLACES.contains(&place).then(|| String::from("x")))
            .map_err(|place| fault(format!("'{{{place}}}' is no place of a template; known are {}", known())))?;
        match check(&plain) {
            Ok(plain) if !plain.contains('{') && !plain.contains('}') => Ok(Template(text.to_owned())),
            Ok(_) => Err(fault(format!("braces stand around places alone; known are {}", known()))),
            Err(Error::Invalid { why, .. }) => Err(fault(why)),
            Err(error) => Err(error),
        }
    }

    /// From the stored text.
    pub fn stored(text: String) -> Template {
        Template(text)
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of file `number` of an intake for `record`; `ext` is its extension where the sent name has none.
    ///
    /// # Errors
    /// [`Code::NameInvalid`] when what the places are filled with makes no name.
    pub fn name(&self, record: &Record, sent: &Sent, number: u64, now: Time, ext: &str) -> Result<Name> {
        let ext = if sent.0.ext().is_empty() { ext } else { sent.0.ext() };
        if self.0.is_empty() {
            return Name::new(sent.0.stem(), ext);
        }
        let filled = fill(&self.0, |place| {
            Some(match place {
                "record" => format!("{}-{}", record.kind(), record.id()),
                "type" => record.kind().to_owned(),
                "id" => record.id().to_owned(),
                "name" => sent.0.stem().to_owned(),
                "date" => now.rfc3339_millis().chars().take(10).collect(),
                "number" => number.to_string(),
                _ => return None,
            })
        });
        let filled = filled.map_err(|place| Error::invalid("file_name", format!("'{{{place}}}' is no place")))?;
        Name::new(&fitted(&filled, ext), ext)
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// As much of a stem as a name with this extension has room for, not ending in what no name ends in.
fn fitted(stem: &str, ext: &str) -> String {
    let room = NAME_MAX.saturating_sub(if ext.is_empty() { 0 } else { ext.len() + 1 });
    // Normalised before it is measured: what is composed may be longer.
    let stem = normalized(stem);
    let cut = &stem[..stem.floor_char_boundary(room)];
    if ext.is_empty() { trim_end(cut).to_owned() } else { cut.to_owned() }
}

/// `text` with its places filled.
///
/// # Errors
/// The name of the first place that `with` knows nothing for.
fn fill(text: &str, with: impl Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((place, after)) = after.split_once('}') else { break };
        filled.push_str(before);
        filled.push_str(&with(place).ok_or_else(|| place.to_owned())?);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(template: &str, sent: &str) -> String {
        let record = Record::new("contact", "42").unwrap();
        let template = Template::parse(template).unwrap();
        let at = Time::from_millis(1_800_000_000_000);
        template.name(&record, &Sent::parse(sent).unwrap(), 3, at, "bin").unwrap().full().to_owned()
    }

    #[test]
    fn every_place_is_filled_and_the_sent_extension_is_kept() {
        for (template, sent, name) in [
            ("", "Scan 1.PDF", "Scan 1.PDF"),
            ("{record}-passport", "IMG_0001.jpg", "contact-42-passport.jpg"),
            ("{type} {id}", "a.png", "contact 42.png"),
            ("{name} of {record}", "lease.v2.docx", "lease.v2 of contact-42.docx"),
            ("{date}_{number}", "x.txt", "2027-01-15_3.txt"),
            ("passport", "x.txt", "passport.txt"),
            ("v1.0", "x.txt", "v1.0.txt"),
            ("{record}", "nameless", "contact-42.bin"),
            ("{record}", "data.weird9", "contact-42.weird9"),
            ("{record}", "see it. Soon, please", "contact-42.bin"),
        ] {
            assert_eq!(named(template, sent), name, "{template}");
        }
    }

    #[test]
    fn what_a_sender_calls_a_file_is_never_read_as_a_place() {
        assert_eq!(named("{name}", "{record}.txt"), "{record}.txt");
        assert_eq!(named("", "{id}.txt"), "{id}.txt");
    }

    #[test]
    fn names_of_phones_and_old_browsers_are_made_good() {
        for (sent, name) in [
            ("C:\\fakepath\\scan.pdf", "scan.pdf"),
            ("/sdcard/DCIM/1.jpg", "1.jpg"),
            ("photo.jpg ", "photo.jpg"),
            ("report...", "report"),
            ("", "file"),
            ("..", "file"),
            ("cafe\u{301}.txt", "caf\u{e9}.txt"),
        ] {
            assert_eq!(Sent::parse(sent).unwrap().name().full(), name, "{sent:?}");
        }
        for bad in ["a\0b.txt", "a\u{202e}gpj.exe", "a\nb", &format!("{}.txt", "a".repeat(NAME_MAX))] {
            assert!(Sent::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_filled_name_is_as_long_as_a_name_may_be() {
        let long = format!("{}.txt", "a".repeat(NAME_MAX - 4));
        assert_eq!(named("{name}-{record}", &long).len(), NAME_MAX);
        assert!(named("{name}-{record}", &long).ends_with("aaa.txt"));
    }

    #[test]
    fn a_template_names_known_places_alone_and_makes_a_name() {
        for bad in
            ["{recrod}", "{}", "{name", "name}", "a/b", "{{name}}", "a\\b", "a\u{202e}", ".", "x ", &"a".repeat(256)]
        {
            let error = Template::parse(bad).unwrap_err();
            assert!(error.to_string().starts_with("file_name: "), "{bad}: {error}");
        }
        assert!(Template::parse("{recrod}").unwrap_err().to_string().contains("{record}, {type}"));
        assert_eq!(Template::parse(&"a".repeat(TEMPLATE_MAX)).unwrap().as_str().len(), TEMPLATE_MAX);
    }
}
