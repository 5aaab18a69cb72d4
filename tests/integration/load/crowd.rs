//! Thousands of connections that say nothing, or say it slowly, next to clients who work.

use super::{Tap, descriptors, wait_for_descriptors, work};
use crate::PROGRAM;
use attache_tests::{Client, Home, Process, figure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Connections that send nothing, and connections that send half of a request's line.
const SILENT: usize = 950;
/// Uploads that come byte by byte, by clients who may upload: fewer than one account gets places.
const SLOW: usize = 90;
/// Requests of the clients who work.
const REQUESTS: usize = 300;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_thousand_slow_connections_hold_up_nobody_and_are_let_go() {
    let home = Home::new();
    let mut command = home.command(PROGRAM, &["serve", "--listen", "127.0.0.1:0"]);
    command.envs([("ATTACHE_LIMIT_HEADER_READ", "20"), ("ATTACHE_LIMIT_BODY_IDLE", "20")]);
    let server = Process::start(command, home.path());
    let client = server.client(PROGRAM, "all");
    let alone = work(&client, "alone", REQUESTS).await.told();
    let before = descriptors(&server);

    let address = server.url().trim_start_matches("http://").to_owned();
    let mut silent = JoinSet::new();
    for no in 0..2 * SILENT {
        let mut connection = TcpStream::connect(&address).await.unwrap();
        if no % 2 == 0 {
            connection.write_all(b"GET /v1/fi").await.unwrap();
        }
        // Until the server has had enough of it.
        silent.spawn(async move { connection.read_to_end(&mut Vec::new()).await.is_ok() });
    }
    let (mut taps, mut slow) = (Vec::new(), JoinSet::new());
    for no in 0..SLOW {
        let (tap, body) = Tap::new();
        let own = Client::new(server.url(), client.token().map(str::to_owned));
        tap.give(&b"x"[..]);
        let request = own.put(&format!("/v1/files/by-path/slow-{no}.bin")).header("Content-Length", 1000).body(body);
        slow.spawn(async move { request.send().await.map(|answer| answer.status().as_u16()) });
        taps.push(tap);
    }
    while descriptors(&server) < before + 2 * SILENT + SLOW {
        tokio::task::yield_now().await;
    }
    let mut beside = work(&client, "beside", REQUESTS).await;
    let most = descriptors(&server);
    assert!(most >= before + 2 * SILENT, "the crowd was gone before the clients were done: {most}");
    let told = beside.told();
    // A byte now and then is no pause; no byte for the limit's time is.
    let mut closed = 0;
    while let Some(ended) = silent.join_next().await {
        closed += usize::from(ended.unwrap());
    }
    let mut refused = 0;
    while let Some(ended) = slow.join_next().await {
        refused += usize::from(ended.unwrap().is_ok_and(|status| status == 408));
    }
    drop(taps);
    wait_for_descriptors(&server, before).await;
    figure(
        "load",
        &format!(
            "{} slow connections: {REQUESTS} requests beside them {told} (alone {alone}); {closed} silent ones closed and \
             {refused} stalled uploads told 408 by the limits; descriptors {before} before, {most} during, {} after",
            2 * SILENT + SLOW,
            descriptors(&server)
        ),
    );
    assert_eq!((closed, refused), (2 * SILENT, SLOW));
}
