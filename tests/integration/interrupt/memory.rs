//! What many large uploads cost: the same memory as small ones.

use super::AT_ONCE;
use crate::PROGRAM;
use crate::native::noise;
use crate::tus::{metadata, open, patch};
use attache_tests::{Home, Process, report};
use futures_util::future::join_all;

/// Most memory that the server ever has resident, in KiB. Without an upload it has a good half of it: this is a build
/// without optimisation, with all that it needs to be debugged. One PATCH held in memory for each upload would be twice.
const PEAK_KIB: u64 = 96 << 10;
/// Uploads at once.
const UPLOADS: usize = AT_ONCE + 4;
/// PATCH requests of each, one after the other.
const PIECES: usize = 4;
/// Bytes of one.
const PIECE: usize = 8 << 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_a_gibibyte_in_sixteen_uploads_at_once_does_not_grow_the_server() {
    let home = Home::new();
    let server = home.serve(PROGRAM, &[]);
    let client = server.client(PROGRAM, "all");
    let before = peak_kib(&server);
    // One for all, and for the rest of this process: bodies are sent from where they are.
    let piece: &'static [u8] = Box::leak(noise(1, PIECE).into_boxed_slice());
    let length = (PIECES * PIECE).to_string();
    let upload = async |no: usize| {
        let name = metadata(&[("filename", &format!("{no}.bin"))]);
        let upload = open(&client, &[("Upload-Length", &length), ("Upload-Metadata", &name)]).await;
        for at in 0..PIECES {
            assert_eq!(patch(&client, &upload, (at * PIECE) as u64, piece).await.status, 204);
        }
    };
    join_all((0..UPLOADS).map(upload)).await;
    let after = peak_kib(&server);
    report(&format!("{UPLOADS} uploads of {length} bytes at once: the peak went from {before} to {after} KiB"));
    assert!(after < PEAK_KIB + home.buffers_kib(), "{after} KiB");
}

/// The most memory that a server ever had resident.
fn peak_kib(server: &Process) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
