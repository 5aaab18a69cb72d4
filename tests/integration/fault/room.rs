//! A disk that is full again and again: what cannot be stored is refused as such, everything else goes on, and once there
//! is room everything works again, in the same process.

use super::book::{Book, Told, prove};
use super::small::{Kind, Small};
use super::{is_sound, on_a_disk};
use crate::PROGRAM;
use attache_tests::dice::{self, Dice};
use attache_tests::{Effort, Process, command, figure, report};
use futures_util::future::join_all;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Clients at work.
const CLIENTS: usize = 4;
/// Operations while the disk is full, and after it.
const FULL: usize = 40;
const AFTER: usize = 10;
/// What is left free, in KiB: room for nothing, for rows alone, for small contents, for some large ones.
const LEFT: [u64; 4] = [0, 60, 400, 3000];
/// How long writes may take to work again.
const AGAIN: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_ext4_spoils_nothing_on_sqlite() {
    fill_again_and_again(Kind::Ext4, 64, 500).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_tmpfs_spoils_nothing_on_sqlite() {
    fill_again_and_again(Kind::Tmpfs, 32, 500).await;
}

async fn fill_again_and_again(kind: Kind, mib: u64, operations: usize) {
    if !on_a_disk() {
        return;
    }
    let Some(small) = Small::mount(kind, mib) else { return };
    let data = small.folder("data");
    let server = Process::serve(PROGRAM, &data, &[]);
    let seen = work(&server, &small, operations).await;
    figure("fault", &format!("disk full, {kind:?} of {mib} MiB: {seen}"));
    end(server, &data);
}

/// Rows alone: the contents are on another disk.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_whose_log_cannot_grow_spoils_nothing_on_sqlite() {
    if !on_a_disk() {
        return;
    }
    let Some(small) = Small::mount(Kind::Ext4, 24) else { return };
    let (data, other) = (small.folder("data"), tempfile::tempdir().unwrap());
    let contents = format!("file:{}", other.path().join("blobs").display());
    std::fs::write(data.join("attache.toml"), format!("storage = {contents:?}\n")).unwrap();
    let server = Process::start(command(PROGRAM, &data, &["serve", "--listen", "127.0.0.1:0"]), &data);
    let seen = work(&server, &small, 200).await;
    figure("fault", &format!("no room for the database's log: {seen}"));
    end(server, &data);
}

async fn work(server: &Process, small: &Small, operations: usize) -> String {
    let seed = dice::seed();
    report(&format!("ATTACHE_SEED={seed} repeats the choices of this run"));
    let (client, mut dice) = (server.client(PROGRAM, "all"), Dice::new(seed));
    let book = |no| Book::new(format!("c{no}"), client.clone(), Dice::new(dice.next()));
    let mut books: Vec<Book> = (0..CLIENTS).map(book).collect();
    let (mut effort, mut longest, mut rounds) = (Effort::new(operations / (FULL + AFTER)), Duration::ZERO, 0);
    while effort.goes_on() {
        small.fill(LEFT[rounds % LEFT.len()] << 10);
        some(&mut books, FULL).await;
        small.make_room();
        longest = longest.max(works_again(&mut books[0]).await);
        some(&mut books, AFTER).await;
        rounds += 1;
    }
    let proved = prove(&client, &books).await;
    let told = Told::all(&books);
    assert!(told.refused > rounds && told.done > rounds, "it was full, and it was not: {told:?}");
    assert_eq!(told.unclear, 0, "no other reason to refuse");
    assert!(longest <= AGAIN, "writes worked again after {longest:?}");
    format!(
        "{rounds} times, {} operations of which {} were refused as storage_full, {proved} files proved, 0 corrupt; writes \
         worked again after {:.2} s at most, in the same process",
        rounds * (FULL + AFTER),
        told.refused,
        longest.as_secs_f64(),
    )
}

/// So many operations by all clients together.
async fn some(books: &mut [Book], operations: usize) {
    let begun = AtomicUsize::new(0);
    let work = books.iter_mut().map(|book| async {
        while begun.fetch_add(1, Ordering::SeqCst) < operations {
            book.step().await;
        }
    });
    join_all(work).await;
}

/// Waits until a file can be put in, and says how long that took.
async fn works_again(book: &mut Book) -> Duration {
    let since = Instant::now();
    loop {
        let done = book.told.done;
        book.put(100_000).await;
        if book.told.done > done {
            return since.elapsed();
        }
    }
}

/// Ends the server, and looks at all that it left.
fn end(mut server: Process, data: &Path) {
    server.ask_to_stop();
    let (status, log) = server.wait();
    assert!(status.success(), "{status}");
    assert!(!log.iter().any(|line| line.contains("panicked")), "{log:?}");
    is_sound(data);
}
