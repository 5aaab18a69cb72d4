//! What files and lists cost: the same memory at every length.

use super::desk::{FILES, GRAPHQL, noise, part};
use crate::PROGRAM;
use crate::keap::memory::peak_kib;
use attache_tests::{Ask, Client, Home, report};
use futures_util::future::join_all;
use reqwest::multipart::Form;
use serde_json::json;

/// Bytes of a file.
const LEN: usize = 24 << 20;
/// Uploads and downloads at once.
const AT_ONCE: usize = 4;
/// Most memory that the server may ever have resident, in KiB, as for uploads of other faces. One of these files held in
/// memory would be a quarter of it.
const PEAK_KIB: u64 = 96 << 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s05_files_of_any_length_do_not_grow_the_server() {
    let home = Home::new();
    let server = home.serve(PROGRAM, &[]);
    let client = server.client(PROGRAM, super::desk::EVERYTHING);
    let bytes = noise(LEN);
    let before = peak_kib(&server);
    let nos: Vec<i64> = join_all((0..AT_ONCE).map(|_| put(&client, &bytes))).await.concat();
    let between = peak_kib(&server);
    let same =
        join_all(nos.iter().map(async |no| client.get(&format!("{FILES}/{no}")).ask().await.body == bytes)).await;
    assert!(same.iter().all(|same| *same) && same.len() == 2 * AT_ONCE);
    let after = peak_kib(&server);
    report(&format!(
        "{AT_ONCE} forms of two files of {LEN} bytes at once: the peak went from {before} to {between} KiB in, {after} KiB out"
    ));
    assert!(after < PEAK_KIB + home.buffers_kib(), "{after} KiB");
}

/// Puts the same file in twice, in one form.
async fn put(client: &Client, bytes: &[u8]) -> Vec<i64> {
    let form = Form::new().part("files[]", part("a.bin", bytes)).part("files[]", part("b.bin", bytes));
    let told = client.post(FILES).multipart(form).ask().await.expect(200);
    told["files"].as_array().unwrap().iter().map(|file| file["id"].as_i64().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_queries_do_not_grow_the_server() {
    let home = Home::new();
    let server = home.serve(PROGRAM, &[]);
    let client = server.client(PROGRAM, super::desk::EVERYTHING);
    for _ in 0..4 {
        let asked = crate::bad_inputs::graphql::hostile().into_iter().map(|(id, query)| {
            let client = client.clone();
            async move { (id, client.post(GRAPHQL).json(&json!({ "query": query })).ask().await) }
        });
        for (id, answer) in join_all(asked).await {
            assert!([200, 413].contains(&answer.status.as_u16()), "{id}: {}", answer.text());
        }
    }
    let peak = peak_kib(&server);
    report(&format!("the peak under hostile queries was {peak} KiB"));
    assert!(peak < PEAK_KIB, "{peak} KiB");
}
