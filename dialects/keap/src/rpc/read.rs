//! Reads the request of a call. A request is small but for one thing: the file of an upload, which stands in it as
//! base64 and can be a hundred times as long as all the rest. That one is decoded as it comes and never held.
//!
//! It reads the XML that clients send and no more: no DTD, no entities but XML's own five, only elements of XML-RPC, and
//! every length bounded. A request that is not such XML is an [`Error::Malformed`] without a field, whatever is wrong.

mod charset;
mod document;
mod scalar;
mod spill;
mod tag;
mod window;

pub(super) use charset::is_legal;

use super::call::Call;
use super::value::Value;
use crate::content;
use attache_model::error::Code;
use attache_model::limits::{Limits, XML_DEPTH};
use attache_model::{Error, Result};
use document::{Document, Markup, is_blank};
use scalar::{Scalar, closing};
use std::collections::HashSet;
use std::fmt;
use std::io::{self, Read};
use tag::Tag;
use window::Window;

/// Longest text that is held. Only a file may be longer.
const TEXT_BYTES: usize = 64 << 10;
/// Longest tag, comment or processing instruction.
const MARKUP_BYTES: usize = 4 << 10;
/// Most characters of a client's text in a message.
const SHOWN_CHARS: usize = 100;
/// What Keap's own parser says of a document that ends too early.
const PREMATURE: &str = "Premature end of file.";

/// Most bytes of a request that can be taken: the longest file in lines as clients break them, with line ends written as
/// references, and all the rest.
pub(super) fn longest(limits: &Limits) -> u64 {
    let text = attache_http::base64::encoded_len(content::longest(limits));
    text.saturating_add(text / 5).saturating_add(limits.xml_bytes)
}

/// Reads a call. Where it brings a file that is too long to be held, `spill` is given the call as far as it has been
/// read, and the decoded file to read to its end; the call has [`Value::Spilled`] in its place.
///
/// # Errors
/// [`Error::Malformed`] without a field for what is not XML-RPC; [`Error::Invalid`] for base64 that is none;
/// [`Error::TooLarge`] with [`Code::BodyTooLarge`] past `xml_bytes` and for a long text that is no file, with
/// [`Code::FileTooLarge`] past [`content::longest`]; what `source` and `spill` fail with.
pub(super) fn read<S>(source: impl Read, spill: S, limits: &Limits) -> Result<Call>
where
    S: FnOnce(&Call, &mut dyn Read) -> io::Result<()>,
{
    let bounds = Bounds { request: limits.xml_bytes, text: TEXT_BYTES, file: content::longest(limits) };
    read_within(&bounds, source, spill)
}

/// How much of what a request may have, in bytes.
#[derive(Clone, Debug)]
pub(super) struct Bounds {
    /// All of it but the file.
    pub(super) request: u64,
    /// One text that is held.
    pub(super) text: usize,
    /// The file.
    pub(super) file: u64,
}

/// As [`read`], within `bounds`.
pub(super) fn read_within<S>(bounds: &Bounds, source: impl Read, spill: S) -> Result<Call>
where
    S: FnOnce(&Call, &mut dyn Read) -> io::Result<()>,
{
    let document = Document::new(Window::open(source, bounds.request)?);
    let mut reader = Reader { document, call: Call::default(), spill: Some(spill), bounds };
    match reader.call() {
        Ok(()) => Ok(reader.call),
        Err(error) => Err(located(error, reader.document.window().position())),
    }
}

struct Reader<'b, R, S> {
    document: Document<R>,
    call: Call,
    /// Taken by the one file.
    spill: Option<S>,
    bounds: &'b Bounds,
}

impl<R, S> Reader<'_, R, S>
where
    R: Read,
    S: FnOnce(&Call, &mut dyn Read) -> io::Result<()>,
{
    fn call(&mut self) -> Result<()> {
        self.open(Tag::MethodCall)?;
        self.open(Tag::MethodName)?;
        self.call.method = self.text(Tag::MethodName)?.trim().to_owned();
        match self.document.next()? {
            Markup::Open(Tag::Params) => {
                self.params()?;
                self.close(Tag::MethodCall)?;
            }
            Markup::Close(Tag::MethodCall) => {}
            other => return Err(unexpected(other, "<params>")),
        }
        match self.document.next()? {
            Markup::End => Ok(()),
            other => Err(unexpected(other, "the end")),
        }
    }

    fn params(&mut self) -> Result<()> {
        loop {
            match self.document.next()? {
                Markup::Open(Tag::Param) => {
                    self.open(Tag::Value)?;
                    let value = self.value(0)?;
                    self.call.params.push(value);
                    self.close(Tag::Param)?;
                }
                Markup::Close(Tag::Params) => return Ok(()),
                other => return Err(unexpected(other, "<param>")),
            }
        }
    }

    /// The value whose tag was opened, inside of `depth` lists and structs.
    fn value(&mut self, depth: usize) -> Result<Value> {
        let text = match self.scalar(Tag::Value, depth)? {
            Scalar::Text(text) => text,
            Scalar::Spilled => return Ok(Value::Spilled),
            // An untyped text is all there is between the tags; before an element it is only what sets that apart.
            Scalar::Before(text, _) if !is_blank(text.as_bytes()) => {
                return Err(malformed("a value has text beside its type"));
            }
            Scalar::Before(_, tag) => {
                let value = self.typed(tag, depth)?;
                self.close(Tag::Value)?;
                return Ok(value);
            }
        };
        Ok(Value::Text(text))
    }

    /// The value of the type whose tag was opened.
    fn typed(&mut self, tag: Tag, depth: usize) -> Result<Value> {
        match tag {
            Tag::Int => scalar::int(&self.text(tag)?),
            Tag::Boolean => scalar::boolean(&self.text(tag)?),
            Tag::Double => scalar::double(&self.text(tag)?),
            Tag::DateTime => self.text(tag).map(Value::Text),
            Tag::String | Tag::Base64 => match self.scalar(tag, depth)? {
                Scalar::Spilled => Ok(Value::Spilled),
                Scalar::Before(_, inner) => Err(unexpected(Markup::Open(inner), closing(tag))),
                Scalar::Text(text) if tag == Tag::Base64 => scalar::base64(&text),
                Scalar::Text(text) => Ok(Value::Text(text)),
            },
            Tag::Nil => self.close(tag).map(|()| Value::Nil),
            Tag::Array => self.array(depth + 1),
            Tag::Struct => self.members(depth + 1),
            other => Err(unexpected(Markup::Open(other), "a type")),
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value> {
        check_depth(depth)?;
        self.open(Tag::Data)?;
        let mut items = Vec::new();
        loop {
            match self.document.next()? {
                Markup::Open(Tag::Value) => items.push(self.value(depth)?),
                Markup::Close(Tag::Data) => break,
                other => return Err(unexpected(other, "<value>")),
            }
        }
        self.close(Tag::Array)?;
        Ok(Value::Array(items))
    }

    fn members(&mut self, depth: usize) -> Result<Value> {
        check_depth(depth)?;
        let (mut members, mut names) = (Vec::new(), HashSet::new());
        loop {
            match self.document.next()? {
                Markup::Open(Tag::Member) => {
                    let (name, value) = self.member(depth)?;
                    if !names.insert(name.clone()) {
                        return Err(malformed(format_args!("a struct has two members called {}", shown(&name))));
                    }
                    members.push((name, value));
                }
                Markup::Close(Tag::Struct) => return Ok(Value::Struct(members)),
                other => return Err(unexpected(other, "<member>")),
            }
        }
    }

    fn member(&mut self, depth: usize) -> Result<(String, Value)> {
        self.open(Tag::Name)?;
        let name = self.text(Tag::Name)?;
        self.open(Tag::Value)?;
        let value = self.value(depth)?;
        self.close(Tag::Member)?;
        Ok((name, value))
    }

    fn open(&mut self, tag: Tag) -> Result<()> {
        match self.document.next()? {
            Markup::Open(found) if found == tag => Ok(()),
            other => Err(unexpected(other, format_args!("<{}>", tag.name()))),
        }
    }

    fn close(&mut self, tag: Tag) -> Result<()> {
        match self.document.next()? {
            Markup::Close(found) if found == tag => Ok(()),
            other => Err(unexpected(other, closing(tag))),
        }
    }
}

/// An error that says that this is no XML-RPC, and why.
fn malformed(why: impl fmt::Display) -> Error {
    Error::malformed(Code::ValueInvalid, "", why.to_string())
}

/// So much of a client's own text that a message can hold it.
fn shown(text: &str) -> &str {
    text.char_indices().nth(SHOWN_CHARS).map_or(text, |(end, _)| &text[..end])
}

/// The same error, with the place where the reading ended.
fn located(error: Error, position: u64) -> Error {
    match error {
        Error::Malformed { field, why, .. } if field.is_empty() && why != PREMATURE => {
            malformed(format_args!("{why} (at byte {position})"))
        }
        other => other,
    }
}

fn check_depth(depth: usize) -> Result<()> {
    if depth <= XML_DEPTH {
        return Ok(());
    }
    Err(malformed(format_args!("lists and structs are inside of each other more than {XML_DEPTH} times")))
}

/// The document ends before it is complete.
fn premature() -> Error {
    malformed(PREMATURE)
}

/// What the reader of markup found wrong.
fn broken(error: quick_xml::Error) -> Error {
    match error {
        quick_xml::Error::Io(error) => match error.get_ref().and_then(|error| error.downcast_ref::<Error>()) {
            Some(error) => error.clone(),
            None => Error::Cut,
        },
        other => malformed(shown(&other.to_string())),
    }
}

fn unexpected(found: Markup, wanted: impl fmt::Display) -> Error {
    match found {
        Markup::Open(tag) => malformed(format_args!("there is <{}> where {wanted} belongs", tag.name())),
        Markup::Close(tag) => malformed(format_args!("there is </{}> where {wanted} belongs", tag.name())),
        Markup::End => premature(),
    }
}

#[cfg(test)]
mod tests;
