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
pub(super) fn put(value: &Value, xml: &mut String) {
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
pub(super) fn escape(text: &str, xml: &mut String) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use http::StatusCode;

    async fn told(response: Response) -> String {
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[CONTENT_TYPE], "text/xml;charset=UTF-8");
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }

    fn written(value: &Value) -> String {
        let mut xml = String::new();
        put(value, &mut xml);
        xml
    }

    #[tokio::test]
    async fn a_result_has_keaps_framing() {
        let expected = concat!(
            r#"<?xml version="1.0" encoding="utf-8"?><methodResponse><params><param><value><i4>482</i4></value></param>"#,
            "</params></methodResponse>"
        );
        assert_eq!(told(result(&Value::Int(482))).await, expected);
    }

    #[tokio::test]
    async fn a_fault_has_keaps_framing() {
        let expected = concat!(
            r#"<?xml version="1.0" encoding="utf-8"?><methodResponse><fault><value><struct><member><name>faultCode</name>"#,
            "<value><i4>13</i4></value></member><member><name>faultString</name>",
            "<value>[FailedLoginAttempt]username not found: x</value></member></struct></value></fault></methodResponse>"
        );
        let shown = Fault { code: 13, text: "[FailedLoginAttempt]username not found: x".into() };
        assert_eq!(told(fault(&shown)).await, expected);
    }

    #[test]
    fn every_value_has_keaps_type() {
        let row = Value::Struct(vec![("Id".into(), 7.into()), ("FileName".into(), "a.txt".into())]);
        for (value, expected) in [
            (Value::from(true), "<boolean>1</boolean>"),
            (Value::from(false), "<boolean>0</boolean>"),
            (Value::Int(-1), "<i4>-1</i4>"),
            (Value::count(3_000_000_000), "<double>3000000000</double>"),
            (Value::Double(0.5), "<double>0.5</double>"),
            ("a text".into(), "a text"),
            ("".into(), ""),
            (Value::Bytes(b"A".to_vec()), "<base64>QQ==</base64>"),
            (Value::Nil, "<nil/>"),
            (Value::Array(Vec::new()), "<array><data/></array>"),
            (
                Value::Array(vec!["a".into(), 1.into()]),
                "<array><data><value>a</value><value><i4>1</i4></value></data></array>",
            ),
            (
                row,
                "<struct><member><name>Id</name><value><i4>7</i4></value></member>\
                 <member><name>FileName</name><value>a.txt</value></member></struct>",
            ),
        ] {
            assert_eq!(written(&value), format!("<value>{expected}</value>"));
        }
    }

    #[test]
    fn no_text_breaks_the_document_it_stands_in() {
        let text = "<a> & \"b\" ]]> 'c'\r\n\t\u{e9}";
        assert_eq!(written(&text.into()), "<value>&lt;a&gt; &amp; \"b\" ]]&gt; 'c'&#13;\n\t\u{e9}</value>");
        assert_eq!(
            written(&"\0\u{1}\u{b}\u{fffe}\u{7f}".into()),
            "<value>\u{fffd}\u{fffd}\u{fffd}\u{fffd}\u{7f}</value>"
        );
    }

    #[tokio::test]
    async fn a_file_is_sent_as_it_comes_with_the_length_that_it_will_have() {
        for len in [0, 1, 2, 3, 100_000] {
            let content: Vec<u8> = (0..len).map(|at| (at % 251) as u8).collect();
            let chunks: Vec<_> = content.chunks(7777).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
            let response = file(len as u64, stream::iter(chunks));
            let declared = response.headers()[CONTENT_LENGTH].to_str().unwrap().to_owned();
            let told = told(response).await;
            assert_eq!(declared, told.len().to_string());
            assert_eq!(told, document(RESULT, &attache_http::base64::encode(&content).into(), RESULT_END));
        }
    }

    #[tokio::test]
    async fn a_file_that_breaks_off_breaks_its_answer() {
        let chunks = [Ok(Bytes::from_static(b"abc")), Err(io::Error::other("the volume"))];
        let body = file(6, stream::iter(chunks)).into_body();
        assert!(axum::body::to_bytes(body, usize::MAX).await.is_err());
    }
}
