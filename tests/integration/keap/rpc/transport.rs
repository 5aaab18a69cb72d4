//! How calls come in and answers go out: places, framing, types.

use crate::keap::desk::{Desk, Keap, LEGACY, Place, RPC};
use crate::keap::xml::{Xml, call};
use crate::native::on_both_engines;
use attache_tests::{Ask, Setup};

on_both_engines!(
    every_place_answers_with_and_without_a_slash,
    an_answer_has_keaps_framing_to_the_byte,
    any_type_of_body_that_is_xml_is_read,
    values_are_read_as_any_client_types_them,
    c26_what_xml_could_do_beyond_a_call_is_refused,
    c26_a_request_over_the_limit_is_413,
);

fn get_file(no: i64) -> String {
    call("FileService.getFile", &["key".into(), no.into()])
}

async fn every_place_answers_with_and_without_a_slash(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.keap.file("a.txt", b"hello", Place::Company).await;
    let token = desk.keap.0.token().unwrap().to_owned();
    for path in ["/crm/xmlrpc/v1", "/crm/xmlrpc", "/crm/xmlrpc/v1/", "/crm/xmlrpc/"] {
        assert_eq!(desk.keap.send(path, get_file(no)).await.unwrap().bytes(), b"hello", "{path}");
    }
    let nobody = Keap::of(desk.app.stranger());
    for path in [LEGACY.to_owned(), format!("{LEGACY}/"), format!("{LEGACY}?app=ab123")] {
        let document = call("FileService.getFile", &[token.as_str().into(), no.into()]);
        assert_eq!(nobody.send(&path, document).await.unwrap().bytes(), b"hello", "{path}");
    }
    desk.stop().await;
}

async fn an_answer_has_keaps_framing_to_the_byte(setup: Setup) {
    let desk = Desk::open(setup).await;
    let args = ["key".into(), 7.into(), "a.txt".into(), Xml::content(b"<&>")];
    let made = desk.keap.post_xml(RPC, call("FileService.uploadFile", &args)).await;
    assert_eq!(
        made.text(),
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><methodResponse><params><param><value><i4>1</i4></value></param>\
         </params></methodResponse>"
    );
    assert_eq!(made.header("content-type"), "text/xml;charset=UTF-8");
    let gone = desk.keap.post_xml(RPC, get_file(99)).await;
    assert_eq!(
        gone.text(),
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><methodResponse><fault><value><struct><member><name>faultCode</name>\
         <value><i4>5</i4></value></member><member><name>faultString</name><value>[RecordNotFound]Record was not found\
         </value></member></struct></value></fault></methodResponse>"
    );
    let renamed = call("FileService.renameFile", &["key".into(), 1.into(), "<b> & 'c'.txt".into()]);
    assert!(desk.keap.post_xml(RPC, renamed).await.text().contains("<value><boolean>1</boolean></value>"));
    let args = ["key".into(), "FileBox".into(), 9.into(), 0.into(), Xml::Record(vec![]), Xml::list(["FileName"])];
    let rows = desk.keap.post_xml(RPC, call("DataService.query", &args)).await.text();
    assert!(rows.contains("<member><name>FileName</name><value>&lt;b&gt; &amp; "), "{rows}");
    let args = ["key".into(), "FileBox".into(), 9.into(), 5.into(), Xml::Record(vec![]), Xml::list(["FileName"])];
    let nothing = desk.keap.post_xml(RPC, call("DataService.query", &args)).await.text();
    assert!(nothing.contains("<param><value><array><data/></array></value></param>"), "{nothing}");
    desk.stop().await;
}

async fn any_type_of_body_that_is_xml_is_read(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.keap.file("a.txt", b"hello", Place::Company).await;
    for kind in ["text/xml", "text/xml; charset=utf-8", "application/xml", "text/html", "application/json", "nonsense"]
    {
        let answer = desk.keap.0.post(RPC).header("Content-Type", kind).body(get_file(no)).ask().await;
        assert!(answer.status == 200 && answer.text().contains("aGVsbG8="), "{kind}: {}", answer.text());
    }
    let untyped = desk.keap.0.post(RPC).body(get_file(no)).ask().await;
    assert!(untyped.text().contains("aGVsbG8="), "{}", untyped.text());
    let spaced = get_file(no).replace("><", ">\n \t<").replace("<params>", "<!-- words --><params>");
    assert_eq!(desk.keap.send(RPC, spaced).await.unwrap().bytes(), b"hello");
    let marked = [b"\xEF\xBB\xBF".as_slice(), get_file(no).as_bytes()].concat();
    assert_eq!(desk.keap.send(RPC, marked).await.unwrap().bytes(), b"hello");
    desk.stop().await;
}

async fn values_are_read_as_any_client_types_them(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.keap.file("a.txt", b"hello", Place::Contact(7)).await;
    let raw = |inner: String| Xml::Raw(format!("<value>{inner}</value>"));
    for id in [
        raw(format!("<int>{no}</int>")),
        raw(format!("<i4>{no}</i4>")),
        raw(format!("<string>{no}</string>")),
        raw(no.to_string()),
        raw(format!("<int> {no} </int>")),
        raw(format!("<int>+{no}</int>")),
    ] {
        // A sign in front is a number to some libraries and none to others.
        let told = desk.keap.call("FileService.getFile", [id.clone()]).await;
        if format!("{id:?}").contains('+') && told.is_err() {
            continue;
        }
        assert_eq!(told.unwrap().bytes(), b"hello", "{id:?}");
    }
    let cdata = raw(format!("<string><![CDATA[{no}]]></string>"));
    assert_eq!(desk.keap.call("FileService.getFile", [cdata]).await.unwrap().bytes(), b"hello");
    let escaped = raw("<string>&#98;&amp;&#x62;.txt</string>".to_owned());
    desk.keap.call("FileService.renameFile", [no.into(), escaped]).await.unwrap();
    assert_eq!(desk.keap.v1(no).await["file_name"], "b&b.txt");
    for (limit, page, id) in [
        (raw("<string>10</string>".into()), raw("0".into()), raw("<string>7</string>".into())),
        (raw("<i4>10</i4>".into()), raw("<i4>0</i4>".into()), raw("<int>7</int>".into())),
    ] {
        let args = ["FileBox".into(), limit, page, "ContactId".into(), id, Xml::list(["Id"])];
        assert_eq!(desk.keap.call("DataService.findByField", args).await.unwrap().items().len(), 1);
    }
    desk.stop().await;
}

async fn c26_what_xml_could_do_beyond_a_call_is_refused(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.keap.file("a.txt", b"hello", Place::Company).await;
    let head = "<?xml version=\"1.0\"?>";
    let with = |dtd: &str| get_file(no).replace(head, &format!("{head}{dtd}"));
    let deep = |depth: usize| {
        let list = format!("{}1{}", "<value><array><data>".repeat(depth), "</data></array></value>".repeat(depth));
        call("DataService.count", &["key".into(), "FileBox".into(), Xml::Raw(list)])
    };
    for bad in [
        with("<!DOCTYPE a>"),
        with("<!DOCTYPE a [<!ENTITY b \"c\">]>"),
        get_file(no).replace("<string>key</string>", "<string>&unknown;</string>"),
        deep(1000),
        deep(100_000),
    ] {
        let (code, text) = desk.keap.send(RPC, bad).await.unwrap_err();
        assert_eq!(code, 0, "{text}");
        assert!(text.starts_with("Failed to parse XML-RPC request: "), "{text}");
    }
    desk.stop().await;
}

async fn c26_a_request_over_the_limit_is_413(setup: Setup) {
    let desk = Desk::open(setup.limits(|limits| limits.keap_file_bytes = 100_000)).await;
    let before = crate::bad_inputs::face_of(&desk.native).await;
    let args = ["key".into(), 7.into(), "a.txt".into(), Xml::Text(" ".repeat(8 << 20))];
    let answer = desk.keap.post_xml(RPC, call("FileService.uploadFile", &args)).await;
    assert_eq!(answer.status, 413, "{}", answer.text());
    let args: Vec<Xml> = std::iter::repeat_n(Xml::from("x".repeat(1000).as_str()), 8000).collect();
    let answer = desk.keap.post_xml(RPC, call("FileService.getFile", &args)).await;
    assert!(answer.status == 413 || answer.text().contains("<fault>"), "{}", answer.text());
    assert_eq!(crate::bad_inputs::face_of(&desk.native).await, before);
    crate::native::is_sound(&desk.app).await;
    desk.stop().await;
}
