//! Writes the answers of calls, in Keap's own framing: texts without a type, whole numbers as `i4`, an empty list as
//! `<data/>`. A file goes out as it comes from the volume.

use super::fault::Fault;
use super::read::is_legal;
use super::value::Value;
use attache_http::base64::{encode_stream, encoded_len};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use std::fmt::Write;
use std::io;

/// What every answer is.
const TEXT_XML: &str = "text/xml;charset=UTF-8";
/// What stands in front of a result.
const RESULT: &str = r#"<?xml version="1.0" encoding="utf-8"?><methodResponse><params><param>"#;
/// What stands behind a result.
const RESULT_END: &str = "</param></params></methodResponse>";
/// What stands in front of a fault.
const FAULT: &str = r#"<?xml version="1.0" encoding="utf-8"?><methodResponse><fault>"#;
/// What stands behind a fault.
const FAULT_END: &str = "</fault></methodResponse>";
/// What a text begins and ends with.
const TEXT: [&str; 2] = ["<value>", "</value>"];

/// The answer of a call that came to `value`.
pub(crate) fn result(value: &Value) -> Response {
    answer(document(RESULT, value, RESULT_END))
}

/// The answer of a call that came to nothing. It is a 200 as well: clients look for the fault inside.
pub(crate) fn fault(fault: &Fault) -> Response {
    answer(faulty(fault))
}

/// The answer whose result is the base64 text of `content`, which has `len` bytes. It is sent as `content` comes; when
/// that breaks off, so does the answer.
pub(crate) fn file(len: u64, content: impl Stream<Item = io::Result<Bytes>> + Send + Unpin + 'static) -> Response {
    let [head, tail] = [[RESULT, TEXT[0]].concat(), [TEXT[1], RESULT_END].concat()];
    let len = encoded_len(len) + (head.len() + tail.len()) as u64;
    let around = |text: String| stream::iter([Ok::<_, io::Error>(Bytes::from(text))]);
    let text = around(head).chain(encode_stream(content)).chain(around(tail));
    let mut response = answer(Body::from_stream(text));
    response.headers_mut().insert(CONTENT_LENGTH, len.into());
    response
}

fn answer(body: impl Into<Body>) -> Response {
    ([(CONTENT_TYPE, TEXT_XML)], body.into()).into_response()
}

fn faulty(fault: &Fault) -> String {
    let members = vec![
        ("faultCode".to_owned(), Value::Int(fault.code)),
        ("faultString".to_owned(), Value::Text(fault.text.clone())),
    ];
    document(FAULT, &Value::Struct(members), FAULT_END)
}

fn document(head: &str, value: &Value, tail: &str) -> String {
    let mut xml = head.to_owned();
    put(value, &mut xml);
    xml.push_str(tail);
    xml
}

/// Appends a value in its tags.
fn put(value: &Value, xml: &mut String) {
    xml.push_str(TEXT[0]);
    match value {
        Value::Int(number) => element("i4", number, xml),
        Value::Bool(yes) => element("boolean", u8::from(*yes), xml),
        Value::Double(number) => element("double", number, xml),
        Value::Text(text) => escape(text, xml),
        Value::Bytes(bytes) => element("base64", attache_http::base64::encode(bytes), xml),
        Value::Nil | Value::Spilled => xml.push_str("<nil/>"),
        Value::Array(items) if items.is_empty() => xml.push_str("<array><data/></array>"),
        Value::Array(items) => {
            xml.push_str("<array><data>");
            items.iter().for_each(|item| put(item, xml));
            xml.push_str("</data></array>");
        }
        Value::Struct(members) => {
            xml.push_str("<struct>");
            members.iter().for_each(|(name, value)| member(name, value, xml));
            xml.push_str("</struct>");
        }
    }
    xml.push_str(TEXT[1]);
}

fn member(name: &str, value: &Value, xml: &mut String) {
    xml.push_str("<member><name>");
    escape(name, xml);
    xml.push_str("</name>");
    put(value, xml);
    xml.push_str("</member>");
}

/// Appends something whose text needs no escape.
fn element(name: &str, text: impl std::fmt::Display, xml: &mut String) {
    // Writing to a string does not fail.
    let _ = write!(xml, "<{name}>{text}</{name}>");
}

/// Appends a text so that it reads back as itself. For characters that XML cannot carry it has the sign of a character
/// that is missing.
fn escape(text: &str, xml: &mut String) {
    for c in text.chars() {
        match c {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            // Literally it would be read as a line feed.
            '\r' => xml.push_str("&#13;"),
            c if is_legal(c) => xml.push(c),
            _ => xml.push(char::REPLACEMENT_CHARACTER),
        }
    }
}
