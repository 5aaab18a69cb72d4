//! How long a killed server of many files takes until it is ready again. It is told, not judged: machines differ.

use super::Place;
use attache_tests::{Ask as _, Client, Engine, figure, said};
use futures_util::StreamExt as _;
use futures_util::stream::iter;
use std::time::Instant;

/// Files.
const FILES: usize = 10_000;
/// Clients that put them in.
const AT_ONCE: usize = 64;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_of_ten_thousand_files_is_ready_again_on_sqlite() {
    let Some(place) = Place::new(Engine::Sqlite).await else { return };
    let server = place.start("");
    let token = said(&place.command(&["token", "create", "--scopes", "all"]).output().unwrap()).trim().to_owned();
    let client = Client::new(server.url(), Some(token.clone()));
    let puts = iter(0..FILES).for_each_concurrent(AT_ONCE, async |no| {
        let path = format!("/v1/files/by-path/{}/{no}.txt", no % 100);
        client.put(&path).body(format!("content {no}")).ask().await.expect(201);
    });
    puts.await;
    server.kill();

    let began = Instant::now();
    let server = place.start("");
    let client = Client::new(server.url(), Some(token));
    while client.get("/readyz").ask().await.status != 200 {
        tokio::task::yield_now().await;
    }
    let took = began.elapsed();
    let usage = client.get("/v1/account").ask().await.expect(200)["usage"]["files"].clone();
    assert_eq!(usage, FILES);
    figure(
        "start",
        &format!("ready {} ms after the start of a killed server of {FILES} files on SQLite", took.as_millis()),
    );
}
