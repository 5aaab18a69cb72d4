//! Forms that readers would disagree on, or that take more than their share.

use super::face_of;
use crate::native::{content, noise};
use attache_tests::{Ask, Setup};

/// A form's body and what is right for it.
pub(super) struct Case {
    pub(super) id: &'static str,
    pub(super) boundary: String,
    pub(super) body: Vec<u8>,
    expected: (u16, &'static str),
}

fn case(id: &'static str, body: impl Into<Vec<u8>>, status: u16, word: &'static str) -> Case {
    Case { id, boundary: "boundary=b".into(), body: body.into(), expected: (status, word) }
}

const FILE: &str = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"n.txt\"\r\n\r\nx\r\n";
const END: &str = "--b--\r\n";

fn field(name: &str, value: &str) -> String {
    format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
}

fn file_with(head: &str) -> String {
    format!("--b\r\n{head}\r\n\r\nx\r\n{END}")
}

/// Forms of a file that are broken.
pub(super) fn cases() -> Vec<Case> {
    let disposition = "Content-Disposition: form-data; name=\"file\"; filename=\"n.txt\"";
    let long = "b".repeat(71);
    let seventeen = (0..16).map(|no| format!("\r\nX-{no}: 1")).collect::<String>();
    vec![
        Case {
            boundary: format!("boundary={long}"),
            ..case("MP-02", FILE.replace("--b", &format!("--{long}")), 400, "multipart_invalid")
        },
        Case { boundary: "boundary=\"\"".into(), ..case("MP-03", FILE, 400, "multipart_invalid") },
        case("MP-04", FILE, 400, "multipart_truncated"),
        case("MP-06", field("record", "deal/1").repeat(100) + FILE + END, 413, "too_many_parts"),
        case("MP-09", file_with(&format!("{disposition}{seventeen}")), 431, "part_headers_too_large"),
        case("MP-10", FILE.repeat(2) + END, 422, "value_invalid"),
        case("MP-11", file_with(&format!("{disposition}\r\n{disposition}")), 400, "multipart_invalid"),
        case(
            "MP-13",
            file_with("Content-Disposition: form-data; name=\"file\"; filename*=UTF-8''..%2f..%2fcanary.txt"),
            422,
            "name_invalid",
        ),
        case(
            "MP-14",
            file_with(r#"Content-Disposition: form-data; name="file"; filename="..\\..\\canary""#),
            422,
            "name_invalid",
        ),
        case(
            "MP-16",
            file_with(&format!("{disposition}\r\nContent-Transfer-Encoding: base64")),
            400,
            "multipart_invalid",
        ),
        case("MP-17", "p".repeat(10 << 20) + "\r\n" + FILE + END, 400, "multipart_invalid"),
        case("MP-19", file_with(disposition).replace("\r\n", "\n"), 400, "multipart_invalid"),
        case("MP-22", field("folder", &"a".repeat(65 << 10)) + FILE + END, 413, "field_too_large"),
        case("MP-23", field("record", "").repeat(10_000) + END, 413, "too_many_parts"),
        case("unknown field", field("tenant_id", "2") + FILE + END, 400, "unknown_field"),
        case("no file", field("name", "n.txt") + END, 422, "value_invalid"),
    ]
}

#[tokio::test]
async fn a_broken_form_is_refused_and_leaves_nothing() {
    let app = Setup::new().start().await;
    let client = app.client("all").await;
    let before = face_of(&client).await;
    for Case { id, boundary, body, expected } in cases() {
        let kind = format!("multipart/form-data; {boundary}");
        let answer = client.post("/v1/files").header("Content-Type", kind).body(body).ask().await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), expected, "{id}: {}", answer.text());
    }
    assert_eq!(face_of(&client).await, before);
    crate::native::is_sound(&app).await;
    app.stop().await;
}

#[tokio::test]
async fn a_file_of_the_limit_is_taken_and_one_byte_more_is_not() {
    let app = Setup::new().limits(|limits| limits.file_bytes = 200_000).start().await;
    let client = app.client("all").await;
    let form = |bytes: &[u8]| [FILE.trim_end_matches("x\r\n").as_bytes(), bytes, b"\r\n", END.as_bytes()].concat();
    let send = async |body: Vec<u8>, chunked: bool| {
        let request = client.post("/v1/files").header("Content-Type", "multipart/form-data; boundary=b");
        let body = match chunked {
            true => reqwest::Body::wrap_stream(futures_util::stream::iter([Ok::<_, std::io::Error>(body)])),
            false => body.into(),
        };
        request.body(body).ask().await
    };
    let fits = send(form(&noise(1, 200_000)), true).await.expect(201);
    assert!(content(&client, &fits).await == noise(1, 200_000));
    let before = face_of(&client).await;
    for chunked in [false, true] {
        send(form(&noise(2, 200_001)), chunked).await.refused(413, "file_too_large");
    }
    let raw = client.post("/v1/files?name=raw.bin").body(noise(3, 200_001)).ask().await;
    raw.refused(413, "file_too_large");
    assert_eq!(face_of(&client).await, before);
    crate::native::is_sound(&app).await;
    app.stop().await;
}

#[tokio::test]
async fn fields_count_before_and_after_the_content() {
    let app = Setup::new().start().await;
    let client = app.client("all").await;
    for (name, body) in [
        ("before.txt", field("name", "before.txt") + &field("record", "deal/5") + FILE + END),
        ("after.txt", FILE.to_owned() + &field("name", "after.txt") + &field("record", "deal/5") + END),
    ] {
        let request = client.post("/v1/files").header("Content-Type", "multipart/form-data; boundary=b");
        assert_eq!(request.body(body).ask().await.expect(201)["name"], name);
    }
    assert_eq!(crate::native::list(&client, "/v1/records/deal/5/files").await.len(), 2);
    app.stop().await;
}
