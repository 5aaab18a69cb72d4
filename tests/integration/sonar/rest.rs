//! Forms with several files, and what is told when they do not fit: the limits, the turns and the accounts' books around
//! uploads, and the refusals of downloads.

use super::desk::{Desk, FILES, noise, part};
use crate::bad_inputs::face_of;
use crate::native::{is_sound, list, on_both_engines};
use attache_core::Credential;
use attache_model::account::Quota;
use attache_model::token::Secret;
use attache_tests::{Ask as _, Setup};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

on_both_engines!(
    each_file_that_is_not_stored_says_why,
    a_name_that_no_file_can_have_is_told_at_its_file,
    a_form_that_is_too_long_for_all_its_files_is_refused_before_it_is_read,
    fields_that_cannot_be_kept_stop_the_form,
    strict_owners_are_those_that_something_names_already,
    files_of_one_form_need_one_turn_among_the_uploads,
    a_form_that_is_cut_behind_a_whole_file_leaves_nothing_visible,
    what_a_full_account_cannot_take_is_told_at_the_file,
    a_range_and_a_condition_that_do_not_hold_are_told_in_json,
    a_path_below_a_file_is_told_in_the_same_words,
);

/// A form of one file.
fn one(name: &str, bytes: impl Into<Vec<u8>>) -> Form {
    Form::new().part("files[]", part(name, bytes))
}

/// The numbers in the answer to an upload, `None` for a file that was not stored.
fn numbers(told: &Value) -> Vec<Option<i64>> {
    told["files"].as_array().unwrap().iter().map(|file| file["id"].as_i64()).collect()
}

/// Why the file at a place was not stored.
#[track_caller]
fn why(told: &Value, place: usize) -> &str {
    assert_eq!(told["files"][place]["stored"], false, "{told}");
    told["files"][place]["failure_message"].as_str().unwrap()
}

async fn each_file_that_is_not_stored_says_why(setup: Setup) {
    let desk = Desk::open(setup.limits(|limits| (limits.sonar_file_bytes, limits.sonar_parts) = (100_000, 5))).await;
    let form = Form::new()
        .part("files[]", part("a.txt", "a"))
        .part("files[]", part("folder/..", "b"))
        .part("files[]", part("big.bin", noise(100_001)))
        .part("files[]", Part::text("a text that is no file"))
        .part("files[]", part("c.txt", "c"))
        .part("files[]", part("", "d"))
        .part("files[]", part("e.txt", "e"));
    let told = desk.sonar.form(form).await.expect(200);
    let [Some(a), None, None, Some(c), None, None] = numbers(&told)[..] else { panic!("{told}") };
    assert!(a < c);
    assert_eq!(told["files"][1]["filename"], "..");
    assert!(why(&told, 1).starts_with("filename: '.' and '..' are not names"), "{told}");
    assert_eq!(why(&told, 2), "The file is too large: the limit is 100000.");
    assert!(why(&told, 4).starts_with("filename: it must not be empty"), "{told}");
    assert_eq!(why(&told, 5), "Too many parts: the limit is 5.");
    assert_eq!(list(&desk.native, "/v1/files").await.len(), 2);
    is_sound(&desk.app).await;
    desk.stop().await;
}

async fn a_name_that_no_file_can_have_is_told_at_its_file(setup: Setup) {
    let desk = Desk::open(setup).await;
    let before = face_of(&desk.native).await;
    let long = "x".repeat(256);
    for bad in
        ["..", ".", "folder/", "name.", "blank ", "a\u{202e}gpj.exe", "a\u{200b}b", &"\u{20ac}".repeat(86), &long]
    {
        let told = desk.sonar.form(one(bad, "a")).await.expect(200);
        assert!(why(&told, 0).starts_with("filename: "), "{bad}: {told}");
    }
    assert_eq!(face_of(&desk.native).await, before);
    desk.stop().await;
}

async fn a_form_that_is_too_long_for_all_its_files_is_refused_before_it_is_read(setup: Setup) {
    let desk = Desk::open(setup.limits(|limits| (limits.sonar_file_bytes, limits.sonar_parts) = (100_000, 2))).await;
    let before = face_of(&desk.native).await;
    let (host, token) = (desk.app.url().replace("http://", ""), desk.sonar.0.token().unwrap().to_owned());
    let mut stream = TcpStream::connect(&host).await.unwrap();
    // Not a byte of the body follows.
    let head = format!(
        "POST {FILES} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\
         Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 20000000\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).await.unwrap();
    assert!(said.starts_with("HTTP/1.1 413 "), "{said}");
    assert!(said.contains("\"message\":\"The file is too large: the limit is 100000.\""), "{said}");

    // One whose length is not told, once it has grown too long.
    let chunks = futures_util::stream::iter((0..300).map(|_| Ok::<_, std::io::Error>(noise(65_536))));
    let endless = Form::new().part("files[]", Part::stream(reqwest::Body::wrap_stream(chunks)).file_name("a.bin"));
    let sent = desk.sonar.0.post(FILES).multipart(endless).send().await;
    // The server may close before the sender has read the answer.
    assert!(sent.map_or(true, |answer| answer.status() == 413));
    assert_eq!(face_of(&desk.native).await, before);
    is_sound(&desk.app).await;
    desk.stop().await;
}

async fn fields_that_cannot_be_kept_stop_the_form(setup: Setup) {
    let desk = Desk::open(setup.limits(|limits| limits.description_bytes = 1000)).await;
    let before = face_of(&desk.native).await;
    let said = |text: &str| one("a.txt", "a").text("description", text.to_owned());
    desk.sonar.form(said("a").text("description", "b")).await.expect(400);
    desk.sonar.form(said(&"x".repeat(1001))).await.expect(413);
    assert_eq!(desk.sonar.form(said("a\0b")).await.expect(422)["message"], "description: it must not contain NUL");
    assert_eq!(face_of(&desk.native).await, before);
    let told = desk.sonar.form(said(&"x".repeat(1000))).await.expect(200);
    let [Some(no)] = numbers(&told)[..] else { panic!("{told}") };
    let shown = desk.native.get(&format!("/v1/files/{no}")).ask().await.expect(200);
    assert_eq!(shown["description"].as_str().map(str::len), Some(1000));
    is_sound(&desk.app).await;
    desk.stop().await;
}

async fn strict_owners_are_those_that_something_names_already(setup: Setup) {
    let desk = Desk::open(setup.limits(|limits| limits.sonar_strict_owners = 1)).await;
    let known =
        desk.native.post("/v1/records/account/1/files").multipart(Form::new().part("file", part("known.txt", "a")));
    known.ask().await.expect(201);
    let to = |id: &str| one("a.txt", "a").text("fileable_type", "Account").text("fileable_id", id.to_owned());
    let told = desk.sonar.form(to("2")).await.expect(422);
    assert_eq!(super::judge::keys(&told["errors"][0]["extensions"]["validation"]), ["fileable_id"]);
    assert_eq!(list(&desk.native, "/v1/files").await.len(), 1);
    assert!(numbers(&desk.sonar.form(to("1")).await.expect(200))[0].is_some());
    desk.stop().await;
}

async fn files_of_one_form_need_one_turn_among_the_uploads(setup: Setup) {
    let desk = Desk::open(setup.limits(|limits| limits.uploads = 1)).await;
    let files = (0..5).fold(Form::new(), |form, no| form.part("files[]", part("a.bin", noise(100_000 + no))));
    let told = desk.sonar.form(files).await.expect(200);
    assert!(numbers(&told).iter().all(Option::is_some), "{told}");
    desk.sonar.file("next.txt", "the turn was given back").await;
    desk.stop().await;
}

async fn a_form_that_is_cut_behind_a_whole_file_leaves_nothing_visible(setup: Setup) {
    let desk = Desk::open(setup).await;
    let before = face_of(&desk.native).await;
    let mut body = Vec::new();
    for (name, len) in [("one.bin", 300_000), ("small.txt", 100), ("two.bin", 300_000)] {
        let head = format!("--b\r\nContent-Disposition: form-data; name=\"files[]\"; filename=\"{name}\"\r\n\r\n");
        body.extend([head.as_bytes(), &noise(len), b"\r\n"].concat());
    }
    body.extend_from_slice(b"--b--\r\n");
    let token = desk.sonar.0.token().unwrap().to_owned();
    for most in [300_200, 300_400, 400_000, body.len() - 8, body.len() - 4] {
        let kind = "multipart/form-data; boundary=b";
        let sent = crate::keap::cut::send(&desk.app.url(), ("POST", FILES, kind), &token, &body, most).await;
        let answer = sent.cut().await;
        assert!(!answer.starts_with("HTTP/1.1 200"), "cut at {most}: {answer}");
        assert_eq!(face_of(&desk.native).await, before, "cut at {most}");
    }
    is_sound(&desk.app).await;
    desk.stop().await;
}

async fn what_a_full_account_cannot_take_is_told_at_the_file(setup: Setup) {
    let desk = Desk::open(setup).await;
    let token = Credential::Token(Secret::new(desk.native.token().unwrap()));
    let owner = desk.app.core().admit(&token).await.unwrap();
    let room = Quota { bytes: Some(150_000), files: None };
    desk.app.core().manage(&owner).unwrap().set_quota(room).await.unwrap();
    let form = Form::new()
        .part("files[]", part("a.bin", noise(100_000)))
        .part("files[]", part("b.bin", noise(100_001)))
        .part("files[]", part("c.bin", noise(50_000)));
    let told = desk.sonar.form(form).await.expect(200);
    let [Some(_), None, Some(_)] = numbers(&told)[..] else { panic!("{told}") };
    assert_eq!(why(&told, 1), "The account may store no more than 150000 bytes.");
    is_sound(&desk.app).await;
    desk.stop().await;
}

async fn a_range_and_a_condition_that_do_not_hold_are_told_in_json(setup: Setup) {
    let desk = Desk::open(setup).await;
    let path = format!("{FILES}/{}", desk.sonar.file("a.txt", "0123456789").await);
    let with = async |name: &'static str, value: &'static str| {
        desk.sonar.ask(Method::GET, &path, |request| request.header(name, value)).await
    };
    let behind = with("range", "bytes=10-").await;
    assert_eq!(behind.header("content-range"), "bytes */10");
    assert_eq!(behind.expect(416)["message"], "Range: the file ends before it; Content-Range tells its length");
    assert_eq!(with("if-match", "\"other\"").await.expect(412)["errors"][0]["extensions"]["category"], "conflict");
    desk.stop().await;
}

async fn a_path_below_a_file_is_told_in_the_same_words(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.sonar.file("a.txt", "a").await;
    for method in [Method::GET, Method::POST, Method::DELETE] {
        let answer = desk.sonar.ask(method, &format!("{FILES}/{no}/content"), |request| request).await;
        assert_eq!(answer.expect(404)["errors"][0]["extensions"]["category"], "request");
    }
    assert_eq!(desk.sonar.get(&format!("{FILES}/{no}/")).await.text(), "a", "a slash at the end does no harm");
    desk.stop().await;
}
