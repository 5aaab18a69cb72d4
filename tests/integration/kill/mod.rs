//! The server is killed (SIGKILL) at random moments under mixed work, again and again on the same data. After every
//! restart each acknowledged change is there, bit by bit; each unanswered one is there wholly or not at all; and rows,
//! bytes and books agree.

mod audit;
mod book;
mod change;
mod nodes;
mod point;
pub(crate) mod proof;
mod resume;
mod source;
mod start;
mod work;

use crate::PROGRAM;
use crate::nodes::node::Installation;
use attache_db::{Db, Options, Target};
pub(crate) use attache_tests::dice;
use attache_tests::{Client, Effort, Engine, Home, Process, figure, said};
use book::Book;
use dice::Dice;
use futures_util::future::join_all;
use source::Source;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tokio::sync::Notify;

/// Clients at work.
const CLIENTS: usize = 32;
/// Most answers between a start and the next kill.
const ANSWERS: usize = 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_half_visible_on_sqlite() {
    run(Engine::Sqlite, 200, "").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_half_visible_on_postgresql() {
    run(Engine::Postgres, 100, "").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_half_visible_on_a_cluster() {
    run(Engine::Cluster, 100, "").await;
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

    /// Whether its contents are in a bucket.
    pub(crate) fn is_bucket(&self) -> bool {
        self.0.storage().is_some()
    }

    /// Its rows, beside the server.
    pub(crate) async fn open_database(&self) -> Db {
        let target = match self.0.database() {
            Some(url) => Target::Postgres(url.to_owned()),
            None => Target::Sqlite(self.path().join("attache.db")),
        };
        Db::open(&target, &Options::default()).await.expect("the database is there")
    }

    /// Starts the server, with faults planted where they are named.
    fn start(&self, faults: &str) -> Process {
        let line = ["serve", "--listen", "127.0.0.1:0", "--allow-private-network", "127.0.0.0/8"];
        let mut command = self.command(&line);
        command.env("FAILPOINTS", faults);
        Process::start(command, self.path())
    }
}

/// What the clients of one life of the server share.
struct Life {
    client: Client,
    /// What imports are fetched from.
    source: Arc<Source>,
    answers: AtomicUsize,
    answered: Notify,
    over: AtomicBool,
    /// Whoever works here ends after its next answer.
    enough: AtomicBool,
}

impl Life {
    fn at(url: &str, token: &str, source: &Arc<Source>) -> Arc<Life> {
        let client = Client::new(url, Some(token.to_owned()));
        let (over, enough) = (AtomicBool::new(false), AtomicBool::new(false));
        let (answers, answered, source) = (AtomicUsize::new(0), Notify::new(), source.clone());
        Arc::new(Life { client, source, answers, answered, over, enough })
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

/// What a run came to.
#[derive(Debug, Default)]
struct Figures {
    answers: usize,
    unanswered: usize,
    repeated: usize,
    /// What sweeps have removed.
    orphans: BTreeSet<String>,
}

/// At least `gate` kills of a server with these faults planted, or none.
async fn run(engine: Engine, gate: usize, faults: &str) {
    let Some(place) = Place::new(engine).await else { return };
    let seed = dice::seed();
    attache_tests::report(&format!("ATTACHE_SEED={seed} repeats the choices of this run"));
    let mut dice = Dice::new(seed);
    let mut server = place.start(faults);
    let token = said(&place.command(&["token", "create", "--scopes", "all"]).output().unwrap()).trim().to_owned();
    let source = Arc::new(Source::open().await);
    let mut books: Vec<Book> = (0..CLIENTS as u64).map(|no| Book::new(no, Dice::new(dice.next() ^ no))).collect();
    let (mut effort, mut figures) = (Effort::new(gate), Figures::default());
    while effort.goes_on() {
        let life = Life::at(server.url(), &token, &source);
        let working = books.into_iter().map(|book| tokio::spawn(work::until_killed(book, life.clone())));
        let working: Vec<_> = working.collect();
        life.wait_for(1 + dice.below(ANSWERS)).await;
        life.over.store(true, Ordering::SeqCst);
        server.kill();
        books = join_all(working).await.into_iter().map(|book| book.expect("no client saw a wrong answer")).collect();
        figures.answers += life.answers.load(Ordering::SeqCst);
        figures.unanswered += books.iter().filter(|book| book.waits()).count();

        proof::after_death(&place).await;
        server = place.start(faults);
        let client = Client::new(server.url(), Some(token.clone()));
        figures.repeated += proof::after_restart(&client, &mut books, effort.done().is_multiple_of(10)).await;
        proof::sweep(&place, &mut figures.orphans);
    }
    let kills = effort.done();
    assert!(figures.unanswered > kills, "the kills hit running requests");

    proof::until_tasks_have_ended(&Client::new(server.url(), Some(token.clone()))).await;
    // A restart with nothing to do changes nothing.
    let before = proof::all_that_is_shown(&Client::new(server.url(), Some(token.clone()))).await;
    server.kill();
    proof::after_death(&place).await;
    let server = place.start(faults);
    let client = Client::new(server.url(), Some(token.clone()));
    assert_eq!(proof::all_that_is_shown(&client).await, before);
    proof::after_restart(&client, &mut books, true).await;
    proof::what_was_promised_has_come(&books);
    proof::check(&place);
    audit::histories_are_those_of_the_books(&client, &books).await;
    let changes = audit::tells_every_change_once(&place, &client).await;
    let erased = proof::what_was_erased_is_gone(&place, &books).await;
    let Figures { answers, unanswered, repeated, orphans } = figures;
    figure(
        "kill",
        &format!(
            "{kills} kills on {engine:?} under {CLIENTS} clients: {answers} answers, {unanswered} requests cut, \
             {repeated} of them sent again, 0 acknowledged changes lost, 0 halves, 0 twins, {} orphans that one \
             sweep removed and 0 after it, {changes} changes told once each by the audit log, {erased} contents erased \
             and 0 of them found",
            orphans.len()
        ),
    );
}
