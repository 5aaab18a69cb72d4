//! What must hold of any bytes that claim to be a request or base64: the property tests and the fuzz targets of `fuzz/`
//! ask the same.

use super::call::Call;
use super::read::{Bounds, read_within};
use super::value::Value;
use super::write::{escape, put};
use attache_http::base64;
use attache_model::Result;
use std::cmp;
use std::io::{self, Read};

/// Small bounds, so that short inputs reach them.
const SMALL: Bounds = Bounds { request: 4 << 10, text: 64, file: 256 };
/// What a trial may not run into when it reads again what it wrote itself.
const WIDE: Bounds = Bounds { request: 1 << 20, text: 64 << 10, file: 1 << 20 };

/// Whatever `bytes` are, they are read or refused, the same however they are cut, held in the bounds, and what was read
/// is read again from what is written of it.
pub fn any_request(bytes: &[u8]) {
    let whole = tried(bytes, bytes.len());
    for piece in [1, 7] {
        assert_eq!(format!("{:?}", tried(bytes, piece)), format!("{whole:?}"), "in pieces of {piece} bytes");
    }
    let Ok((call, content)) = whole else { return };
    let held = call.params.iter().map(held).sum::<usize>() + call.method.len();
    assert!(held as u64 <= SMALL.request, "{held} bytes of text are held");
    assert!(content.len() as u64 <= SMALL.file, "a file of {} bytes", content.len());
    if !call.params.contains(&Value::Spilled) {
        let again = read_within(&WIDE, written(&call).as_bytes(), |_, _| Err(io::ErrorKind::Other.into()));
        assert_eq!(again.ok(), Some(call));
    }
}

/// Whatever `text` is, as a stream in pieces it means what it means as a whole, and is written back to the same bytes.
pub fn any_base64(text: &[u8]) {
    let mut bytes = Vec::new();
    let streamed = base64::Decoder::new(Pieces { bytes: text, len: 3 }).read_to_end(&mut bytes);
    let whole = str::from_utf8(text).ok().and_then(|text| base64::decode("text", text).ok());
    assert_eq!(streamed.is_ok(), whole.is_some(), "{streamed:?}");
    if let Some(whole) = whole {
        assert_eq!(bytes, whole);
        assert_eq!(base64::decode("text", &base64::encode(&whole)).ok(), Some(whole));
    }
}

/// A call and the file in it, read in pieces of `len` bytes.
fn tried(bytes: &[u8], len: usize) -> Result<(Call, Vec<u8>)> {
    let mut file = Vec::new();
    let spill = |_: &Call, content: &mut dyn Read| content.read_to_end(&mut file).map(drop);
    let call = read_within(&SMALL, Pieces { bytes, len: cmp::max(len, 1) }, spill)?;
    Ok((call, file))
}

/// Bytes of text that a value holds.
fn held(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::Array(items) => items.iter().map(held).sum(),
        Value::Struct(members) => members.iter().map(|(name, value)| name.len() + held(value)).sum(),
        Value::Int(_) | Value::Bool(_) | Value::Double(_) | Value::Nil | Value::Spilled => 0,
    }
}

/// A call as a request, in the words of answers.
pub(super) fn written(call: &Call) -> String {
    let mut xml = String::from("<methodCall><methodName>");
    escape(&call.method, &mut xml);
    xml.push_str("</methodName><params>");
    for value in &call.params {
        xml.push_str("<param>");
        put(value, &mut xml);
        xml.push_str("</param>");
    }
    xml.push_str("</params></methodCall>");
    xml
}

/// Bytes that come a few at a time.
pub(super) struct Pieces<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) len: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let len = cmp::min(self.len, into.len());
        (&mut self.bytes).take(len as u64).read(into)
    }
}
