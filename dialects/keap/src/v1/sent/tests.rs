use super::*;
use http::HeaderValue;

fn sent(json: &str) -> Result<Sent> {
    Sent::of(json.as_bytes(), &Limits::default())
}

fn unreadable(json: &str) {
    assert!(matches!(sent(json), Err(Error::Malformed { code: Code::JsonInvalid, .. })), "{json}");
}

#[test]
fn what_is_absent_and_what_is_null_are_the_same() {
    let null = r#"{"file_name":null,"file_association":null,"contact_id":null,"is_public":null,"public":null}"#;
    for json in ["{}", null] {
        let sent = sent(json).unwrap();
        assert_eq!(sent.name().unwrap(), None);
        assert_eq!(sent.association().unwrap(), None);
        assert_eq!((sent.contact_id(), sent.public()), (None, None));
    }
}

#[test]
fn a_contact_is_a_number_or_its_digits() {
    assert_eq!(sent(r#"{"contact_id":7}"#).unwrap().contact_id(), Some("7"));
    assert_eq!(sent(r#"{"contact_id":"7"}"#).unwrap().contact_id(), Some("7"));
    assert_eq!(sent(r#"{"contact_id":12345678901234567890}"#).unwrap().contact_id(), Some("12345678901234567890"));
    for bad in [r#"{"contact_id":true}"#, r#"{"contact_id":[7]}"#, r#"{"contact_id":{}}"#] {
        unreadable(bad);
    }
}

#[test]
fn c05_is_public_wins_over_its_alias() {
    assert_eq!(sent(r#"{"public":true}"#).unwrap().public(), Some(true));
    assert_eq!(sent(r#"{"public":true,"is_public":false}"#).unwrap().public(), Some(false));
    assert_eq!(sent(r#"{"public":true,"is_public":null}"#).unwrap().public(), Some(true));
    unreadable(r#"{"is_public":"true"}"#);
}

#[test]
fn c05_associations_are_read_in_any_letter_case() {
    let association = |word: &str| sent(&format!(r#"{{"file_association":"{word}"}}"#)).unwrap().association();
    assert_eq!(association("contact").unwrap(), Some(Association::Contact));
    assert_eq!(association(" Company ").unwrap(), Some(Association::Company));
    assert!(matches!(association("TEAM"), Err(Error::Malformed { code: Code::JsonInvalid, .. })));
}

#[test]
fn c09_a_name_is_trimmed_and_one_that_cannot_be_is_refused() {
    let name = |text: &str| sent(&format!(r#"{{"file_name":"{text}"}}"#)).unwrap().name();
    assert_eq!(name(" a b.pdf ").unwrap().unwrap().full(), "a b.pdf");
    for bad in ["", " ", "a/b", "a\\\\b", "a\\u0000", &"x".repeat(256)] {
        assert!(matches!(name(bad), Err(Error::Invalid { code: Code::NameInvalid, .. })), "{bad}");
    }
}

#[test]
fn members_that_are_not_known_are_passed_over_and_none_may_come_twice() {
    assert!(sent(r#"{"file_descriptor":{"id":7,"file_name":"x"},"tenant_id":1,"file_data":true}"#).is_ok());
    unreadable(r#"{"file_name":"a","file_name":"b"}"#);
    unreadable(r#"{"x":{"a":1,"a":2}}"#);
    unreadable(r#"{"file_name":7}"#);
}

#[test]
fn c20_any_type_is_read_as_json_but_forms_are_refused() {
    let judged = |kind: &'static str| no_form(&HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))]));
    for kind in ["application/json", "text/plain", "application/octet-stream", "", "application/json; charset=utf-8"] {
        assert!(judged(kind).is_ok(), "{kind}");
    }
    assert!(no_form(&HeaderMap::new()).is_ok());
    for kind in [
        "application/x-www-form-urlencoded",
        "Application/X-WWW-Form-Urlencoded; charset=UTF-8",
        "multipart/form-data; boundary=x",
    ] {
        assert!(matches!(judged(kind), Err(Error::Malformed { code: Code::MediaTypeUnsupported, .. })), "{kind}");
    }
}

#[test]
fn a_caller_is_refused_where_it_may_put_nothing_before_the_content_is_read() {
    let missing = || Err(Error::MissingScope(attache_model::Scope::FilesCompanyWrite));
    let rights = Rights { contact: Ok(()), user: Ok(()), company: missing() };
    assert!(rights.any().is_ok());
    for (json, refused) in [
        (r#"{"file_association":"COMPANY","file_data":"QQ=="}"#, true),
        (r#"{"file_association":"CONTACT","file_data":""}"#, false),
    ] {
        let (mut opener, content) = Opener::new();
        let end = decode(Source::of(json), &mut opener, &rights, &Limits::default());
        assert_eq!(matches!(end, Err(Error::MissingScope(_))), refused, "{end:?}");
        assert_eq!(opener.is_open(), !refused);
        drop(content);
    }
    let none = Rights { contact: missing(), user: missing(), company: missing() };
    assert!(matches!(none.any(), Err(Error::MissingScope(_))));
}

#[test]
fn a_body_has_room_for_a_file_of_the_limit_whose_every_slash_is_escaped() {
    let limits = Limits { keap_file_bytes: 300, json_bytes: 100, ..Limits::default() };
    assert_eq!(cap(&limits).bytes, 2 * 400 + 100);
    let Error::TooLarge { limit, .. } = of_file(Error::TooLarge { code: Code::FileTooLarge, limit: 900 }, 300) else {
        panic!("it stays too large")
    };
    assert_eq!(limit, 300);
}
