//! The server is killed (SIGKILL) at random moments under mixed work, again and again on the same data. After every
//! restart each acknowledged change is there, bit by bit; each unanswered one is there wholly or not at all; and rows,
//! bytes and books agree.

mod book;
mod nodes;
pub(crate) mod proof;
mod work;

use crate::PROGRAM;
use crate::nodes::node::Installation;
pub(crate) use attache_tests::dice;
use attache_tests::{Client, Engine, Home, Process, said};
use book::Book;
use dice::Dice;
use futures_util::future::join_all;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tokio::sync::Notify;

/// Kills of each engine.
const KILLS: usize = 100;
/// Clients at work.
const CLIENTS: usize = 12;
/// Most answers between a start and the next kill.
const ANSWERS: usize = 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_half_visible_on_sqlite() {
    run(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_half_visible_on_postgresql() {
    run(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_half_visible_on_a_cluster() {
    run(Engine::Cluster).await;
}

/// Where the server's data is.
pub(crate) struct Place(Home);

impl Place {
    /// `None` after a loud skip.
    pub(crate) async fn new(engine: Engine) -> Option<Place> {
        Home::on(engine).await.map(Place)
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// The installation that it is, for nodes.
    pub(crate) fn installation(&self) -> Installation {
        Installation { folder: self.path().to_owned(), database: self.0.database().map(str::to_owned) }
    }

    /// A command line on this place.
    pub(crate) fn command(&self, arguments: &[&str]) -> std::process::Command {
        self.0.command(PROGRAM, arguments)
    }

    fn start(&self) -> Process {
        Process::start(self.command(&["serve", "--listen", "127.0.0.1:0"]), self.path())
    }
}

/// What the clients of one life of the server share.
struct Life {
    client: Client,
    answers: AtomicUsize,
    answered: Notify,
    over: AtomicBool,
    /// Whoever works here ends after its next answer.
    enough: AtomicBool,
}

impl Life {
    fn new(server: &Process, token: &str) -> Arc<Life> {
        Life::at(server.url(), token)
    }

    fn at(url: &str, token: &str) -> Arc<Life> {
        let client = Client::new(url, Some(token.to_owned()));
        let (over, enough) = (AtomicBool::new(false), AtomicBool::new(false));
        Arc::new(Life { client, answers: AtomicUsize::new(0), answered: Notify::new(), over, enough })
    }

    fn note_answer(&self) {
        self.answers.fetch_add(1, Ordering::SeqCst);
        self.answered.notify_one();
    }

    async fn wait_for(&self, answers: usize) {
        while self.answers.load(Ordering::SeqCst) < answers {
            self.answered.notified().await;
        }
    }
}

async fn run(engine: Engine) {
    let Some(place) = Place::new(engine).await else { return };
    let seed = dice::seed();
    attache_tests::report(&format!("ATTACHE_SEED={seed} repeats the choices of this run"));
    let mut dice = Dice::new(seed);
    let mut server = place.start();
    let token = said(&place.command(&["token", "create", "--scopes", "all"]).output().unwrap()).trim().to_owned();
    let mut books: Vec<Book> = (0..CLIENTS as u64).map(|no| Book::new(no, Dice::new(dice.next() ^ no))).collect();
    let (mut answers, mut unanswered) = (0, 0);
    for kill in 1..=KILLS {
        let life = Life::new(&server, &token);
        let working = books.into_iter().map(|book| tokio::spawn(work::until_killed(book, life.clone())));
        let working: Vec<_> = working.collect();
        life.wait_for(1 + dice.below(ANSWERS)).await;
        life.over.store(true, Ordering::SeqCst);
        server.kill();
        books = join_all(working).await.into_iter().map(|book| book.expect("no client saw a wrong answer")).collect();
        answers += life.answers.load(Ordering::SeqCst);
        unanswered += books.iter().filter(|book| book.waits()).count();

        proof::wait_for_the_dead(&place).await;
        server = place.start();
        let life = Life::new(&server, &token);
        proof::after_restart(&place, &life.client, &mut books, kill % 10 == 0).await;
    }
    attache_tests::report(&format!(
        "{KILLS} kills on {engine:?}: {answers} changes acknowledged, {unanswered} cut without an answer"
    ));
    assert!(unanswered > KILLS, "the kills hit running requests");

    // A restart with nothing to do changes nothing.
    let before = proof::all_that_is_shown(&Life::new(&server, &token).client).await;
    server.kill();
    proof::wait_for_the_dead(&place).await;
    let server = place.start();
    let life = Life::new(&server, &token);
    assert_eq!(proof::all_that_is_shown(&life.client).await, before);
    proof::after_restart(&place, &life.client, &mut books, true).await;
    proof::what_was_erased_is_gone(&place, &books).await;
}
