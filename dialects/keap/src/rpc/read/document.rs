//! A document as markup and the text between it. The markup is `quick_xml`'s; the text is read past it, since it would
//! collect a text of any length, and a text here can be a whole file.

use super::charset::is_legal;
use super::tag::Tag;
use super::window::Window;
use super::{MARKUP_BYTES, broken, malformed, premature};
use attache_model::Result;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::io::{BufRead, Read};

/// Most attributes of one tag. Requests need none; some clients declare a namespace or two.
const ATTRIBUTES: usize = 16;
/// Longest reference, from `&` to `;`.
const REFERENCE_BYTES: usize = 12;
/// How the text begins that is taken as it stands.
const CDATA: &[u8] = b"<![CDATA[";
/// How a comment begins.
const COMMENT: &[u8] = b"<!--";

/// A piece of markup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Markup {
    Open(Tag),
    Close(Tag),
    /// The end of the document.
    End,
}

/// What a `<` begins.
enum Bracket {
    Tag,
    Cdata,
    /// A comment or a processing instruction.
    Aside,
}

/// A document that is read once, from its beginning to its end.
#[derive(Debug)]
pub(super) struct Document<R> {
    xml: Reader<Window<R>>,
    scratch: Vec<u8>,
    /// The element that an empty tag opened, and that ends with it.
    empty: Option<Tag>,
    in_cdata: bool,
}

impl<R: Read> Document<R> {
    pub(super) fn new(window: Window<R>) -> Document<R> {
        let mut xml = Reader::from_reader(window);
        xml.config_mut().check_comments = true;
        Document { xml, scratch: Vec::new(), empty: None, in_cdata: false }
    }

    pub(super) fn window(&mut self) -> &mut Window<R> {
        self.xml.get_mut()
    }

    /// The markup that comes next, with nothing but white space before it.
    pub(super) fn next(&mut self) -> Result<Markup> {
        let mut blank = Vec::new();
        loop {
            blank.clear();
            let more = self.text(&mut blank, MARKUP_BYTES)?;
            if !is_blank(&blank) {
                return Err(malformed("there is text where only elements may be"));
            }
            if !more {
                return self.markup();
            }
        }
    }

    /// Appends text to `into` until that has `upto` bytes (a few more at most) or the next tag is reached; whether there
    /// may be more of it. References are resolved, line ends are line feeds, comments are left out.
    pub(super) fn text(&mut self, into: &mut Vec<u8>, upto: usize) -> Result<bool> {
        if self.empty.is_some() {
            return Ok(false);
        }
        while into.len() < upto {
            let stop = self.plain(into, upto)?;
            match stop {
                None if into.len() < upto => return self.text_ended(),
                None => {}
                Some(b'\r') => self.line_end(into),
                Some(b'&') => self.reference(into)?,
                Some(b']') => self.cdata_end(into),
                Some(_) => match self.bracket()? {
                    Bracket::Tag => return Ok(false),
                    Bracket::Cdata => {
                        self.window().consume(CDATA.len());
                        self.in_cdata = true;
                    }
                    Bracket::Aside => self.skip()?,
                },
            }
        }
        Ok(true)
    }

    /// Appends text that stands for itself, up to one of the characters that do not.
    fn plain(&mut self, into: &mut Vec<u8>, upto: usize) -> Result<Option<u8>> {
        let in_cdata = self.in_cdata;
        let window = self.window();
        loop {
            let piece = window.fill_buf().map_err(attache_http::body::fault)?;
            if piece.is_empty() || into.len() == upto {
                return Ok(None);
            }
            let piece = &piece[..piece.len().min(upto - into.len())];
            let stop = match in_cdata {
                true => memchr::memchr2(b']', b'\r', piece),
                false => memchr::memchr3(b'<', b'&', b'\r', piece),
            };
            let n = stop.unwrap_or(piece.len());
            let found = stop.map(|at| piece[at]);
            into.extend_from_slice(&piece[..n]);
            window.consume(n);
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    fn text_ended(&self) -> Result<bool> {
        if self.in_cdata { Err(premature()) } else { Ok(false) }
    }

    /// A carriage return, alone or with the line feed that belongs to it, is one line feed.
    fn line_end(&mut self, into: &mut Vec<u8>) {
        into.push(b'\n');
        let window = self.window();
        let n = if window.peek(2) == b"\r\n" { 2 } else { 1 };
        window.consume(n);
    }

    /// A `]` within text that is taken as it stands.
    fn cdata_end(&mut self, into: &mut Vec<u8>) {
        let window = self.window();
        if window.peek(3) == b"]]>" {
            window.consume(3);
            self.in_cdata = false;
        } else {
            window.consume(1);
            into.push(b']');
        }
    }

    fn reference(&mut self, into: &mut Vec<u8>) -> Result<()> {
        let window = self.window();
        let seen = window.peek(REFERENCE_BYTES);
        let len = memchr::memchr(b';', seen);
        let name = len.and_then(|len| str::from_utf8(&seen[1..len]).ok());
        let (Some(len), Some(name)) = (len, name) else {
            return Err(malformed("an & begins no reference; write &amp; for the character"));
        };
        let c = referred(name)?;
        into.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        window.consume(len + 1);
        Ok(())
    }

    fn bracket(&mut self) -> Result<Bracket> {
        let seen = self.window().peek(CDATA.len());
        match seen {
            CDATA => Ok(Bracket::Cdata),
            seen if seen.starts_with(COMMENT) || seen.starts_with(b"<?") => Ok(Bracket::Aside),
            seen if seen.starts_with(b"<!") => Err(malformed("DOCTYPE is not allowed, nor any other declaration")),
            _ => Ok(Bracket::Tag),
        }
    }

    /// Leaves out a comment or a processing instruction.
    fn skip(&mut self) -> Result<()> {
        match self.event()? {
            Event::Comment(_) | Event::PI(_) => Ok(()),
            _ => Err(malformed("the XML declaration may stand at the very beginning alone")),
        }
    }

    /// The tag at which the text ended.
    pub(super) fn markup(&mut self) -> Result<Markup> {
        if let Some(tag) = self.empty.take() {
            return Ok(Markup::Close(tag));
        }
        let (tag, is_empty) = match self.event()? {
            Event::Start(start) => (opened(&start)?, false),
            Event::Empty(start) => (opened(&start)?, true),
            Event::End(end) => return Tag::parse(end.name().as_ref()).map(Markup::Close),
            Event::Eof => return Ok(Markup::End),
            _ => return Err(malformed("there is markup where only elements may be")),
        };
        self.empty = is_empty.then_some(tag);
        Ok(Markup::Open(tag))
    }

    fn event(&mut self) -> Result<Event<'_>> {
        self.scratch.clear();
        self.xml.get_mut().bound_markup(Some(MARKUP_BYTES));
        let event = self.xml.read_event_into(&mut self.scratch);
        self.xml.get_mut().bound_markup(None);
        event.map_err(broken)
    }
}

/// The element that a tag opens. Its attributes have to be well-formed and few; they mean nothing.
fn opened(start: &BytesStart<'_>) -> Result<Tag> {
    for (at, attribute) in start.attributes().enumerate() {
        if at == ATTRIBUTES {
            return Err(malformed(format_args!("a tag has more than {ATTRIBUTES} attributes")));
        }
        let attribute = attribute.map_err(malformed)?;
        if attribute.value.contains('<') {
            return Err(malformed("a < stands in the value of an attribute"));
        }
        attribute.normalized_value(XmlVersion::Explicit1_0).map_err(broken)?;
    }
    Tag::parse(start.name().as_ref())
}

/// The character of a reference, given what stands between `&` and `;`.
fn referred(name: &str) -> Result<char> {
    let number = match name {
        "amp" => return Ok('&'),
        "lt" => return Ok('<'),
        "gt" => return Ok('>'),
        "quot" => return Ok('"'),
        "apos" => return Ok('\''),
        _ => name.strip_prefix('#'),
    };
    let Some(number) = number else {
        return Err(malformed(format_args!("The entity \"{name}\" was referenced, but not declared.")));
    };
    let code = match number.strip_prefix('x') {
        Some(hex) if hex.bytes().all(|b| b.is_ascii_hexdigit()) => u32::from_str_radix(hex, 16).ok(),
        None if number.bytes().all(|b| b.is_ascii_digit()) => number.parse().ok(),
        _ => None,
    };
    let c = code.and_then(char::from_u32).filter(|c| is_legal(*c));
    c.ok_or_else(|| malformed(format_args!("&{name}; is no character that XML allows")))
}

/// Whether a text is white space alone.
pub(super) fn is_blank(text: &[u8]) -> bool {
    text.iter().all(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r'))
}
