//! What holds of every request, and of every piece of rubbish.

use super::*;
use crate::rpc::trial::{any_base64, any_request, written};
use proptest::prelude::*;

/// Values as a client could send them, several levels deep.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<i32>().prop_map(Value::Int),
        any::<bool>().prop_map(Value::Bool),
        (-1e15..1e15).prop_map(Value::Double),
        "\\PC{0,20}".prop_map(Value::Text),
        "[ \t\n\r&<>\\]'\"a]{0,20}".prop_map(Value::Text),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(Value::Bytes),
        Just(Value::Nil),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            prop::collection::btree_map("[a-zA-Z&<\n]{0,6}", inner, 0..5)
                .prop_map(|members| Value::Struct(members.into_iter().collect())),
        ]
    })
}

/// Requests that are nearly right.
fn nearly() -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof![
        prop::sample::select(
            &[
                "<methodCall>",
                "<methodName>",
                "FileService.uploadFile",
                "</methodName>",
                "<params>",
                "<param>",
                "<value>",
                "<string>",
                "</string>",
                "</value>",
                "</param>",
                "</params>",
                "</methodCall>",
                "<base64>",
                "<i4>1</i4>",
                "<nil/>",
                "<array><data>",
                "</data></array>",
                "<struct><member><name>",
                "</name>",
                "</member></struct>",
                "<![CDATA[",
                "]]>",
                "<!--",
                "-->",
                "<?x?>",
                "&#13;",
                "&amp;",
                "\r\n",
                "QUJD",
                "=",
                "<?xml version='1.0' encoding='iso-8859-1'?>",
                "\u{e9}",
                "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3",
            ][..]
        )
        .prop_map(|word| word.as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 0..3),
    ];
    prop::collection::vec(word, 0..30).prop_map(|words| words.concat())
}

/// An upload with a word out of place.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let upload = include_bytes!("../fixtures/php_upload.xml").as_slice();
    let at = any::<prop::sample::Index>();
    (at, 0..=8_usize, nearly()).prop_map(move |(at, removed, words)| {
        let at = at.index(upload.len());
        let words = &words[..words.len().min(12)];
        [&upload[..at], words, &upload[upload.len().min(at + removed)..]].concat()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_is_written_is_read_as_the_same(method in "[a-zA-Z.&<]{1,20}", params in prop::collection::vec(values(), 0..5)) {
        let call = Call { method, params };
        let limits = Limits { xml_bytes: 1 << 20, ..Limits::default() };
        for len in [1, 100, 100_000] {
            let bytes = written(&call);
            let again = read(Pieces { bytes: bytes.as_bytes(), len }, refuses_a_file, &limits);
            prop_assert_eq!(again.as_ref().ok(), Some(&call), "{:?}", again);
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        any_request(&bytes);
    }

    #[test]
    fn words_of_requests_in_any_order_are_read_or_refused(bytes in nearly()) {
        any_request(&bytes);
    }

    #[test]
    fn an_upload_with_something_out_of_place_is_read_or_refused(bytes in mutated()) {
        any_request(&bytes);
    }

    #[test]
    fn any_text_is_base64_as_a_stream_when_it_is_as_a_whole(text in "[A-D+/_=* \r\n-]{0,40}") {
        any_base64(text.as_bytes());
    }
}

#[test]
fn requests_of_clients_are_read_the_same_however_they_are_cut() {
    for request in [
        include_bytes!("../fixtures/php_upload.xml").as_slice(),
        include_bytes!("../fixtures/ruby_binary.xml"),
        include_bytes!("../fixtures/python_find.xml"),
    ] {
        any_request(request);
        for end in 0..request.len() {
            any_request(&request[..end]);
        }
    }
}

#[test]
fn a_request_that_is_refused_for_its_length_is_so_however_it_is_cut() {
    let long = "x".repeat(5000);
    for request in [
        format!("<methodCall><methodName>a</methodNa{long}></methodCall>"),
        format!("<methodCall>{}<methodNam/></methodCall>", "<!-- -->".repeat(600)),
        format!("{}<b/>", " ".repeat(4096)),
        format!("{}\u{1}", " ".repeat(4096)),
    ] {
        any_request(request.as_bytes());
    }
}
