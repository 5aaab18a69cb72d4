//! Resumable uploads that are opened or sent wrongly. What takes more than one request is in `tus`.

use super::face_of;
use super::sent::Sent;
use super::table::{Row, rows};
use crate::tus::{BYTES, ask, asking, head, metadata, offset, open, patch, tus};
use attache_tests::{Answer, Ask, Client, TestApp};
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Method, RequestBuilder};

/// A request with the headers of a row, which are lines.
fn with_headers(mut request: RequestBuilder, row: &Row) -> RequestBuilder {
    for line in row.input.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let colon = line.iter().position(|byte| *byte == b':').unwrap();
        let name = HeaderName::from_bytes(&line[..colon]).unwrap();
        request = request.header(name, HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).unwrap());
    }
    request
}

/// Demands what a row says: a status, and the stable word where it names one.
#[track_caller]
fn demand(sent: &mut Sent, surface: &'static str, row: &Row, answer: &Answer) {
    sent.to(surface);
    let text = answer.text();
    let told = format!("{} {}", answer.status.as_u16(), text.split(':').next().unwrap_or_default());
    assert!(told.starts_with(row.expected), "{}: {told} where {} is right: {text}", row.id, row.expected);
    assert_eq!(answer.header("location"), "", "{}", row.id);
}

pub(super) async fn an_upload_that_is_opened_wrongly_is_none(sent: &mut Sent) {
    let app = TestApp::start().await;
    let client = app.client("all").await;
    let before = face_of(&client).await;
    for row in rows("tus opening") {
        demand(sent, "an upload's opening", &row, &with_headers(asking(&client, &[]), &row).ask().await);
    }
    // What an open upload would hold is part of the face.
    assert_eq!(face_of(&client).await, before);
    app.stop().await;
}

pub(super) async fn bytes_that_are_sent_wrongly_change_nothing(sent: &mut Sent) {
    let app = TestApp::start().await;
    let client = app.client("all").await;
    let at = open(&client, &[("Upload-Length", "6")]).await;
    patch(&client, &at, 0, "0123").await;
    let before = face_of(&client).await;
    for row in rows("tus bytes") {
        let request = with_headers(tus(&client, Method::PATCH, &at), &row).body("45");
        let typed = row.text().contains("Content-Type");
        demand(
            sent,
            "an upload's bytes",
            &row,
            &(if typed { request } else { request.header("Content-Type", BYTES) }).ask().await,
        );
        assert_eq!(offset(&client, &at).await, 4, "{}", row.id);
    }
    assert_eq!(face_of(&client).await, before);
    let done = patch(&client, &at, 4, "45").await;
    assert_eq!(crate::tus::content(&client, &done).await, b"012345");
    app.stop().await;
}

pub(super) async fn a_name_is_judged_as_on_every_other_surface(sent: &mut Sent) {
    let app = TestApp::start().await;
    let canary = app.data().join("canary.txt");
    std::fs::write(&canary, "untouched").unwrap();
    let client = app.client("all").await;
    for row in rows("name") {
        let before = face_of(&client).await;
        let answer = named(&client, "filename", &row).await;
        match (row.is_good(), row.input.is_empty()) {
            (true, _) => {
                sent.to("an upload's name");
                assert_eq!(answer.status, 201, "{}: {}", row.id, answer.text());
                let listed = crate::native::names(&client, "/v1/files").await;
                assert!(listed.contains(&row.text()), "{}: {listed:?}", row.id);
            }
            // A sender of this protocol may leave the name to us.
            (false, true) => assert_eq!(answer.status, 201, "{}", row.id),
            (false, false) => {
                demand(sent, "an upload's name", &row, &answer);
                assert_eq!(face_of(&client).await, before, "{} left something", row.id);
            }
        }
    }
    assert_eq!(std::fs::read_to_string(&canary).unwrap(), "untouched");
    app.stop().await;
}

pub(super) async fn folders_and_records_are_judged_as_on_every_other_surface(sent: &mut Sent) {
    let app = TestApp::start().await;
    let client = app.client("all").await;
    let before = face_of(&client).await;
    for (key, surface) in [("folder", "folder path"), ("record", "record")] {
        for row in rows(surface).iter().filter(|row| row.input.len() < 8000) {
            demand(sent, "an upload's place", row, &named(&client, key, row).await);
        }
    }
    assert_eq!(face_of(&client).await, before);
    app.stop().await;
}

/// A whole upload of no bytes, whose metadata has the input of a row.
async fn named(client: &Client, key: &str, row: &Row) -> Answer {
    use base64::Engine as _;
    let value = base64::engine::general_purpose::STANDARD.encode(&row.input);
    ask(client, &[("Upload-Length", "0"), ("Upload-Metadata", &format!("{key} {value}"))]).await
}

#[tokio::test]
async fn what_a_sender_says_about_its_file_reaches_no_header_of_another_kind() {
    let app = TestApp::start().await;
    let client = app.client("all").await;
    let given = metadata(&[("filename", "a.txt"), ("x", "\r\nSet-Cookie: a=b\r\n\r\n<script>")]);
    let at = open(&client, &[("Upload-Length", "0"), ("Upload-Metadata", &given)]).await;
    let seen = head(&client, &at).await;
    assert_eq!(seen.header("upload-metadata"), given);
    assert!(!seen.headers.contains_key("set-cookie"));
    app.stop().await;
}

#[tokio::test]
async fn a_method_that_is_overridden_needs_the_scope_of_the_one_that_is_meant() {
    let app = TestApp::start().await;
    let client = app.client("files:read,files:write").await;
    let at = open(&client, &[("Upload-Length", "5")]).await;
    let before = face_of(&client).await;
    let meant = tus(&client, Method::POST, &at).header("X-HTTP-Method-Override", "DELETE").ask().await;
    assert_eq!(meant.status, 403, "{}", meant.text());
    assert_eq!(face_of(&client).await, before);
    assert_eq!(offset(&client, &at).await, 0);
    app.stop().await;
}
