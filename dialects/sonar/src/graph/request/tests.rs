use super::*;
use http::HeaderValue;
use serde_json::json;

fn read_json(body: &str) -> Result<Asked> {
    read(Kind::Json, body.as_bytes(), &Limits::default())
}

fn sent(body: &serde_json::Value) -> Sent {
    match read_json(&body.to_string()).unwrap() {
        Asked::One(sent) => sent,
        several => panic!("{several:?}"),
    }
}

fn kind_of(text: &'static str) -> Result<Kind> {
    kind(&HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(text))]))
}

/// Where a body is wrong.
fn field_of(body: &str) -> String {
    match read_json(body).unwrap_err() {
        Error::Malformed { field, .. } => field,
        other => panic!("{other:?} names no field"),
    }
}

#[test]
fn variables_come_as_an_object_as_its_text_or_not_at_all() {
    let wanted = Variables::from_json(json!({ "id": 1 }));
    for given in [json!({ "id": 1 }), json!("{\"id\": 1}")] {
        assert_eq!(sent(&json!({ "query": "{a}", "variables": given })).variables, wanted);
    }
    for none in [json!([]), json!(null), json!({}), json!("[]"), json!("null"), json!("{}"), json!(""), json!(" ")] {
        assert!(sent(&json!({ "query": "{a}", "variables": none })).variables.is_empty(), "{none}");
    }
    assert!(sent(&json!({ "query": "{a}" })).variables.is_empty());
}

#[test]
fn variables_of_another_form_are_refused() {
    for bad in ["[1]", "1", "\"x\"", "\"[1]\"", "true", "\"{\\\"a\\\":1\""] {
        assert_eq!(field_of(&format!("{{\"query\":\"{{a}}\",\"variables\":{bad}}}")), "variables", "{bad}");
    }
}

#[test]
fn an_operation_has_a_query_and_may_have_a_name() {
    assert_eq!(sent(&json!({ "query": "{a}", "operationName": "Q" })).name.as_deref(), Some("Q"));
    for none in [json!(null), json!("")] {
        assert_eq!(sent(&json!({ "query": "{a}", "operationName": none })).name, None);
    }
    assert_eq!(sent(&json!({ "query": "{a}", "extensions": {}, "id": 7 })).query, "{a}");
}

#[test]
fn what_is_no_operation_is_refused_with_its_place() {
    assert_eq!(field_of("{}"), "query");
    assert_eq!(field_of(r#"{"query":null}"#), "query");
    assert_eq!(field_of(r#"{"query":7}"#), "query");
    assert_eq!(field_of(r#"{"query":"{a}","operationName":7}"#), "operationName");
    for body in ["", "{", "7", "null", "\"{a}\"", "[]", "[7]", "[[]]"] {
        assert_eq!(field_of(body), "body", "{body}");
    }
}

#[test]
fn a_list_holds_several_operations() {
    let Asked::Several(sent) = read_json(r#"[{"query":"{a}"},{"query":"{b}"}]"#).unwrap() else { panic!("a list") };
    assert_eq!(sent.iter().map(|sent| sent.query.as_str()).collect::<Vec<_>>(), ["{a}", "{b}"]);
    assert!(matches!(read_json(r#"[{"query":"{a}"}]"#).unwrap(), Asked::Several(sent) if sent.len() == 1));
}

#[test]
fn bodies_are_json_or_the_text_of_a_query() {
    for json in ["application/json", "application/json; charset=utf-8", "application/graphql+json"] {
        assert_eq!(kind_of(json).unwrap(), Kind::Json, "{json}");
    }
    assert_eq!(kind_of("application/graphql").unwrap(), Kind::Text);
    for bad in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""] {
        let error = kind_of(bad).unwrap_err();
        assert!(matches!(error, Error::Malformed { code: Code::MediaTypeUnsupported, .. }), "{bad}");
    }
    assert!(kind(&HeaderMap::new()).is_err());
    let text = read(Kind::Text, b"{ me { id } }", &Limits::default()).unwrap();
    assert!(matches!(text, Asked::One(Sent { query, .. }) if query == "{ me { id } }"));
    let error = read(Kind::Text, b"\xff", &Limits::default()).unwrap_err();
    assert!(matches!(error, Error::Malformed { code: Code::Utf8Invalid, .. }));
}

#[test]
fn an_address_holds_a_query_with_its_variables() {
    let read = |query: &str| from_address(query, &Limits::default());
    let wanted = Sent {
        query: "query Q($a: Int) { a }".to_owned(),
        variables: Variables::from_json(json!({ "a": 1 })),
        name: Some("Q".to_owned()),
    };
    let query = "query=query+Q(%24a%3A%20Int)+%7B+a+%7D&variables=%7B%22a%22%3A1%7D&operationName=Q";
    assert_eq!(read(query).unwrap(), Some(Asked::One(wanted)));
    assert_eq!(read("").unwrap(), None);
    assert_eq!(read("variables={}").unwrap(), None);
    assert!(read("query={a}&query={b}").is_err());
    assert!(read("query={a}&variables=[1]").is_err());
}
