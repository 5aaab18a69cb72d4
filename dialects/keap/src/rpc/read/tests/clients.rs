//! Requests as clients send them: Python's `xmlrpc.client`, npm's `xmlrpc`, Ruby's `XMLRPC`, PHP's `xmlrpc` extension
//! and fxmlrpc.

use super::*;

macro_rules! sent {
    ($name:literal) => {
        ($name, include_bytes!(concat!("../fixtures/", $name, ".xml")).as_slice())
    };
}

/// What is in the files.
fn content() -> Vec<u8> {
    (0..100).collect()
}

#[track_caller]
fn call(name: &str, request: &[u8]) -> Call {
    read(request, refuses_a_file, &Limits::default()).unwrap_or_else(|error| panic!("{name}: {error:?}"))
}

#[test]
fn an_upload_of_each_client_means_the_same() {
    let uploads = [
        sent!("python_upload"),
        sent!("node_upload"),
        sent!("ruby_upload"),
        sent!("php_upload"),
        sent!("php_markup"),
        sent!("fxmlrpc_upload"),
    ];
    for (name, request) in uploads {
        let call = call(name, request);
        assert_eq!(call.method, "FileService.uploadFile", "{name}");
        let [Value::Text(_), Value::Int(7), Value::Text(title), Value::Text(data)] = call.params.as_slice() else {
            panic!("{name}: {call:?}");
        };
        assert_eq!(title, "R\u{e9}sum\u{e9} & <notes>.pdf", "{name}");
        assert_eq!(attache_http::base64::decode("data", data).unwrap(), content(), "{name}");
    }
}

#[test]
fn a_file_may_come_as_typed_base64() {
    for (name, request) in [sent!("python_binary"), sent!("node_binary"), sent!("ruby_binary"), sent!("php_binary")] {
        let call = call(name, request);
        assert_eq!(call.method, "FileService.replaceFile", "{name}");
        assert_eq!(call.params, ["key".into(), 12.into(), Value::Bytes(content())], "{name}");
    }
}

#[test]
fn a_query_of_each_client_means_the_same() {
    let find = [sent!("python_find"), sent!("node_find"), sent!("ruby_find"), sent!("php_find"), sent!("fxmlrpc_find")];
    for (name, request) in find {
        let call = call(name, request);
        assert_eq!(call.method, "DataService.query", "{name}");
        let filter = Value::Struct(vec![("ContactId".into(), 7.into()), ("FileName".into(), "%.pdf".into())]);
        let fields = Value::Array(vec!["Id".into(), "FileName".into()]);
        let params = ["FileBox".into(), 1000.into(), 0.into(), filter, fields, "Id".into(), true.into()];
        assert_eq!(call.params[1..], params, "{name}");
    }
}

#[test]
fn pythons_none_is_nothing() {
    let (name, request) = sent!("python_nil");
    assert_eq!(call(name, request).params[1], Value::Nil);
}
