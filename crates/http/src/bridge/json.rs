//! A JSON object of which one member is a file, as base64 text. The file is decoded on its way to a
//! [`Sink`](super::Sink); everything else is small, and is kept to be read as any other JSON.

use super::Opener;
use crate::{base64, body};
use attache_model::error::Code;
use attache_model::limits::Limits;
use attache_model::{Error, Result};
use std::cell::{Cell, RefCell};
use std::io::{self, Read};
use struson::reader::{
    JsonReader, JsonStreamReader, JsonSyntaxError, ReaderError, ReaderSettings, SyntaxErrorKind, TransferError,
    ValueType,
};
use struson::writer::{JsonStreamWriter, JsonWriter};

/// Reads a JSON object to the end of `source`. The text of the member `file` goes, decoded, through a sink of `opener`;
/// `before` is asked first, with the members that came before it, and may refuse. Members come in any order.
///
/// Returned is the object without the file, for [`crate::json::parse`]: where the text stood is `true`, so that a member
/// that is there twice shows. A `null` in its place opens nothing and stays what it is.
///
/// # Errors
/// [`Error::TooLarge`] with [`Code::BodyTooLarge`] when all but the file has more bytes than the limit `json_bytes`;
/// [`Code::JsonInvalid`] and [`Code::Utf8Invalid`] for what is no JSON object, is nested too deeply or has the file
/// twice; [`Code::ValueInvalid`] for a file that is no base64 text; those of `before`, of the source and of the sink.
pub fn read(
    source: impl Read,
    file: &str,
    opener: &mut Opener,
    limits: &Limits,
    mut before: impl FnMut(&[u8]) -> Result<()>,
) -> Result<Vec<u8>> {
    let meter = Meter::new(limits.json_bytes);
    let mut object = Object::new(Metered { source, meter: &meter }, limits);
    let read = object.members(|object, name| {
        if name != file || object.json.peek()? == ValueType::Null {
            object.name(name)?;
            return object.keep();
        }
        if opener.is_open() {
            return Err(Error::malformed(Code::JsonInvalid, file, "the member is there twice").into());
        }
        before(&object.so_far())?;
        object.name(name)?;
        object.carry(file, opener, &meter)
    });
    // What the source failed with is the reason, whatever it looked like on the way here.
    let read = read.and_then(|()| object.end());
    match (meter.failed.take(), read) {
        (Some(why), _) | (None, Err(Fault::Ours(why))) => Err(why),
        (None, Err(Fault::Json(error))) => Err(unreadable(&error)),
        (None, Ok(_)) if meter.exceeded() => Err(meter.error()),
        (None, Ok(kept)) => Ok(kept),
    }
}

/// Why the reading of an object ends early.
enum Fault {
    Ours(Error),
    Json(ReaderError),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        Fault::Ours(error)
    }
}

impl From<ReaderError> for Fault {
    fn from(error: ReaderError) -> Fault {
        Fault::Json(error)
    }
}

/// An object on its way in, and a copy of what is kept of it.
struct Object<R: Read> {
    json: JsonStreamReader<R>,
    kept: Vec<u8>,
}

impl<R: Read> Object<R> {
    fn new(source: R, limits: &Limits) -> Object<R> {
        let depth = u32::try_from(limits.json_depth).unwrap_or(u32::MAX);
        let settings =
            ReaderSettings { max_nesting_depth: Some(depth), track_path: false, ..ReaderSettings::default() };
        Object { json: JsonStreamReader::new_custom(source, settings), kept: b"{".to_vec() }
    }

    /// Gives every member's name to `member`, which reads the value.
    fn members(&mut self, mut member: impl FnMut(&mut Self, &str) -> Result<(), Fault>) -> Result<(), Fault> {
        if self.json.peek()? != ValueType::Object {
            return Err(Error::malformed(Code::JsonInvalid, "body", "it must be a JSON object").into());
        }
        self.json.begin_object()?;
        while self.json.has_next()? {
            let name = self.json.next_name_owned()?;
            member(self, &name)?;
        }
        Ok(self.json.end_object()?)
    }

    /// Everything that was kept, once the body was read to its end, where its digest is looked at.
    fn end(self) -> Result<Vec<u8>, Fault> {
        let kept = self.so_far();
        self.json.consume_trailing_whitespace()?;
        Ok(kept)
    }

    fn name(&mut self, name: &str) -> Result<(), Fault> {
        if self.kept.len() > 1 {
            self.kept.push(b',');
        }
        serde_json::to_writer(&mut self.kept, name).map_err(|error| Error::internal("keep a member's name", error))?;
        self.kept.push(b':');
        Ok(())
    }

    /// Copies a value.
    fn keep(&mut self) -> Result<(), Fault> {
        let mut copy = JsonStreamWriter::new(&mut self.kept);
        let written = |error| Error::internal("keep a member", error);
        self.json.transfer_to(&mut copy).map_err(|error| match error {
            TransferError::ReaderError(error) => Fault::Json(error),
            TransferError::WriterError(error) => written(error).into(),
        })?;
        copy.finish_document().map_err(written)?;
        Ok(())
    }

    /// Sends the content on whose text comes next.
    fn carry(&mut self, file: &str, opener: &mut Opener, meter: &Meter) -> Result<(), Fault> {
        if self.json.peek()? != ValueType::String {
            return Err(Error::invalid(file, "it must be a text, the base64 of the content").into());
        }
        let begin = self.position();
        meter.pause();
        let mut sink = opener.open()?;
        let text = self.json.next_string_reader()?;
        sink.take(base64::Decoder::new(text)).map_err(|error| undecodable(file, error))?;
        sink.finish().map_err(body::fault)?;
        meter.resume(self.position() - begin);
        self.kept.extend_from_slice(b"true");
        Ok(())
    }

    fn position(&self) -> u64 {
        self.json.current_position(false).data_pos.unwrap_or_default()
    }

    /// What was kept up to here, as an object.
    fn so_far(&self) -> Vec<u8> {
        [&self.kept[..], b"}"].concat()
    }
}

/// Counts the bytes of a body that are not the file's, and remembers what its source failed with: on the way through the
/// reader of JSON an error loses its kind.
struct Meter {
    limit: u64,
    fetched: Cell<u64>,
    /// Bytes of the file's text.
    file: Cell<u64>,
    paused: Cell<bool>,
    failed: RefCell<Option<Error>>,
}

impl Meter {
    fn new(limit: u64) -> Meter {
        Meter { limit, fetched: Cell::new(0), file: Cell::new(0), paused: Cell::new(false), failed: RefCell::new(None) }
    }

    /// What comes now is the file.
    fn pause(&self) {
        self.paused.set(true);
    }

    /// The file's text is over; it had so many bytes.
    fn resume(&self, file: u64) {
        self.file.set(file);
        self.paused.set(false);
    }

    /// How many bytes may still be fetched.
    fn room(&self) -> u64 {
        match self.paused.get() {
            true => u64::MAX,
            false => (self.limit + self.file.get()).saturating_sub(self.fetched.get()),
        }
    }

    fn exceeded(&self) -> bool {
        self.fetched.get() > self.limit + self.file.get()
    }

    fn error(&self) -> Error {
        Error::TooLarge { code: Code::BodyTooLarge, limit: self.limit }
    }

    fn fail(&self, error: Error) -> io::Error {
        self.failed.replace(Some(error.clone()));
        io::Error::other(error)
    }
}

/// A source with its meter.
struct Metered<'m, R> {
    source: R,
    meter: &'m Meter,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let room = usize::try_from(self.meter.room()).unwrap_or(usize::MAX);
        // Where there is no room, one byte tells whether the body has ended there.
        let len = buffer.len().min(room.max(1));
        let read = self.source.read(&mut buffer[..len]).map_err(|error| self.meter.fail(body::fault(error)))?;
        if read > room {
            return Err(self.meter.fail(self.meter.error()));
        }
        self.meter.fetched.set(self.meter.fetched.get() + read as u64);
        Ok(read)
    }
}

/// The file's text is no base64, or not even a text.
fn undecodable(file: &str, error: io::Error) -> Error {
    if error.kind() == io::ErrorKind::InvalidData {
        return base64::unreadable(file, &error);
    }
    match error.downcast::<Error>() {
        Ok(own) => own,
        Err(error) => match error.get_ref().and_then(|error| error.downcast_ref::<JsonSyntaxError>()) {
            Some(syntax) => broken(syntax),
            None => no_text(),
        },
    }
}

/// The body is no JSON that is read.
fn unreadable(error: &ReaderError) -> Error {
    let why = match error {
        ReaderError::SyntaxError(error) => return broken(error),
        ReaderError::MaxNestingDepthExceeded { max_nesting_depth, .. } => {
            format!("it is nested deeper than {max_nesting_depth} levels")
        }
        ReaderError::UnsupportedNumberValue { .. } => "a number in it is too large".to_owned(),
        ReaderError::IoError { .. } => return no_text(),
        _ => "it cannot be read".to_owned(),
    };
    Error::malformed(Code::JsonInvalid, "body", why)
}

fn broken(error: &JsonSyntaxError) -> Error {
    if error.kind == SyntaxErrorKind::UnpairedSurrogatePairEscapeSequence {
        let why = "a \\u escape is half of a surrogate pair, which is no text";
        return Error::malformed(Code::Utf8Invalid, "body", why);
    }
    let at = error.location.data_pos.unwrap_or_default();
    Error::malformed(Code::JsonInvalid, "body", format!("it is no JSON: {} at byte {at}", error.kind))
}

fn no_text() -> Error {
    Error::malformed(Code::Utf8Invalid, "body", "the JSON is not UTF-8 text")
}

#[cfg(test)]
mod tests;
