//! Large uploads at once take no more memory than small ones.

use super::{Tap, peak_kib, resident_kib, wait_for_written};
use crate::PROGRAM;
use crate::native::noise;
use attache_tests::{Ask, Client, Home, figure};
use bytes::Bytes;
use std::sync::Arc;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

/// Uploads at once.
const UPLOADS: usize = 64;
/// Bytes that each says that it has.
const LENGTH: usize = 256 << 20;
/// Bytes of each that are sent while all of them run. All of all would be 16 GiB on the disk of whoever runs this;
/// `ATTACHE_LOAD_WHOLE=1` sends them.
const SENT: usize = 24 << 20;
/// Bytes of one piece.
const PIECE: usize = 1 << 20;
/// Most memory that the server may have resident, in KiB.
const PEAK_KIB: u64 = 200 << 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_uploads_of_256_mib_at_once_stay_under_200_mib() {
    let Some(home) = Home::on_disk() else { return };
    let server = home.serve(PROGRAM, &[]);
    let token = server.client(PROGRAM, "all").token().map(str::to_owned);
    let idle = resident_kib(&server);
    let whole = std::env::var("ATTACHE_LOAD_WHOLE").is_ok_and(|set| set == "1");
    let sent = if whole { LENGTH } else { SENT };
    let piece = Bytes::from(noise(1, PIECE));
    let all_sent = Arc::new(Barrier::new(UPLOADS + 1));
    let mut uploads = JoinSet::new();
    for no in 0..UPLOADS {
        let client = Client::new(server.url(), token.clone());
        let (piece, all_sent) = (piece.clone(), all_sent.clone());
        uploads.spawn(async move {
            let (tap, body) = Tap::new();
            let request = client.put(&format!("/v1/files/by-path/large-{no}.bin"));
            let answer = tokio::spawn(request.header("Content-Length", LENGTH).body(body).send());
            for _ in 0..sent / PIECE {
                tap.give(piece.clone());
            }
            all_sent.wait().await;
            drop(tap);
            answer.await.expect("the request ends").map(|answer| answer.status())
        });
    }
    wait_for_written(&server, UPLOADS as u64 * (sent - 2 * PIECE) as u64).await;
    let during = resident_kib(&server);
    all_sent.wait().await;
    while let Some(answer) = uploads.join_next().await {
        let answer = answer.expect("no client panics");
        assert_eq!(answer.is_ok_and(|status| status == 201), whole, "a part of an upload is no file");
    }
    // One goes on to its end: the length alone is what the others lacked.
    if !whole {
        let client = Client::new(server.url(), token);
        let bytes: Vec<u8> = piece.repeat(LENGTH / PIECE);
        let made = client.put("/v1/files/by-path/whole.bin").body(bytes).ask().await.expect(201);
        assert_eq!(made["version"]["size"], LENGTH);
    }
    let peak = peak_kib(&server);
    figure(
        "load",
        &format!(
            "{UPLOADS} uploads of {} MiB at once, {} MiB of each on their way together: {idle} KiB resident before, \
             {during} KiB during, {peak} KiB at most",
            LENGTH >> 20,
            sent >> 20
        ),
    );
    assert!(peak < PEAK_KIB, "{peak} KiB");
}
