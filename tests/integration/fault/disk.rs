//! A disk that fails to write, to sync or to name, at the Nth call: what it was about is not acknowledged, a
//! failed sync is not tried again, the node says that it is not well, and reads go on.

use super::book::{Book, prove};
use super::trace::{Call, Trace};
use super::{is_sound, on_a_disk};
use crate::native::noise;
use crate::{PROGRAM, tus};
use attache_tests::dice::{self, Dice};
use attache_tests::{Ask, Client, Effort, Process, figure, report};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Which call fails in the gate, at most.
const CALLS: usize = 50;
/// Operations within which every fault is met.
const ENOUGH: usize = 2000;
/// How soon the node says that it is not well.
const SOON: Duration = Duration::from_secs(1);

/// What fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    SyncOfLog,
    WriteOfLog,
    SyncOfContent,
    SyncOfNames,
    Name,
    WriteOfPiece,
    SyncOfPiece,
}

impl Fault {
    const ALL: [Fault; 7] = [
        Fault::SyncOfLog,
        Fault::SyncOfNames,
        Fault::WriteOfLog,
        Fault::SyncOfContent,
        Fault::WriteOfPiece,
        Fault::Name,
        Fault::SyncOfPiece,
    ];

    /// The calls that are watched, and those among them of which one fails.
    fn calls(self) -> (&'static str, &'static str) {
        match self {
            Fault::SyncOfLog | Fault::SyncOfContent => ("pwrite64,fdatasync", "fdatasync"),
            Fault::WriteOfLog => ("pwrite64", "pwrite64"),
            Fault::SyncOfNames => ("fsync", "fsync"),
            Fault::Name => ("rename,renameat,renameat2", "rename,renameat,renameat2"),
            Fault::WriteOfPiece => ("write", "write"),
            Fault::SyncOfPiece => ("fdatasync", "fdatasync"),
        }
    }

    fn options(self, nth: usize, path: Option<&Path>) -> Vec<String> {
        let (watched, failing) = self.calls();
        let mut options = vec!["-e".to_owned(), format!("trace={watched}"), "-e".to_owned()];
        options.push(format!("inject={failing}:error=EIO:when={nth}"));
        options.extend(path.into_iter().flat_map(|path| ["-P".to_owned(), path.display().to_string()]));
        options
    }
}

/// A server, and a client that works at it.
struct Site {
    data: PathBuf,
    server: Process,
    client: Client,
    book: Book,
    /// An upload that grows: its address, and how much of it is there.
    growing: (String, usize),
}

impl Site {
    async fn new(data: &Path, seed: u64) -> Site {
        let server = Process::serve(PROGRAM, data, &[]);
        let client = server.client(PROGRAM, "all");
        let mut book = Book::new("c", client.clone(), Dice::new(seed)).that_may_be_cut();
        book.put(2000).await;
        book.put(600_000).await;
        let at = tus::open_named(&client, 1 << 30, "growing.bin").await;
        assert_eq!(tus::patch(&client, &at, 0, noise(1, 3000)).await.status, 204);
        Site { data: data.to_owned(), server, client, book, growing: (at, 3000) }
    }

    fn path(&self, fault: Fault) -> Option<PathBuf> {
        match fault {
            Fault::SyncOfLog | Fault::WriteOfLog => Some(self.data.join("attache.db-wal")),
            Fault::WriteOfPiece | Fault::SyncOfPiece => {
                let mut growing = std::fs::read_dir(self.data.join("blobs/growing")).unwrap();
                Some(growing.next().expect("one content grows").unwrap().path())
            }
            Fault::SyncOfContent | Fault::SyncOfNames | Fault::Name => None,
        }
    }

    /// One operation that makes calls of the kind; whether it was acknowledged.
    async fn work(&mut self, fault: Fault) -> bool {
        let done = self.book.told.done;
        match fault {
            Fault::SyncOfLog | Fault::WriteOfLog => self.book.put(2000).await,
            Fault::SyncOfContent | Fault::SyncOfNames | Fault::Name => self.book.put(70_000).await,
            Fault::WriteOfPiece | Fault::SyncOfPiece => {
                let (at, offset) = &mut self.growing;
                let answer = tus::patch(&self.client, at, *offset as u64, noise(1, 3000)).await;
                let is_done = answer.status == 204;
                assert!(is_done || answer.status == 503, "{}: {}", answer.status, answer.text());
                *offset += if is_done { 3000 } else { 0 };
                return is_done;
            }
        }
        self.book.told.done > done
    }

    /// Works until the fault has been met; what is traced until then.
    async fn meet(&mut self, fault: Fault, trace: &Trace) -> Vec<Call> {
        for _ in 0..ENOUGH {
            let is_done = self.work(fault).await;
            let calls = trace.calls();
            let failed = calls.iter().position(Call::was_made_to_fail);
            match failed {
                Some(failed) if is_done => {
                    assert!(!is_of_a_commit(&calls, failed), "{fault:?} was acknowledged: {:?}", calls[failed]);
                    return calls;
                }
                Some(_) => return calls,
                None => assert!(is_done, "{fault:?}: refused without a fault"),
            }
        }
        panic!("{fault:?} was not met in {ENOUGH} operations");
    }

    /// How long it takes until the node says that it is not well.
    async fn says_so(&self) -> Duration {
        let since = Instant::now();
        while self.client.get("/readyz").ask().await.status != 503 {
            assert!(since.elapsed() < SOON, "the node is called well");
        }
        since.elapsed()
    }

    /// Ends the server as a crash would, starts it again, and looks at all that was acknowledged.
    async fn prove(self) {
        let Site { data, server, client, mut book, growing } = self;
        server.kill();
        let mut server = Process::serve(PROGRAM, &data, &[]);
        let client = Client::new(server.url(), client.token().map(str::to_owned));
        client.get("/readyz").ask().await.expect(200);
        let at = &growing.0[growing.0.find(tus::UPLOADS).unwrap()..];
        assert!(tus::offset(&client, at).await <= growing.1 as u64);
        book.client = client.clone();
        book.put(70_000).await;
        prove(&client, [&book]).await;
        server.ask_to_stop();
        assert!(server.wait().0.success());
        is_sound(&data);
    }
}

/// Whether a failed call was part of a change: all are but a sync of the log that moves it into the file, before which
/// nothing was written.
fn is_of_a_commit(calls: &[Call], failed: usize) -> bool {
    let call = &calls[failed];
    if !call.path().ends_with("-wal") {
        return true;
    }
    let mut before = calls[..failed].iter().rev().filter(|before| before.thread == call.thread);
    call.name == "pwrite64"
        || before.next().is_some_and(|before| before.name == "pwrite64" && before.path() == call.path())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_disk_failed_to_write_is_not_acknowledged_and_not_tried_again_on_sqlite() {
    if !on_a_disk() {
        return;
    }
    let seed = dice::seed();
    report(&format!("ATTACHE_SEED={seed} repeats the choices of this run"));
    let (mut effort, mut longest, mut syncs) = (Effort::new(CALLS), Duration::ZERO, 0);
    while effort.goes_on() {
        let case = effort.done() - 1;
        let fault = Fault::ALL[case % Fault::ALL.len()];
        let folder = tempfile::tempdir().unwrap();
        let mut site = Site::new(folder.path(), seed ^ case as u64).await;
        let options = fault.options(1 + case % CALLS, site.path(fault).as_deref());
        let Some(trace) = Trace::of(site.server.pid(), &options) else { return };
        let met = site.meet(fault, &trace).await;
        longest = longest.max(site.says_so().await);
        let (unclear, reads) = (site.book.told.unclear, site.book.told.reads);
        for _ in 0..3 {
            assert!(!site.work(fault).await, "{fault:?}: writes go on");
            site.book.read().await;
        }
        assert!(site.book.told.unclear >= unclear && site.book.told.reads > reads, "{fault:?}: reads go on");
        let failed = met.iter().find(|call| call.was_made_to_fail()).expect("it was met");
        syncs += usize::from(failed.name.contains("sync"));
        assert_eq!(tries_after(failed, &trace.calls()), 0, "{fault:?} was tried again");
        drop(trace);
        site.prove().await;
    }
    figure(
        "fault",
        &format!(
            "EIO at the Nth write, sync or rename, N up to {CALLS}: {} cases, 0 acknowledged, not ready after {:.2} s at \
             most, {syncs} failed syncs, 0 tried again",
            effort.done(),
            longest.as_secs_f64(),
        ),
    );
}

/// How often a failed sync was tried again. Any later sync of names is one: nobody knows what the failed one lost.
fn tries_after(failed: &Call, calls: &[Call]) -> usize {
    let at = calls.iter().position(|call| call.line == failed.line).expect("it is still there");
    let is_same = |call: &&Call| call.name == failed.name && (call.name == "fsync" || call.path() == failed.path());
    if failed.name.contains("sync") { calls[at + 1..].iter().filter(is_same).count() } else { 0 }
}
