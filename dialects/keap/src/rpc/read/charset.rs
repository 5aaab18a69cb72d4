//! How a document is written: its mark, its declaration, and its bytes as UTF-8. Clients declare UTF-8, US-ASCII and
//! ISO-8859-1; nothing else is read.

use super::{broken, malformed, premature};
use attache_model::{Error, Result};
use memchr::memmem;
use quick_xml::events::Event;

/// How every declaration begins.
const DECLARATION: &[u8] = b"<?xml";
/// The mark that may stand before UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";
/// As many bytes tell whether there is a mark, and whether it is one of UTF-16.
const SIGN_BYTES: usize = 4;
/// Longest declaration.
const DECLARATION_BYTES: usize = 1 << 10;

/// An encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Charset {
    Utf8,
    Latin1,
}

/// What stands before the document itself.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) charset: Charset,
    /// Bytes of it.
    pub(super) len: usize,
}

/// Whether so much of a document has come that its head can be told.
pub(super) fn is_decided(raw: &[u8]) -> bool {
    if raw.len() < SIGN_BYTES {
        return false;
    }
    let rest = raw.strip_prefix(MARK).unwrap_or(raw);
    if rest.len() <= DECLARATION.len() {
        return !DECLARATION.starts_with(&rest[..rest.len().min(DECLARATION.len())]);
    }
    !is_declared(rest) || rest.len() >= DECLARATION_BYTES || memmem::find(rest, b"?>").is_some()
}

/// Reads the head of a document that begins with `raw`.
pub(super) fn head(raw: &[u8]) -> Result<Head> {
    if [&b"\xfe\xff"[..], b"\xff\xfe", b"\0<", b"<\0"].iter().any(|sign| raw.starts_with(sign)) {
        return Err(not_read("UTF-16"));
    }
    let rest = raw.strip_prefix(MARK).unwrap_or(raw);
    let marked = raw.len() - rest.len();
    if !is_declared(rest) {
        return Ok(Head { charset: Charset::Utf8, len: marked });
    }
    let end = memmem::find(rest, b"?>").map(|at| at + 2).filter(|end| *end <= DECLARATION_BYTES);
    let Some(end) = end else {
        if rest.len() < DECLARATION_BYTES {
            return Err(premature());
        }
        return Err(malformed(format_args!("the declaration is longer than {DECLARATION_BYTES} bytes")));
    };
    let declaration = str::from_utf8(&rest[..end]).ok().filter(|text| text.bytes().all(is_plain));
    let declaration = declaration.ok_or_else(|| malformed("the declaration cannot be read"))?;
    Ok(Head { charset: declared(declaration)?, len: marked + end })
}

fn is_declared(rest: &[u8]) -> bool {
    rest.strip_prefix(DECLARATION).is_some_and(|rest| rest.first().is_some_and(u8::is_ascii_whitespace))
}

/// What declarations are written with.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_graphic() || matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// The encoding that a declaration names.
fn declared(declaration: &str) -> Result<Charset> {
    let Event::Decl(declaration) = quick_xml::Reader::from_str(declaration).read_event().map_err(broken)? else {
        return Err(malformed("the declaration cannot be read"));
    };
    let version = declaration.version().map_err(broken)?;
    if !version.starts_with("1.") {
        return Err(malformed(format_args!("XML of version {version} is not read, but of 1.0")));
    }
    let Some(name) = declaration.encoding().transpose().map_err(malformed)? else {
        return Ok(Charset::Utf8);
    };
    match name.to_ascii_lowercase().as_str() {
        "utf-8" | "utf8" | "us-ascii" | "ascii" => Ok(Charset::Utf8),
        "iso-8859-1" | "iso8859-1" | "latin1" | "latin-1" => Ok(Charset::Latin1),
        _ => Err(not_read(&name)),
    }
}

fn not_read(name: &str) -> Error {
    malformed(format_args!("the encoding {name} is not read, but UTF-8, US-ASCII and ISO-8859-1 are"))
}

/// The fault of bytes that are no text.
pub(super) fn not_utf8() -> Error {
    malformed("Invalid byte in a UTF-8 sequence.")
}

impl Charset {
    /// Appends what is whole of `raw` to `text`, up to the first character that no document may have. How many bytes of
    /// `raw` were taken.
    pub(super) fn convert(self, raw: &[u8], text: &mut Vec<u8>) -> Result<usize> {
        let from = text.len();
        let (taken, broken) = match self {
            Charset::Latin1 => {
                raw.iter().for_each(|b| text.extend_from_slice(char::from(*b).encode_utf8(&mut [0; 2]).as_bytes()));
                (raw.len(), false)
            }
            Charset::Utf8 => {
                let (whole, broken) = match str::from_utf8(raw) {
                    Ok(_) => (raw.len(), false),
                    Err(error) => (error.valid_up_to(), error.error_len().is_some()),
                };
                text.extend_from_slice(&raw[..whole]);
                (whole, broken)
            }
        };
        cut_illegal(text, from)?;
        if broken { Err(not_utf8()) } else { Ok(taken) }
    }
}

/// Ends `text` at the first character behind `from` that XML cannot carry.
fn cut_illegal(text: &mut Vec<u8>, from: usize) -> Result<()> {
    // One pass without branches finds out that there is none, as it is nearly always.
    let suspect = text[from..].iter().fold(false, |found, b| found | is_suspect(*b));
    let Some(at) = suspect.then(|| illegal(&text[from..])).flatten() else { return Ok(()) };
    let end = from + at;
    let seen = text[end];
    text.truncate(end);
    Err(match seen {
        0xef => malformed("a character that XML does not allow"),
        byte => malformed(format_args!("An invalid XML character (Unicode: 0x{byte:x}) was found.")),
    })
}

/// A control character, or how U+FFFE and U+FFFF begin.
fn is_suspect(byte: u8) -> bool {
    (byte < 0x20) & (byte != b'\t') & (byte != b'\n') & (byte != b'\r') | (byte == 0xef)
}

fn illegal(text: &[u8]) -> Option<usize> {
    let is_illegal = |at: &usize| text[*at] < 0x20 || matches!(text[*at..], [0xef, 0xbf, 0xbe | 0xbf, ..]);
    (0..text.len()).filter(|at| is_suspect(text[*at])).find(is_illegal)
}

/// Whether XML can carry a character.
pub(in crate::rpc) fn is_legal(c: char) -> bool {
    !matches!(c, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}')
}
