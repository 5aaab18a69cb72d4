//! The end of a server in the middle of a hundred uploads.

use super::{Tap, wait_for_uploads};
use crate::PROGRAM;
use crate::native::{list, noise};
use crate::tus::{BYTES, offset, open_named, tus};
use attache_tests::{Client, Home, Process, figure};
use bytes::Bytes;
use reqwest::Method;
use std::time::Instant;
use tokio::task::JoinSet;

/// Uploads of each kind: those that send the rest after SIGTERM, and those that hang.
const EACH: usize = 50;
/// Bytes of one.
const LENGTH: usize = 200_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sigterm_in_the_middle_of_a_hundred_uploads_loses_nothing_and_ends_clean() {
    let home = Home::new();
    let mut command = home.command(PROGRAM, &["serve", "--listen", "127.0.0.1:0"]);
    // All of them are of one account, which otherwise gets a part of the places.
    command.env("ATTACHE_LIMIT_UPLOADS_PER_ACCOUNT", (2 * EACH).to_string());
    let mut server = Process::start(command, home.path());
    let client = server.client(PROGRAM, "all");
    let token = client.token().map(str::to_owned);
    let bytes = Bytes::from(noise(7, LENGTH));
    let (mut whole, mut hanging) = (JoinSet::new(), JoinSet::new());
    let (mut taps, mut places) = (Vec::new(), Vec::new());
    for no in 0..EACH {
        let own = Client::new(server.url(), token.clone());
        let (tap, body) = Tap::new();
        let request = own.put(&format!("/v1/files/by-path/put-{no}.bin")).header("Content-Length", LENGTH).body(body);
        whole.spawn(async move { request.send().await.map(|answer| answer.status().as_u16()) });
        tap.give(bytes.slice(..LENGTH / 2));
        taps.push(tap);

        let at = open_named(&own, LENGTH, &format!("tus-{no}.bin")).await;
        let (tap, body) = Tap::new();
        let request = tus(&own, Method::PATCH, &at).header("Upload-Offset", 0).header("Content-Type", BYTES);
        let request = request.header("Content-Length", LENGTH).body(body);
        tap.give(bytes.slice(..LENGTH / 2));
        places.push((at, tap));
        hanging.spawn(async move { request.send().await.map(|answer| answer.status().as_u16()) });
    }
    wait_for_uploads(&server, 2 * EACH).await;

    let begun = Instant::now();
    server.ask_to_stop();
    while Client::new(server.url(), None).get("/healthz").send().await.is_ok() {}
    let refused_after = begun.elapsed();
    taps.iter().for_each(|tap| tap.give(bytes.slice(LENGTH / 2..)));
    let mut acknowledged = 0;
    while let Some(answer) = whole.join_next().await {
        acknowledged += usize::from(answer.unwrap().is_ok_and(|status| status == 201));
    }
    // Those that hang are cut when the server's patience is over.
    while hanging.join_next().await.is_some() {}
    let (status, log) = server.wait();
    let took = begun.elapsed();
    assert_eq!(status.code(), Some(0), "{log:?}");
    assert_eq!(acknowledged, EACH, "a running upload may finish");

    let server = home.serve(PROGRAM, &[]);
    let client = Client::new(server.url(), token);
    assert_eq!(list(&client, "/v1/files").await.len(), EACH, "what was acknowledged is there, and no half of one");
    let mut kept = 0;
    for (at, _) in &places {
        let at = &at[at.find("/v1/uploads").unwrap()..];
        kept += usize::from(offset(&client, at).await > 0);
    }
    figure(
        "load",
        &format!(
            "SIGTERM with {} uploads running: new ones refused after {:.2} s, {acknowledged} of {EACH} finished, {kept} of {EACH} \
             that hung go on with bytes kept, exit 0 after {:.1} s",
            2 * EACH,
            refused_after.as_secs_f64(),
            took.as_secs_f64()
        ),
    );
    assert_eq!(kept, EACH, "an upload that was cut goes on from what came");
}
