//! More uploads than there is room for.

use super::Tap;
use crate::PROGRAM;
use attache_tests::{Ask, Client, Home, Process, figure};
use std::time::Instant;
use tokio::task::JoinSet;

/// Uploads that have a place.
const PLACES: usize = 2;
/// Uploads that come on top.
const MORE: usize = 30;
/// Seconds that they wait for a place.
const WAIT: f64 = 1.0;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_without_a_place_is_told_to_come_again_and_finds_one_then() {
    let home = Home::new();
    let mut command = home.command(PROGRAM, &["serve", "--listen", "127.0.0.1:0"]);
    command.env("ATTACHE_LIMIT_UPLOADS", PLACES.to_string()).env("ATTACHE_LIMIT_UPLOAD_WAIT", WAIT.to_string());
    let server = Process::start(command, home.path());
    let client = server.client(PROGRAM, "all");
    let (mut taps, mut running) = (Vec::new(), JoinSet::new());
    for no in 0..PLACES {
        let (tap, body) = Tap::new();
        tap.give(&b"x"[..]);
        let request = client.put(&format!("/v1/files/by-path/first-{no}.bin")).header("Content-Length", 2).body(body);
        running.spawn(request.ask());
        taps.push(tap);
    }
    // A place that is still free takes one in, so the first refusal says that all are taken.
    while put(&client, "probe.bin").await.0 != 503 {}
    let mut asked = JoinSet::new();
    for no in 0..MORE {
        let client = Client::new(server.url(), client.token().map(str::to_owned));
        asked.spawn(async move { put(&client, &format!("more-{no}.bin")).await });
    }
    let mut slowest = 0.0_f64;
    while let Some(answer) = asked.join_next().await {
        let (status, retry_after, seconds) = answer.unwrap();
        assert_eq!((status, retry_after.as_str()), (503, "1"));
        slowest = slowest.max(seconds);
    }
    taps.iter().for_each(|tap| tap.give(&b"y"[..]));
    while let Some(answer) = running.join_next().await {
        answer.unwrap().expect(201);
    }
    assert_eq!(put(&client, "after.bin").await.0, 201);
    figure(
        "load",
        &format!(
            "{MORE} uploads more than {PLACES} places, which wait {WAIT} s: all 503 with Retry-After, the last {:.0} ms after that",
            (slowest - WAIT) * 1000.0
        ),
    );
}

/// Status, `Retry-After`, and the seconds that the answer took.
async fn put(client: &Client, name: &str) -> (u16, String, f64) {
    let begun = Instant::now();
    let answer = client.put(&format!("/v1/files/by-path/{name}")).body("content").ask().await;
    (answer.status.as_u16(), answer.header("retry-after").to_owned(), begun.elapsed().as_secs_f64())
}
