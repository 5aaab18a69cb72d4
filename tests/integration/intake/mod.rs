//! Intake links, end to end: made by our own API, followed by people whose browser may have no script.

mod api;
mod door;
mod form;
mod page;

use crate::native::{content, list};
use attache_tests::{Answer, Ask, Client};
use serde_json::{Value, json};

/// Bytes that are a picture.
pub(crate) const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x02\x08\x02\0\0\0";

/// Makes an intake for `contact/42`.
pub(crate) async fn intake(client: &Client, plan: Value) -> Value {
    let mut whole = json!({ "record": "contact/42" });
    whole.as_object_mut().unwrap().extend(plan.as_object().unwrap().clone());
    client.post("/v1/intakes").json(&whole).ask().await.expect(201)
}

pub(crate) fn url(intake: &Value) -> &str {
    intake["url"].as_str().unwrap()
}

/// A part of a form as browsers write it: its field, its file's name and type, its bytes.
pub(crate) enum Part<'p> {
    Text(&'p str, &'p str),
    File(&'p str, &'p str, &'p [u8]),
}
use Part::{File, Text};

const BOUNDARY: &str = "----WebKitFormBoundary7MA4YWxkTrZu0gW";

/// The body of a form, byte by byte as browsers send it.
pub(crate) fn body(parts: &[Part<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for part in parts {
        let (head, bytes) = match part {
            Text(field, text) => (format!("name=\"{field}\"\r\n\r\n"), text.as_bytes()),
            File(name, kind, bytes) => {
                let name = name.replace('"', "%22");
                (format!("name=\"file\"; filename=\"{name}\"\r\nContent-Type: {kind}\r\n\r\n"), *bytes)
            }
        };
        body.extend_from_slice(format!("--{BOUNDARY}\r\nContent-Disposition: form-data; {head}").as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

pub(crate) fn kind() -> String {
    format!("multipart/form-data; boundary={BOUNDARY}")
}

/// Sends the form of a page, as a browser without script does.
pub(crate) async fn send(stranger: &Client, url: &str, parts: &[Part<'_>]) -> Answer {
    stranger.post(url).header("content-type", kind()).body(body(parts)).ask().await
}

/// The names on `contact/42`, oldest first.
async fn names(client: &Client) -> Vec<String> {
    let on = list(client, "/v1/records/contact/42/files").await;
    on.iter().rev().map(|item| item["file"]["name"].as_str().unwrap().to_owned()).collect()
}

/// The bytes of the files on `contact/42`, oldest first.
async fn contents(client: &Client) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for item in list(client, "/v1/records/contact/42/files").await.iter().rev() {
        all.push(content(client, &item["file"]).await);
    }
    all
}

/// How many files an intake says that it got.
async fn received(client: &Client, intake: &Value) -> u64 {
    let path = format!("/v1/intakes/{}", intake["id"].as_str().unwrap());
    client.get(&path).ask().await.expect(200)["received"].as_u64().unwrap()
}
