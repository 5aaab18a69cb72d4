//! A node that does nothing for a while and then goes on, as one whose machine was asleep: what it held has been taken from
//! it meanwhile, and what it still brings does not count.

use super::Cluster;
use crate::native::noise;
use crate::tus::{BYTES, UPLOADS, metadata, tus};
use attache_tests::{Ask as _, Client, report};
use reqwest::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Bytes of the upload.
const LEN: usize = 300_000;
/// Of which the frozen node got so many.
const HALF: usize = 100_000;

async fn open(client: &Client, name: &str) -> String {
    let request = tus(client, Method::POST, UPLOADS).header("Upload-Length", LEN);
    let answer = request.header("Upload-Metadata", metadata(&[("filename", name)])).ask().await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let at = answer.header("location");
    at[at.find(UPLOADS).expect("an upload's address")..].to_owned()
}

async fn stands_at(client: &Client, at: &str) -> usize {
    let answer = tus(client, Method::HEAD, at).ask().await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.header("upload-offset").parse().expect("an offset")
}

/// A piece of which the node has begun to read: it says so, and waits for the bytes.
async fn begun(client: &Client, at: &str) -> TcpStream {
    let host = client.url("").trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(&host).await.expect("the node listens");
    let token = client.token().unwrap_or_default();
    let head = format!(
        "PATCH {at} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nTus-Resumable: 1.0.0\r\n\
         Upload-Offset: 0\r\nContent-Type: {BYTES}\r\nContent-Length: {LEN}\r\nExpect: 100-continue\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.expect("it takes the head");
    let mut said = Vec::new();
    while !said.ends_with(b"\r\n\r\n") {
        said.push(stream.read_u8().await.expect("it answers"));
    }
    assert!(said.starts_with(b"HTTP/1.1 100"), "{}", String::from_utf8_lossy(&said));
    stream
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_was_frozen_in_an_upload_finds_it_taken_and_spoils_nothing() {
    let Some(cluster) = Cluster::start(&[]).await else { return };
    let fleet = cluster.fleet(0);
    let (frozen, other) = (fleet.client_at(0), fleet.client_at(1));
    let bytes = noise(1, LEN);
    let at = open(&frozen, "frozen.bin").await;
    let mut late = begun(&frozen, &at).await;
    late.write_all(&bytes[..HALF]).await.expect("it takes bytes");
    cluster.nodes[0].freeze();

    // Nobody answers for it, so another node takes it over, from where it last stood for good.
    let stood = stands_at(&other, &at).await;
    assert_eq!(stood, 0);
    let patch = tus(&other, Method::PATCH, &at).header("Upload-Offset", stood).header("Content-Type", BYTES);
    let answer = patch.body(bytes.clone()).ask().await;
    assert_eq!(answer.status, 204, "{}", answer.text());
    let file = tus(&other, Method::HEAD, &at).ask().await.header("attache-file").to_owned();

    cluster.nodes[0].thaw();
    // What it is still sent is worth nothing, whichever way its sender learns that.
    let _ = late.write_all(&[0; LEN - HALF]).await;
    let mut answer = Vec::new();
    let _ = late.read_to_end(&mut answer).await;
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 409"), "{}", String::from_utf8_lossy(&answer));
    for client in [&frozen, &other] {
        let content = client.get(&format!("/v1/files/{file}/content")).ask().await;
        assert!(content.status == 200 && content.body == bytes, "the file is what the other node took in");
    }
    report("one node was frozen in an upload: another one ended it, and what came late was refused");
    cluster.end().await;
}
