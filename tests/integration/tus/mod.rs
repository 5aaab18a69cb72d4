//! tus 1.0 from outside: each demand of the protocol and of its extensions, on a whole server, on both engines.

mod across;
mod browser;
mod checksum;
mod clients;
mod concatenation;
mod creation;
mod expiration;
mod page;
mod patch;
mod resume;
mod termination;
mod version;

use attache_tests::{Answer, Ask, Client};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Method, RequestBuilder};

/// Where uploads are.
pub(crate) const UPLOADS: &str = "/v1/uploads";
/// The media type of bytes of an upload.
pub(crate) const BYTES: &str = "application/offset+octet-stream";

/// A request that speaks tus.
pub(crate) fn tus(client: &Client, method: Method, path: &str) -> RequestBuilder {
    client.request(method, path).header("Tus-Resumable", "1.0.0")
}

/// The answer to a new upload with these headers.
pub(crate) async fn ask(client: &Client, headers: &[(&str, &str)]) -> Answer {
    asking(client, headers).ask().await
}

/// A new upload with these headers.
pub(crate) fn asking(client: &Client, headers: &[(&str, &str)]) -> RequestBuilder {
    headers.iter().fold(tus(client, Method::POST, UPLOADS), |request, (name, value)| request.header(*name, *value))
}

/// The address of a new upload with these headers.
pub(crate) async fn open(client: &Client, headers: &[(&str, &str)]) -> String {
    let answer = ask(client, headers).await;
    assert_eq!(answer.status, 201, "{headers:?}: {}", answer.text());
    answer.header("location").to_owned()
}

/// The address of a new upload of so many bytes, called `name`.
pub(crate) async fn open_named(client: &Client, length: usize, name: &str) -> String {
    open(client, &[("Upload-Length", &length.to_string()), ("Upload-Metadata", &metadata(&[("filename", name)]))]).await
}

/// Bytes for an upload, to be sent.
pub(crate) fn patching(client: &Client, at: &str, offset: u64, bytes: impl Into<reqwest::Body>) -> RequestBuilder {
    let request = tus(client, Method::PATCH, at).header("Upload-Offset", offset);
    request.header("Content-Type", BYTES).body(bytes)
}

/// The answer to bytes for an upload.
pub(crate) async fn patch(client: &Client, at: &str, offset: u64, bytes: impl Into<reqwest::Body>) -> Answer {
    patching(client, at, offset, bytes).ask().await
}

/// Where an upload is.
pub(crate) async fn head(client: &Client, at: &str) -> Answer {
    tus(client, Method::HEAD, at).ask().await
}

/// The offset of an upload that is there.
pub(crate) async fn offset(client: &Client, at: &str) -> u64 {
    let answer = head(client, at).await;
    assert_eq!(answer.status, 200);
    answer.header("upload-offset").parse().unwrap()
}

/// `Upload-Metadata` of these pairs.
pub(crate) fn metadata(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<_> = pairs.iter().map(|(key, value)| format!("{key} {}", STANDARD.encode(value))).collect();
    pairs.join(",")
}

/// The content of the file that an answer names.
pub(crate) async fn content(client: &Client, answer: &Answer) -> Vec<u8> {
    let at = answer.header("content-location");
    assert_eq!(at, format!("/v1/files/{}", answer.header("attache-file")), "{answer:?}");
    let content = client.get(&format!("{at}/content")).ask().await;
    assert_eq!(content.status, 200, "{}", content.text());
    content.body
}

/// The file that an answer names, as the native API shows it.
pub(crate) async fn file(client: &Client, answer: &Answer) -> serde_json::Value {
    client.get(answer.header("content-location")).ask().await.expect(200)
}
