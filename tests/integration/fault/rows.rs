//! A disk that fails to read the database, at the Nth call: no answer is a wrong one, and none says that what is there is
//! not. Who hears 503 may come again, and once the disk reads everything is as it was.

use super::book::{Book, prove};
use super::read::unreadable;
use super::trace::{Call, Trace};
use super::{is_sound, on_a_disk};
use crate::PROGRAM;
use attache_tests::dice::{self, Dice};
use attache_tests::{Ask, Client, Effort, Process, figure, report};
use std::path::{Path, PathBuf};

/// Which read fails in the gate, at most, and by how much more each time.
const CALLS: usize = 50;
const STEP: usize = 2;
/// Operations within which a fault is met: strace counts the reads of each thread by themselves.
const ENOUGH: usize = 400;
/// How often strace is started for a fault: it may miss a thread, and then that reads without any fault.
const STARTS: usize = 10;
/// Operations while every read fails, and after it.
const UNREAD: usize = 30;
const AFTER: usize = 4;
/// Small contents that are in the database.
const FILES: usize = 12;

/// The files whose reads fail: pages are in either.
fn files(data: &Path) -> [PathBuf; 2] {
    [data.join("attache.db"), data.join("attache.db-wal")]
}

fn options(data: &Path, when: &str) -> Vec<String> {
    let files = files(data);
    unreadable(&[&files[0], &files[1]], when)
}

/// Whether the server has no page of its database mapped: one that the disk cannot read would end it.
fn maps_nothing(server: &Process, data: &Path) -> bool {
    let maps = std::fs::read_to_string(format!("/proc/{}/maps", server.pid())).unwrap();
    !maps.lines().any(|line| files(data).iter().any(|file| line.ends_with(&file.display().to_string())))
}

/// Operations of all kinds, each with its list.
async fn work(book: &mut Book, client: &Client) {
    book.step().await;
    let list = client.get("/v1/files?limit=1&name_contains=kept").ask().await;
    match list.status.as_u16() {
        200 => assert_eq!(list.json()["items"].as_array().map(Vec::len), Some(1), "{}", list.text()),
        503 => assert!(!list.header("retry-after").is_empty(), "{list:?}"),
        status => panic!("{status}: {}", list.text()),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_disk_failed_to_read_of_the_database_is_a_503_and_no_wrong_answer_on_sqlite() {
    if !on_a_disk() {
        return;
    }
    let seed = dice::seed();
    report(&format!("ATTACHE_SEED={seed} repeats the choices of this run"));
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let mut server = Process::serve(PROGRAM, data, &[]);
    let client = server.client(PROGRAM, "all");
    client.put("/v1/files/by-path/kept.txt").body("kept").ask().await.expect(201);
    let mut book = Book::new("c", client.clone(), Dice::new(seed));
    for no in 0..FILES {
        book.put(500 + no).await;
    }
    let mut effort = Effort::new(CALLS / STEP);
    while effort.goes_on() {
        let nth = 1 + (effort.done() - 1) * STEP % CALLS;
        let mut starts = 0;
        loop {
            starts += 1;
            assert!(starts <= STARTS, "read {nth} was not met in {STARTS} times {ENOUGH} operations");
            let Some(trace) = Trace::of(server.pid(), &options(data, &nth.to_string())) else { return };
            if is_met(&trace, &mut book, &client).await {
                break;
            }
        }
        go_on(&mut book, &client).await;
    }
    let passing = book.told.unclear;

    let Some(trace) = Trace::of(server.pid(), &options(data, "1+")) else { return };
    for _ in 0..UNREAD {
        work(&mut book, &client).await;
    }
    assert!(book.told.unclear > passing, "nothing was refused");
    assert_eq!(client.get("/readyz").ask().await.status, 503, "the node says that its disk is not well");
    drop(trace);
    go_on(&mut book, &client).await;

    assert!(maps_nothing(&server, data));
    client.delete(&at_path(&client, "kept.txt").await).ask().await.expect(204);
    let proved = prove(&client, [&book]).await;
    server.ask_to_stop();
    let (status, log) = server.wait();
    assert!(status.success(), "{status}");
    assert!(log.iter().any(|line| line.contains("the disk failed to read")), "{log:?}");
    assert!(!log.iter().any(|line| line.contains("panicked")), "{log:?}");
    is_sound(data);
    figure(
        "fault",
        &format!(
            "EIO at the Nth read of the database, N up to {CALLS}, and at all of them: {} cases, {} operations told 503 and \
             {} done, {proved} files proved, 0 wrong answers",
            effort.done() + 1,
            book.told.unclear,
            book.told.done,
        ),
    );
}

/// Works until a read was made to fail; false when that does not come.
async fn is_met(trace: &Trace, book: &mut Book, client: &Client) -> bool {
    for _ in 0..ENOUGH {
        if trace.calls().iter().any(Call::was_made_to_fail) {
            return true;
        }
        work(book, client).await;
    }
    false
}

/// The disk reads again, and so does the server: nothing is refused.
async fn go_on(book: &mut Book, client: &Client) {
    let unclear = book.told.unclear;
    for _ in 0..AFTER {
        work(book, client).await;
    }
    assert_eq!(book.told.unclear, unclear, "the disk reads again");
}

async fn at_path(client: &Client, path: &str) -> String {
    let file = client.get(&format!("/v1/files/by-path/{path}")).ask().await.expect(200);
    format!("/v1/files/{}", file["id"].as_str().unwrap())
}
