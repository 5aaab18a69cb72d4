//! XML-RPC that would harm whoever reads it: rows XR-*.
//!
//! Keap's contract wins over the rows' numbers: what cannot be read is fault 0, a value that is not allowed is 12, both
//! with HTTP 200; and a request is read whatever its type says (XR-16).
//! Padding may be left out there, also in part (XR-12); too much of it is none.

use super::face_of;
use crate::PROGRAM;
use crate::keap::memory::peak_kib;
use crate::keap::xml::{Xml, call, told};
use crate::native::is_sound;
use attache_tests::{Ask, Client, Home, TestApp};

const RPC: &str = "/crm/xmlrpc/v1";
/// Most memory that the server may have resident while it reads these, in KiB, as for any other request.
const PEAK_KIB: u64 = 96 << 10;

/// A call that puts a file in, with an addition to its head and another first parameter than the contact.
fn upload(head: &str, contact: Xml) -> String {
    let document = call("FileService.uploadFile", &["key".into(), contact, "a.txt".into(), Xml::content(b"x")]);
    document.replacen("?>", &format!("?>{head}"), 1)
}

/// A document type of entities that are each ten times the one before.
fn laughs() -> String {
    let entities: String =
        (1..10).map(|no| format!("<!ENTITY l{no} \"{}\">", format!("&l{};", no - 1).repeat(10))).collect();
    format!("<!DOCTYPE methodCall [<!ENTITY l0 \"ha\">{entities}]>")
}

fn raw(inner: &str) -> Xml {
    Xml::Raw(format!("<value>{inner}</value>"))
}

/// The rows that are refused, with the faults that are right.
fn hostile(canary: &str) -> Vec<(&'static str, String, &'static [i64])> {
    let long = format!("<!DOCTYPE methodCall [<!ENTITY e \"{}\">]>", "x".repeat(50_000));
    let outside = format!("<!DOCTYPE methodCall [<!ENTITY e SYSTEM \"file://{canary}\">]>");
    let lists = |depth: usize| {
        raw(&format!("{}{}", "<array><data><value>".repeat(depth), "</value></data></array>".repeat(depth)))
    };
    let spaces: String = (0..100_000).map(|no| format!(" xmlns:n{no}=\"u\"")).collect();
    let twice = "<struct><member><name>Id</name><value>1</value></member><member><name>Id</name><value>2</value></member></struct>";
    let count = |query: Xml| call("DataService.count", &["key".into(), "FileBox".into(), query]);
    let named = |name: &str| {
        call(
            "FileService.uploadFile",
            &["key".into(), 7.into(), raw(&format!("<string>{name}</string>")), Xml::content(b"x")],
        )
    };
    vec![
        ("XR-01", upload(&laughs(), raw("<string>&l9;</string>")), &[0]),
        ("XR-02", upload(&long, raw(&format!("<string>{}</string>", "&e;".repeat(100_000)))), &[0]),
        ("XR-03", upload(&outside, raw("<string>&e;</string>")), &[0]),
        ("XR-06", upload("", lists(1000)), &[0]),
        ("XR-08", upload("", 7.into()).replace("<methodCall>", &format!("<methodCall{spaces}>")), &[0]),
        ("XR-11", upload("", raw("<int>2147483648</int>")), &[0]),
        ("XR-11", upload("", raw("<int>-2147483649</int>")), &[0]),
        ("XR-12", upload("", 7.into()).replace("<string>eA==</string>", "<base64>eA===</base64>"), &[12]),
        ("XR-12", upload("", 7.into()).replace("<string>eA==</string>", "<base64>eA==eA==</base64>"), &[12]),
        ("XR-13", count(raw(twice)), &[0, 12]),
        ("XR-19", named("a&#x1;.txt"), &[0]),
        ("XR-19", named("a\u{1}.txt"), &[0]),
        ("XR-19", named("a&#xFFFE;.txt"), &[0, 12]),
        ("XR-19", named("a&#xD800;.txt"), &[0]),
    ]
}

#[tokio::test]
async fn xml_that_would_do_more_than_call_is_refused_and_leaves_nothing() {
    let app = TestApp::start().await;
    let canary = app.data().join("canary.txt");
    std::fs::write(&canary, "the canary sings").unwrap();
    let client = app.client("all").await;
    let before = face_of(&client).await;
    for (id, document, faults) in hostile(canary.to_str().unwrap()) {
        let answer = client.post(RPC).header("Content-Type", "text/xml").body(document).ask().await;
        assert_eq!(answer.status, 200, "{id}: {}", answer.text());
        let told = told(&answer.text());
        let Err((code, text)) = told else { panic!("{id} was taken: {told:?}") };
        assert!(faults.contains(&code), "{id}: {code} {text}");
        assert!(!text.contains("sings") && text.len() < 1000, "{id}: {text}");
        assert_eq!(face_of(&client).await, before, "{id} left something");
    }
    is_sound(&app).await;
    app.stop().await;
}

#[tokio::test]
async fn a_call_of_many_calls_is_none() {
    let app = TestApp::start().await;
    let client = app.client("all").await;
    let before = face_of(&client).await;
    let one = |method: &str, params: Vec<Xml>| {
        Xml::record(vec![("methodName", method.into()), ("params", Xml::List(params))])
    };
    let upload = || one("FileService.uploadFile", vec!["key".into(), 7.into(), "a.txt".into(), Xml::content(b"x")]);
    let many = |calls: Vec<Xml>| call("system.multicall", &[Xml::List(calls)]);
    let inner = one("system.multicall", vec![Xml::List(vec![upload()])]);
    for (id, document) in [
        ("XR-09", many((0..1000).map(|_| upload()).collect())),
        ("XR-09", call("system.multicall", &["key".into(), Xml::List(vec![upload()])])),
        ("XR-10", many(vec![inner])),
    ] {
        let answer = client.post(RPC).body(document).ask().await;
        assert_eq!(answer.status, 200, "{id}");
        assert_eq!(told(&answer.text()), Err((0, "No such handler: system.multicall".to_owned())), "{id}");
        assert_eq!(face_of(&client).await, before, "{id} ran something");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_request_of_any_type_is_read_and_one_that_is_too_long_is_not() {
    let app = attache_tests::Setup::new().limits(|limits| limits.keap_file_bytes = 1 << 20).start().await;
    let client = app.client("all").await;
    // XR-16: Keap reads what is posted; whoever asks shows a token that no browser adds by itself.
    let html = client.post(RPC).header("Content-Type", "text/html").body(upload("", 7.into())).ask().await;
    assert!(told(&html.text()).is_ok(), "{}", html.text());
    let before = face_of(&client).await;
    // XR-15
    let long = call("FileService.uploadFile", &["key".into(), 7.into(), "a".into(), Xml::Text("A".repeat(35 << 20))]);
    let answer = client.post(RPC).body(long).ask().await;
    assert_eq!(answer.status, 413, "{}", answer.text());
    assert_eq!(face_of(&client).await, before);
    is_sound(&app).await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn xml_that_would_grow_does_not_grow_the_server() {
    let home = Home::new();
    let server = home.serve(PROGRAM, &[]);
    let client: Client = server.client(PROGRAM, "all");
    for _ in 0..4 {
        let asked = hostile("/dev/null").into_iter().map(|(_, document, _)| client.post(RPC).body(document).ask());
        for answer in futures_util::future::join_all(asked).await {
            assert_eq!(answer.status, 200);
        }
    }
    let peak = peak_kib(&server);
    attache_tests::report(&format!("the peak under hostile XML was {peak} KiB"));
    assert!(peak < PEAK_KIB, "{peak} KiB");
}
