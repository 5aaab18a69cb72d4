//! Texts between two tags, and what they mean in the types of XML-RPC.

use super::document::Markup;
use super::tag::Tag;
use super::{Reader, malformed, shown, unexpected};
use crate::rpc::call::Call;
use crate::rpc::value::Value;
use attache_model::error::Code;
use attache_model::{Error, Result};
use std::io::{self, Read};

/// What was found behind a tag that a text may follow.
pub(super) enum Scalar {
    /// A text, and the tag's end.
    Text(String),
    /// A text, and another element.
    Before(String, Tag),
    /// The file, and the tag's end.
    Spilled,
}

impl<R, S> Reader<'_, R, S>
where
    R: Read,
    S: FnOnce(&Call, &mut dyn Read) -> io::Result<()>,
{
    /// What is behind `tag`. Only a parameter itself may be the file: one that is inside of no list or struct.
    pub(super) fn scalar(&mut self, tag: Tag, depth: usize) -> Result<Scalar> {
        let may_spill = depth == 0 && self.call.takes_a_file() && self.spill.is_some();
        if may_spill {
            self.document.window().hold();
        }
        let mut text = Vec::new();
        let is_long = self.document.text(&mut text, self.bounds.text + 1)?;
        if is_long {
            let spill = self.spill.take().filter(|_| may_spill).ok_or_else(|| self.too_long())?;
            self.spill(text, spill)?;
            return self.ended(tag).map(|()| Scalar::Spilled);
        }
        self.document.window().count_held();
        let text = String::from_utf8(text).map_err(malformed)?;
        match self.document.markup()? {
            Markup::Close(found) if found == tag => Ok(Scalar::Text(text)),
            Markup::Open(inner) => Ok(Scalar::Before(text, inner)),
            other => Err(unexpected(other, closing(tag))),
        }
    }

    /// The short text that is all there is behind `tag`.
    pub(super) fn text(&mut self, tag: Tag) -> Result<String> {
        let mut text = Vec::new();
        if self.document.text(&mut text, self.bounds.text + 1)? {
            return Err(self.too_long());
        }
        self.ended(tag)?;
        String::from_utf8(text).map_err(malformed)
    }

    /// The end of `tag`, where its text has ended.
    fn ended(&mut self, tag: Tag) -> Result<()> {
        match self.document.markup()? {
            Markup::Close(found) if found == tag => Ok(()),
            other => Err(unexpected(other, closing(tag))),
        }
    }

    fn too_long(&self) -> Error {
        Error::TooLarge { code: Code::BodyTooLarge, limit: self.bounds.text as u64 }
    }
}

/// How the end of a tag is told.
pub(super) fn closing(tag: Tag) -> String {
    format!("</{}>", tag.name())
}

/// A whole number of 32 bits.
pub(super) fn int(text: &str) -> Result<Value> {
    let text = text.trim();
    text.parse().map(Value::Int).map_err(|_| malformed(format_args!("Failed to parse integer value: {}", shown(text))))
}

pub(super) fn boolean(text: &str) -> Result<Value> {
    match text.trim() {
        "1" | "true" => Ok(Value::Bool(true)),
        "0" | "false" => Ok(Value::Bool(false)),
        other => Err(malformed(format_args!("Failed to parse boolean value: {}", shown(other)))),
    }
}

/// A decimal number. Words such as `inf` are none.
pub(super) fn double(text: &str) -> Result<Value> {
    let text = text.trim();
    let is_decimal = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E'));
    let number = text.parse().ok().filter(|number: &f64| is_decimal && number.is_finite());
    number.map(Value::Double).ok_or_else(|| malformed(format_args!("Failed to parse double value: {}", shown(text))))
}

pub(super) fn base64(text: &str) -> Result<Value> {
    attache_http::base64::decode("base64", text).map(Value::Bytes)
}
