//! Base64 as a stream, both ways: a reader of what clients send, and a writer of what they are answered.

use ::base64::Engine;
use ::base64::alphabet::STANDARD;
use ::base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use ::base64::read::DecoderReader;
use attache_model::error::Code;
use attache_model::{Error, Result};
use bytes::{Buf, Bytes, BytesMut};
use futures_util::{Stream, StreamExt, stream};
use std::io::{self, Read};

/// Padding is optional; bits behind the last byte must be zero, so that no two texts mean one content.
static LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// What is answered: the standard alphabet, padded.
static PLAIN: GeneralPurpose = ::base64::engine::general_purpose::STANDARD;

/// Reads base64 as people send it: in the standard or the URL-safe alphabet, padded or not, with white space anywhere.
/// Everything else is an [`io::ErrorKind::InvalidData`]: other characters, a last character that stands alone, bits
/// behind the last byte, anything behind the padding.
#[derive(Debug)]
pub struct Decoder<R: Read>(DecoderReader<'static, GeneralPurpose, Plainer<R>>);

impl<R: Read> Decoder<R> {
    /// Decodes what `text` reads.
    pub fn new(text: R) -> Decoder<R> {
        Decoder(DecoderReader::new(Plainer { text }, &LENIENT))
    }
}

impl<R: Read> Read for Decoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

/// Drops white space and turns the URL-safe alphabet into the standard one.
#[derive(Debug)]
struct Plainer<R> {
    text: R,
}

impl<R: Read> Read for Plainer<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.text.read(buffer)?;
            let kept = plain(&mut buffer[..read]);
            // Nothing but white space came: that is not yet the end.
            if kept > 0 || read == 0 {
                return Ok(kept);
            }
        }
    }
}

/// Moves the characters that count to the front, and returns how many there are.
fn plain(text: &mut [u8]) -> usize {
    let mut kept = 0;
    for at in 0..text.len() {
        let byte = match text[at] {
            b'-' => b'+',
            b'_' => b'/',
            b' ' | b'\t' | b'\r' | b'\n' => continue,
            other => other,
        };
        text[kept] = byte;
        kept += 1;
    }
    kept
}

/// Decodes a text that is in memory, by the rules of [`Decoder`].
///
/// # Errors
/// [`Code::ValueInvalid`] for `field`.
pub fn decode(field: &str, text: &str) -> Result<Vec<u8>> {
    let mut text = text.as_bytes().to_vec();
    let kept = plain(&mut text);
    LENIENT.decode(&text[..kept]).map_err(|error| unreadable(field, &error))
}

/// The error for a text that is not base64, where `why` is what the reader of it said.
pub fn unreadable(field: &str, why: &dyn std::error::Error) -> Error {
    Error::refuse(Code::ValueInvalid, field, format!("it is not base64: {why}"))
}

/// The base64 text of bytes that are in memory: the standard alphabet, padded, without line breaks.
pub fn encode(bytes: &[u8]) -> String {
    PLAIN.encode(bytes)
}

/// Length of the base64 text of `len` bytes.
pub const fn encoded_len(len: u64) -> u64 {
    len.div_ceil(3).saturating_mul(4)
}

/// The base64 text of a stream: the standard alphabet, padded, without line breaks. An error ends it.
pub fn encode_stream(
    bytes: impl Stream<Item = io::Result<Bytes>> + Send + Unpin + 'static,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    stream::unfold(Some((bytes, Encoder::default())), |going| async {
        let (mut bytes, mut encoder) = going?;
        loop {
            match bytes.next().await {
                Some(Ok(chunk)) => {
                    let text = encoder.next(chunk);
                    if !text.is_empty() {
                        return Some((Ok(text), Some((bytes, encoder))));
                    }
                }
                Some(Err(error)) => return Some((Err(error), None)),
                None => return Some((Ok(encoder.last()), None)),
            }
        }
    })
}

/// Keeps the bytes that did not fill a group of three.
#[derive(Debug, Default)]
struct Encoder {
    rest: BytesMut,
}

impl Encoder {
    /// The text of all whole groups so far.
    fn next(&mut self, mut chunk: Bytes) -> Bytes {
        let mut text = String::with_capacity(chunk.len() / 3 * 4 + 4);
        if !self.rest.is_empty() {
            let missing = (3 - self.rest.len()).min(chunk.len());
            self.rest.extend_from_slice(&chunk.split_to(missing));
            if self.rest.len() < 3 {
                return Bytes::new();
            }
            PLAIN.encode_string(self.rest.split(), &mut text);
        }
        let whole = chunk.len() - chunk.len() % 3;
        PLAIN.encode_string(&chunk[..whole], &mut text);
        chunk.advance(whole);
        self.rest.extend_from_slice(&chunk);
        text.into()
    }

    /// The text of what is left, padded.
    fn last(self) -> Bytes {
        PLAIN.encode(self.rest).into()
    }
}

#[cfg(test)]
mod tests;
