//! Limits that count bytes, keys, parts and turns.

use crate::native::{at, noise, put};
use attache_tests::{Ask, Client, Setup};
use serde_json::{Map, Value, json};
use std::path::Path;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

/// How many files there are below a folder.
fn files_below(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { files_below(&path) } else { 1 }).sum()
}

#[tokio::test]
async fn a_content_of_the_inline_limit_stays_in_the_database_and_one_byte_more_is_a_file_of_its_own() {
    let Some(setup) = Setup::on_disk() else { return };
    let app = setup.limits(|limits| limits.inline_bytes = 1000).start().await;
    let client = app.client("all").await;
    let blobs = app.data().join("blobs");
    let before = files_below(&blobs);
    put(&client, "within.bin", noise(1, 1000)).await;
    assert_eq!(files_below(&blobs), before);
    put(&client, "beyond.bin", noise(1, 1001)).await;
    assert_eq!(files_below(&blobs), before + 1);
    app.stop().await;
}

#[tokio::test]
async fn metadata_has_as_many_keys_and_bytes_as_its_limits_and_no_more() {
    let app = Setup::new().limits(|limits| (limits.metadata_keys, limits.metadata_bytes) = (4, 100)).start().await;
    let client = app.client("all").await;
    let file = put(&client, "a.txt", "x").await;
    let set = async |metadata: Value| client.patch(&at(&file)).json(&json!({ "metadata": metadata })).ask().await;
    let keys = |count: usize| (0..count).map(|no| (format!("k{no}"), json!("v"))).collect::<Map<_, _>>();
    set(keys(4).into()).await.expect(200);
    set(json!({ "k4": "v" })).await.refused(413, "metadata_too_large");
    let kept = client.get(&at(&file)).ask().await.expect(200)["metadata"].clone();
    assert_eq!(kept, Value::from(keys(4)), "what is too much changes nothing");
    let file = put(&client, "b.txt", "x").await;
    let set = async |len: usize| {
        client.patch(&at(&file)).json(&json!({ "metadata": { "key": "v".repeat(len) } })).ask().await
    };
    set(97).await.expect(200);
    set(98).await.refused(413, "metadata_too_large");
    app.stop().await;
}

#[tokio::test]
async fn an_upload_has_as_many_parts_as_its_limit_and_no_more() {
    let app = Setup::new().limits(|limits| limits.upload_parts = 2).start().await;
    let client = app.client("all").await;
    for (size, last) in [(2, 200), (3, 400)] {
        let plan = json!({ "file_name": "a.bin", "file_size": size });
        let opened = client.post("/v1.0/sessions").json(&plan).ask().await.expect(200);
        let mut url = opened["upload_url"].as_str().unwrap().to_owned();
        for no in 1..=size {
            let sent = client.with_token(None).post(&url).body("x").ask().await;
            let expected = if no == size { last } else { 202 };
            assert_eq!(sent.status, expected, "part {no} of {size}: {}", sent.text());
            if sent.status == 202 {
                url = sent.json()["next_url"].as_str().unwrap().to_owned();
            }
        }
    }
    app.stop().await;
}

/// Begins an upload that is not ended.
async fn hanging(client: &Client, name: &str) -> TcpStream {
    let url = client.url("");
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).await.unwrap();
    let head = format!(
        "POST /v1/files?name={name} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\nContent-Length: 200000\r\n\r\n",
        client.token().unwrap()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&noise(1, 100_000)).await.unwrap();
    stream
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn as_many_uploads_are_written_at_once_as_the_limit_says_and_the_next_one_waits_its_time() {
    let app = Setup::new()
        .limits(|limits| (limits.uploads, limits.upload_wait, limits.body_idle) = (2, 1, 600))
        .start()
        .await;
    let client = app.client("all").await;
    let put =
        async |name: &str| client.post(&format!("/v1/files?name={name}&on_conflict=number")).body("x").ask().await;
    let first = hanging(&client, "first.bin").await;
    for _ in 0..20 {
        put("beside.txt").await.expect(201);
    }
    let second = hanging(&client, "second.bin").await;
    // Until the second one has its turn there is room for another.
    let refused = loop {
        let answer = put("third.txt").await;
        if answer.status != 201 {
            break answer;
        }
    };
    refused.refused(503, "busy");
    assert_eq!(refused.header("retry-after"), "1");
    drop(first);
    let mut answer = put("third.txt").await;
    while answer.status != 201 {
        answer.refused(503, "busy");
        answer = put("third.txt").await;
    }
    drop(second);
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_has_its_part_of_the_uploads_keeps_no_other_from_one() {
    let few = |limits: &mut attache_model::limits::Limits| {
        (limits.uploads, limits.uploads_per_account, limits.upload_wait, limits.body_idle) = (3, 2, 1, 600);
    };
    let app = Setup::new().limits(few).start().await;
    let (client, other) = (app.client("all").await, app.other_account("other").await);
    let put = async |client: &Client| client.post("/v1/files?name=probe.txt&on_conflict=number").body("x").ask().await;
    let hanging = [hanging(&client, "first.bin").await, hanging(&client, "second.bin").await];
    // Until both have their places there is room for another.
    let refused = loop {
        let answer = put(&client).await;
        if answer.status != 201 {
            break answer;
        }
    };
    refused.refused(503, "busy");
    assert_eq!(refused.header("retry-after"), "1");
    for _ in 0..20 {
        put(&other).await.expect(201);
    }
    put(&client).await.refused(503, "busy");
    drop(hanging);
    while put(&client).await.status != 201 {}
    app.stop().await;
}
