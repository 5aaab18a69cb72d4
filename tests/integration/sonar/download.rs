//! Rows 10 and 11: files that go out.

use super::desk::{Desk, FILES, Sonar, noise};
use crate::native::on_both_engines;
use attache_tests::{Answer, Setup};
use reqwest::Method;
use serde_json::Value;

on_both_engines!(
    s10_a_download_has_the_headers_of_a_file_that_no_browser_runs,
    s10_a_part_of_a_file_and_a_file_that_is_known_are_answered_as_http_says,
    s10_head_tells_all_but_the_bytes,
    s11_missing_not_allowed_and_not_a_number_are_one_answer,
    s11_other_methods_are_refused_in_the_same_words,
);

async fn get(sonar: &Sonar, no: i64, name: &str, value: &str) -> Answer {
    sonar.ask(Method::GET, &format!("{FILES}/{no}"), |request| request.header(name, value)).await
}

async fn s10_a_download_has_the_headers_of_a_file_that_no_browser_runs(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.sonar.file("\u{dc}ber \"uns\".html", "<script>alert(1)</script>").await;
    // What is asked for by type does not count.
    for accept in ["*/*", "application/json", "text/html"] {
        let answer = get(&desk.sonar, no, "Accept", accept).await;
        assert_eq!((answer.status.as_u16(), answer.text().as_str()), (200, "<script>alert(1)</script>"));
        let disposition = answer.header("content-disposition");
        assert!(disposition.starts_with("attachment; filename=\""), "{disposition}");
        assert!(disposition.contains("filename*=UTF-8''%C3%9Cber%20%22uns%22.html"), "{disposition}");
        assert!(disposition.is_ascii());
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("accept-ranges"), "bytes");
        assert_eq!(answer.header("content-length"), "25");
        assert!(answer.header("cache-control").contains("private"), "{}", answer.header("cache-control"));
        assert!(!answer.header("last-modified").is_empty() && !answer.header("content-type").is_empty());
        let data = desk.sonar.data(&format!("{{ files(id: {no}) {{ entities {{ checksum_sha256 }} }} }}")).await;
        let digest = data["files"]["entities"][0]["checksum_sha256"].as_str().unwrap().to_owned();
        assert_eq!(answer.header("etag"), format!("\"{digest}\""));
    }
    desk.stop().await;
}

async fn s10_a_part_of_a_file_and_a_file_that_is_known_are_answered_as_http_says(setup: Setup) {
    let desk = Desk::open(setup).await;
    let bytes = noise(300_000);
    let no = desk.sonar.file("a.bin", bytes.clone()).await;
    for (range, from, to) in [("bytes=0-9", 0, 10), ("bytes=299990-", 299_990, 300_000), ("bytes=-5", 299_995, 300_000)]
    {
        let answer = get(&desk.sonar, no, "Range", range).await;
        assert_eq!(answer.status, 206);
        assert!(answer.body == bytes[from..to], "{range}");
        assert_eq!(answer.header("content-range"), format!("bytes {from}-{}/300000", to - 1));
    }
    let beyond = get(&desk.sonar, no, "Range", "bytes=300000-").await;
    assert_eq!((beyond.status.as_u16(), beyond.header("content-range")), (416, "bytes */300000"));
    let whole = desk.sonar.download(no).await;
    assert!(whole.body == bytes);
    let known = get(&desk.sonar, no, "If-None-Match", whole.header("etag")).await;
    assert!(known.status == 304 && known.body.is_empty() && known.header("etag") == whole.header("etag"));
    let since = get(&desk.sonar, no, "If-Modified-Since", whole.header("last-modified")).await;
    assert_eq!(since.status, 304);
    assert_eq!(get(&desk.sonar, no, "If-None-Match", "\"other\"").await.status, 200);
    desk.stop().await;
}

async fn s10_head_tells_all_but_the_bytes(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.sonar.file("a.txt", "hello").await;
    let path = format!("{FILES}/{no}");
    let (head, get) = (desk.sonar.ask(Method::HEAD, &path, |request| request).await, desk.sonar.get(&path).await);
    assert!(head.status == 200 && head.body.is_empty());
    for name in ["content-type", "content-length", "content-disposition", "etag", "last-modified", "accept-ranges"] {
        assert_eq!(head.header(name), get.header(name), "{name}");
    }
    let none = desk.sonar.ask(Method::HEAD, &format!("{FILES}/99"), |request| request).await;
    assert!(none.status == 404 && none.body.is_empty());
    desk.stop().await;
}

/// An answer without what is another one each time.
fn face(answer: &Answer) -> Value {
    let mut body = answer.json();
    for error in body["errors"].as_array_mut().unwrap() {
        error["extensions"]["request_id"] = Value::Null;
    }
    body
}

async fn s11_missing_not_allowed_and_not_a_number_are_one_answer(setup: Setup) {
    let desk = Desk::open(setup).await;
    let maker = desk.user(2, super::desk::EVERYTHING).await;
    let theirs = maker.file("a.txt", "hello").await;
    let trashed = maker.file_on("Account", 1, "b.txt", "hello").await;
    maker.trash(trashed).await.data();
    let linked = maker.file_on("Account", 1, "c.txt", "hello").await;
    let reader = desk.user(3, "sonar:READ_FILE").await;
    reader.download(linked).await.expect(200);
    let writer = desk.user(3, "sonar:CREATE_FILE,sonar:UPDATE_FILE,sonar:DELETE_FILE").await;
    let missing = face(&reader.get(&format!("{FILES}/999999")).await);
    assert_eq!(missing["errors"][0]["extensions"]["category"], "not_found");
    let mut answers = vec![writer.download(linked).await];
    for path in [
        theirs.to_string(),
        trashed.to_string(),
        "0".into(),
        "-1".into(),
        "abc".into(),
        "1.5".into(),
        "9223372036854775808".into(),
        "00000000-0000-7000-8000-000000000000".into(),
    ] {
        answers.push(reader.get(&format!("{FILES}/{path}")).await);
    }
    for answer in answers {
        assert_eq!(answer.status, 404, "{}", answer.text());
        assert_eq!(face(&answer), missing);
        assert!(answer.header("content-type").starts_with("application/json"));
    }
    desk.stop().await;
}

async fn s11_other_methods_are_refused_in_the_same_words(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.sonar.file("a.txt", "hello").await;
    for (method, path) in [
        (Method::DELETE, format!("{FILES}/{no}")),
        (Method::PUT, format!("{FILES}/{no}")),
        (Method::PATCH, format!("{FILES}/{no}")),
        (Method::GET, FILES.to_owned()),
        (Method::PUT, "/api/graphql".to_owned()),
    ] {
        let answer = desk.sonar.ask(method.clone(), &path, |request| request).await;
        assert_eq!(answer.status, 405, "{method} {path}: {}", answer.text());
        assert!(!answer.header("allow").is_empty());
    }
    assert_eq!(desk.sonar.download(no).await.text(), "hello");
    desk.stop().await;
}
