//! Requests that are wrong in one way each, as a table, and the surfaces that most of them are for.

use super::face_of;
use super::sent::Sent;
use crate::native::{at, put};
use attache_tests::{Ask, Client, TestApp};
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};
use reqwest::multipart::Form;
use serde_json::{Value, json};

const TABLE: &str = include_str!("../../data/requests.tsv");

/// A row of the table.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) id: &'static str,
    pub(crate) input: Vec<u8>,
    /// A status, perhaps a word.
    pub(crate) expected: &'static str,
}

impl Row {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.input.clone()).unwrap()
    }

    /// Whether the input is to be taken.
    pub(crate) fn is_good(&self) -> bool {
        self.expected.starts_with('2')
    }

    /// The input with every byte escaped for a URL.
    pub(crate) fn encoded(&self) -> String {
        percent_encode(&self.input, NON_ALPHANUMERIC).to_string()
    }

    /// The input as a JSON text, byte by byte where it is none.
    pub(crate) fn json(&self) -> Vec<u8> {
        match std::str::from_utf8(&self.input) {
            Ok(text) => serde_json::to_vec(text).unwrap(),
            Err(_) => [b"\"", self.input.as_slice(), b"\""].concat(),
        }
    }
}

/// The rows of a surface; there are some.
pub(crate) fn rows(surface: &str) -> Vec<Row> {
    let rows: Vec<Row> = TABLE
        .lines()
        .skip(1)
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .filter(|columns| columns[1] == surface)
        .map(|columns| Row { id: columns[0], input: spell_out(columns[2]), expected: columns[3] })
        .collect();
    assert!(!rows.is_empty(), "no row has the surface {surface}");
    rows
}

/// `\xHH`, `\uHHHH`, `\r`, `\n`, `\\` and `{N*text}`.
fn spell_out(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let hex =
            |from: usize, len: usize| rest.get(from..from + len).and_then(|hex| u32::from_str_radix(hex, 16).ok());
        let (spelled, used) = match rest.get(..2).unwrap_or_default() {
            "\\x" => (vec![hex(2, 2).unwrap() as u8], 4),
            "\\u" => (char::from_u32(hex(2, 4).unwrap()).unwrap().to_string().into_bytes(), 6),
            "\\r" => (b"\r".to_vec(), 2),
            "\\n" => (b"\n".to_vec(), 2),
            "\\\\" => (b"\\".to_vec(), 2),
            _ => repeated(rest).unwrap_or_else(|| (first.to_string().into_bytes(), first.len_utf8())),
        };
        bytes.extend(spelled);
        rest = &rest[used..];
    }
    bytes
}

fn repeated(text: &str) -> Option<(Vec<u8>, usize)> {
    let (count, rest) = text.strip_prefix('{')?.split_once('*')?;
    let count: usize = count.parse().ok()?;
    let end = rest.find('}')?;
    Some((spell_out(&rest[..end]).repeat(count), count.to_string().len() + end + 3))
}

#[test]
fn the_tables_escapes_are_spelled_out() {
    assert_eq!(spell_out(r"a\x00\u20AC\r\n\\{3*ab}{b}"), "a\0\u{20ac}\r\n\\ababab{b}".as_bytes());
}

async fn app_with_a_file() -> (TestApp, Client, Value) {
    let app = TestApp::start().await;
    let client = app.client("all").await;
    let file = put(&client, "there.txt", "0123456789").await;
    (app, client, file)
}

pub(super) async fn folder_paths(sent: &mut Sent) {
    let (app, client, _) = app_with_a_file().await;
    let before = face_of(&client).await;
    for row in rows("folder path") {
        let made = client.post("/v1/folders").json(&json!({ "path": row.text() })).ask().await;
        sent.answered(&row, "a new folder", &made);
        let query = format!("/v1/files?name=n.txt&folder={}", row.encoded());
        sent.answered(&row, "a file's folder", &client.post(&query).body("x").ask().await);
        let form = Form::new().text("folder", row.text()).text("name", "n.txt");
        let form = form.part("file", reqwest::multipart::Part::text("x").file_name("n.txt"));
        sent.answered(&row, "a form's folder", &client.post("/v1/files").multipart(form).ask().await);
    }
    assert_eq!(face_of(&client).await, before);
    app.stop().await;
}

pub(super) async fn json_bodies(sent: &mut Sent) {
    let (app, client, _) = app_with_a_file().await;
    let before = face_of(&client).await;
    for (surface, kind) in [("json", "application/json"), ("json as text/plain", "text/plain")] {
        for row in rows(surface) {
            let request = client.post("/v1/folders").header("Content-Type", kind).body(row.input.clone());
            sent.answered(&row, "a folder", &request.ask().await);
        }
    }
    assert_eq!(face_of(&client).await, before);
    app.stop().await;
}

pub(super) async fn hubspots_json_bodies_are_answered_in_its_envelope(sent: &mut Sent) {
    let (app, client, _) = app_with_a_file().await;
    for row in rows("json").into_iter().filter(|row| row.expected != "400 unknown_field") {
        let body = String::from_utf8_lossy(&row.input).replace("\"path\"", "\"name\"").into_bytes();
        let answer = client.post("/files/v3/folders").header("Content-Type", "application/json").body(body).ask().await;
        sent.to("a folder through HubSpot's face");
        // Its clients may send a member twice; the last one counts, as everywhere on its side.
        if answer.status != 201 {
            assert_eq!(answer.status, 400, "{}: {}", row.id, answer.text());
            assert_eq!(answer.json()["status"], "error");
            assert!(answer.json()["correlationId"].is_string() && answer.json()["category"].is_string());
        }
    }
    app.stop().await;
}

pub(super) async fn ranges(sent: &mut Sent) {
    let (app, client, file) = app_with_a_file().await;
    for row in rows("range") {
        let range = row.text().replace("{size}", "10");
        let answer = client.get(&format!("{}/content", at(&file))).header("Range", range).ask().await;
        sent.answered(&row, "a range", &answer);
        match answer.status.as_u16() {
            200 | 206 => assert_eq!(answer.text(), "0123456789", "{}", row.id),
            _ => assert_eq!(answer.header("content-range"), "bytes */10", "{}", row.id),
        }
    }
    let empty = put(&client, "empty.txt", "").await;
    let answer = client.get(&format!("{}/content", at(&empty))).header("Range", "bytes=0-0").ask().await;
    assert_eq!(answer.status, 416);
    let head = client.head(&format!("{}/content", at(&file))).header("Range", "bytes=0-1").ask().await;
    assert!([200, 206].contains(&head.status.as_u16()) && head.body.is_empty());
    app.stop().await;
}

pub(super) async fn queries(sent: &mut Sent) {
    let (app, client, _) = app_with_a_file().await;
    for row in rows("query") {
        let answer = client.get(&format!("/v1/files?{}", row.text())).ask().await;
        sent.answered(&row, "a list", &answer);
        if row.expected.ends_with(" empty") {
            assert_eq!(answer.json()["items"], json!([]), "{}: an empty list is never everything", row.id);
        }
    }
    app.stop().await;
}

pub(super) async fn media_types(sent: &mut Sent) {
    let (app, client, _) = app_with_a_file().await;
    let before = face_of(&client).await;
    for row in rows("type") {
        if let Ok(kind) = reqwest::header::HeaderValue::from_bytes(&row.input) {
            let request = client.post("/v1/files?name=n.png").header("Content-Type", kind).body("x");
            sent.answered(&row, "a body's type", &request.ask().await);
        }
        let part = [
            b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"n.png\"\r\nContent-Type: ".as_slice(),
            &row.input,
            b"\r\n\r\nx\r\n--b--\r\n",
        ];
        // Inside a form the line after it is a header of its own, which is nobody's.
        if !row.input.contains(&b'\r') {
            let request = client.post("/v1/files").header("Content-Type", "multipart/form-data; boundary=b");
            sent.answered(&row, "a part's type", &request.body(part.concat()).ask().await);
        }
    }
    assert_eq!(face_of(&client).await, before);
    app.stop().await;
}

pub(super) async fn metadata_and_records(sent: &mut Sent) {
    let (app, client, file) = app_with_a_file().await;
    let before = face_of(&client).await;
    for row in rows("metadata") {
        let change = format!("{{\"metadata\":{}}}", row.text());
        let request = client.patch(&at(&file)).header("Content-Type", "application/json").body(change);
        sent.answered(&row, "a change", &request.ask().await);
        let form = Form::new().text("metadata", row.text());
        let form = form.part("file", reqwest::multipart::Part::text("x").file_name("n.txt"));
        sent.answered(&row, "a form", &client.post("/v1/files").multipart(form).ask().await);
    }
    for row in rows("record") {
        let link = json!({ "items": [{ "file": file["id"], "record": row.text() }] });
        let linked = client.post("/v1/files/batch/link").json(&link).ask().await.expect(200);
        assert_eq!(linked["results"][0]["error"]["code"], row.expected.split(' ').nth(1).unwrap());
        let form = Form::new().text("record", row.text());
        let form = form.part("file", reqwest::multipart::Part::text("x").file_name("n.txt"));
        sent.answered(&row, "a form", &client.post("/v1/files").multipart(form).ask().await);
    }
    assert_eq!(face_of(&client).await, before);
    app.stop().await;
}
