//! The power goes, again and again, while clients work. When it is back, each acknowledged change is there, bit by bit;
//! each unanswered one is there wholly or not at all; and rows, bytes and books agree.
//!
//! By two methods: the kernel is told that a mounted file system is going down (`cut`), and a disk in user space gives
//! every state that a cut may leave, with writes lost, reordered and torn (`state`). That both can fail is shown by
//! faults that are planted (`fault`).

mod book;
mod cut;
mod disk;
mod fault;
mod proof;
mod state;
mod tape;
mod work;

use crate::PROGRAM;
use attache_tests::dice::Dice;
use attache_tests::{Client, Process, said};
use book::Book;
use futures_util::future::join_all;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use work::Life;

/// Clients, of whom some are at work in each life of the server.
const CLIENTS: usize = 6;

/// Longer than the server is idle before it moves its log.
const IDLE: Duration = Duration::from_millis(400);

/// New books for all clients, of clients who erase nothing if they `keep`.
fn books(keep: bool, dice: &mut Dice) -> Vec<Book> {
    (0..CLIENTS).map(|owner| Book::new(owner, keep, Dice::new(dice.next()))).collect()
}

/// Lets clients work until `end` ends it. The others' books stay as they are.
async fn work<E: Future<Output = ()>>(mut books: Vec<Book>, clients: usize, life: &Arc<Life>, end: E) -> Vec<Book> {
    let rest = books.split_off(clients);
    let working: Vec<_> = books.into_iter().map(|book| tokio::spawn(work::until_dark(book, life.clone()))).collect();
    end.await;
    let worked = join_all(working).await.into_iter();
    worked.map(|book| book.expect("no client saw a wrong answer")).chain(rest).collect()
}

/// Waits until an idle server has moved its database's log into the database. From then on the log is written in its
/// place, as long as it is no longer than before.
async fn log_is_moved(data: &Path) {
    let changed = |name| data.join(name).metadata().and_then(|found| found.modified()).expect("the database is there");
    let moved = async {
        while changed("attache.db") < changed("attache.db-wal") {
            tokio::task::yield_now().await;
        }
    };
    // What another process wrote is moved after the server's own next commit alone; then it grows a little longer.
    let _ = tokio::time::timeout(IDLE, moved).await;
}

/// Starts a server on a disk, with a fault planted in it or none.
fn serve(data: &Path, fault: Option<&str>) -> Process {
    let mut command = attache_tests::command(PROGRAM, data, &["serve", "--listen", "127.0.0.1:0"]);
    plant(&mut command, fault);
    Process::start(command, data)
}

/// Makes a token; with the fault planted, too.
fn token(data: &Path, fault: Option<&str>) -> String {
    let mut command = attache_tests::command(PROGRAM, data, &["token", "create", "--scopes", "all"]);
    plant(&mut command, fault);
    said(&command.output().expect("the program runs")).trim().to_owned()
}

fn plant(command: &mut Command, fault: Option<&str>) {
    match fault {
        Some(point) => command.env("FAILPOINTS", format!("{point}=return")),
        None => command.env_remove("FAILPOINTS"),
    };
}

/// What came of a look at a server whose power is back.
struct Seen {
    server: Process,
    books: Vec<Book>,
    losses: Vec<String>,
}

/// Starts a server after a cut and compares everything. `Err` says why that could not even be done.
async fn look(
    data: &Path,
    fault: Option<&'static str>,
    token: &str,
    mut books: Vec<Book>,
    twice: bool,
) -> Result<Seen, String> {
    let (data, token) = (data.to_owned(), token.to_owned());
    let looking = tokio::spawn(async move {
        let server = serve(&data, fault);
        let client = Client::new(server.url(), Some(token));
        let mut losses = proof::losses(&client, &mut books).await;
        losses.extend(proof::check(&data, twice));
        Seen { server, books, losses }
    });
    looking.await.map_err(|error| {
        let panic = error.into_panic();
        let said = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
        said.unwrap_or("the look ended").to_owned()
    })
}
