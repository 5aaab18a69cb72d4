//! Too little memory and too few descriptors: who cannot be served is asked to come again, the process goes on, and when
//! the pressure is over all is well.

use super::book::{Book, Told, prove};
use super::{is_sound, on_a_disk};
use crate::PROGRAM;
use attache_tests::dice::{self, Dice};
use attache_tests::{Effort, Process, command, figure, report, skip};
use futures_util::future::join_all;
use std::fs;
use std::net::TcpStream;
use std::path::{Path, PathBuf};

/// What the process may have of each.
const MEMORY: u64 = 256 << 20;
const DESCRIPTORS: usize = 256;
/// Clients at work in each phase.
const MANY: usize = 48;
const FEW: usize = 8;
/// Joins the group, then becomes the program.
const JOIN: &str = r#"echo $$ > "$0/cgroup.procs" && ulimit -n "$1" && shift && exec "$@""#;

/// A group of processes whose memory is bounded. It goes when the test ends.
struct Group(PathBuf);

impl Group {
    /// `None` after a loud skip. Machines have the one or the other kind of groups.
    fn new() -> Option<Group> {
        let kinds = [("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max")];
        for (root, limit) in kinds {
            let path = Path::new(root).join(format!("attache-test-{}", std::process::id()));
            if fs::create_dir(&path).is_ok() {
                let group = Group(path);
                if fs::write(group.0.join(limit), MEMORY.to_string()).is_ok() {
                    return Some(group);
                }
            }
        }
        skip("a group with bounded memory");
        None
    }

    fn read(&self, names: [&str; 2]) -> String {
        names.iter().find_map(|name| fs::read_to_string(self.0.join(name)).ok()).unwrap_or_default()
    }

    /// The most memory that it had, with what the system keeps of its files.
    fn peak_mib(&self) -> u64 {
        self.read(["memory.max_usage_in_bytes", "memory.peak"]).trim().parse::<u64>().unwrap_or(0) >> 20
    }

    /// How many processes the kernel ended for want of memory.
    fn killed(&self) -> u64 {
        let text = self.read(["memory.oom_control", "memory.events"]);
        let line = text.lines().find_map(|line| line.strip_prefix("oom_kill "));
        line.map_or(0, |count| count.trim().parse().expect("a number"))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // It can go once the last process of it has.
        let _ = fs::remove_dir(&self.0);
    }
}

fn start(data: &Path, group: &Group) -> Process {
    let (group, descriptors) = (group.0.display().to_string(), DESCRIPTORS.to_string());
    let line = ["-c", JOIN, &group, &descriptors, PROGRAM, "serve", "--listen", "127.0.0.1:0"];
    let mut command = command("sh", data, &line);
    // Connections that ask nothing have to be there together, however long it takes to open them.
    command.env("ATTACHE_LIMIT_HEADER_READ", "120");
    Process::start(command, data)
}

fn descriptors(of: &Process) -> usize {
    fs::read_dir(format!("/proc/{}/fd", of.pid())).map_or(0, Iterator::count)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_little_memory_and_too_few_descriptors_break_nothing_on_sqlite() {
    if !on_a_disk() {
        return;
    }
    let Some(group) = Group::new() else { return };
    let seed = dice::seed();
    report(&format!("ATTACHE_SEED={seed} repeats the choices of this run"));
    let mut dice = Dice::new(seed);
    let folder = tempfile::tempdir().unwrap();
    let mut server = start(folder.path(), &group);
    let client = server.client(PROGRAM, "all");
    let mut book = |no: usize| Book::new(format!("c{no}"), client.clone(), Dice::new(dice.next())).that_may_be_cut();
    let mut books: Vec<Book> = (0..MANY).map(&mut book).collect();

    let mut effort = Effort::new(3);
    while effort.goes_on() {
        join_all(books.iter_mut().map(|book| book.put(3 << 20))).await;
        let all = books.iter_mut().map(|book| async {
            for _ in 0..4 {
                book.step().await;
            }
        });
        join_all(all).await;
        idle_connections_take_all(&server, &mut books[..FEW]).await;
    }

    let told = Told::all(&books);
    while descriptors(&server) > DESCRIPTORS / 2 {
        tokio::task::yield_now().await;
    }
    for book in &mut books {
        let done = book.told.done;
        book.put(100_000).await;
        assert!(book.told.done > done, "all is well afterwards");
    }
    let proved = prove(&client, &books).await;
    server.ask_to_stop();
    let (status, log) = server.wait();
    assert!(status.success(), "{status}");
    assert!(!log.iter().any(|line| line.contains("panicked")), "{log:?}");
    assert_eq!(group.killed(), 0, "nothing was ended for want of memory");
    assert!(told.unclear + told.cut > 0, "it was under pressure: {told:?}");
    is_sound(folder.path());
    figure(
        "fault",
        &format!(
            "{} MiB of memory, {DESCRIPTORS} descriptors: {} done, {} answers 503 with Retry-After, {} cut, {proved} files \
             proved, 0 panics, at most {} MiB",
            MEMORY >> 20,
            told.done,
            told.unclear,
            told.cut,
            group.peak_mib(),
        ),
    );
}

/// Takes every descriptor with connections that ask nothing, while those who have one go on.
async fn idle_connections_take_all(server: &Process, books: &mut [Book]) {
    for book in books.iter_mut() {
        book.read().await;
    }
    let address = server.url().trim_start_matches("http://").to_owned();
    let idle: Vec<TcpStream> = (0..DESCRIPTORS + 50).map_while(|_| TcpStream::connect(&address).ok()).collect();
    while descriptors(server) < DESCRIPTORS - 2 {
        tokio::task::yield_now().await;
    }
    join_all(books.iter_mut().map(|book| async {
        for _ in 0..6 {
            book.step().await;
        }
    }))
    .await;
    drop(idle);
}
