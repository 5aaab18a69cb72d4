//! The thread that writes: many units, one durable commit.
//!
//! While one commit is in the disk the next group gathers, so there is no timer. Each unit runs in a savepoint of its
//! own: its failure, panic or misuse is undone without its neighbours noticing.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::explain;
use super::log::Log;
use crate::health::Health;
use crate::queue::{Next, Queue};
use crate::signal::Hub;
use crate::tx::{Hook, run_hooks};
use crate::unit::{Outcome, RUNS, Unit, poll_once};
use crate::{Error, Tx};

/// Units in one commit at most.
const GROUP: usize = 256;
/// How long a group takes in further units before it commits.
const GATHER: Duration = Duration::from_millis(2);
/// How long the last emptying of the log waits for readers.
const CLOSE_WAIT: Duration = Duration::from_millis(500);

/// What stands in the writer's line.
pub(crate) enum Work {
    /// A unit, to be grouped with its neighbours.
    Unit(Box<dyn Unit>),
    /// A step on the bare connection, outside of any transaction.
    Alone(Box<dyn FnOnce(&mut Connection) + Send>),
    /// Clear what deleting left behind, then empty the log.
    Scrub(Scrub),
}

/// A step towards a file and a log without anything that was deleted.
pub(crate) struct Scrub {
    /// Whether this is the first step: what was deleted before it is meant.
    pub(crate) begin: bool,
    /// How long to wait for readers of the log.
    pub(crate) wait: Duration,
    pub(crate) reply: oneshot::Sender<Result<Scrubbed, Error>>,
}

/// How far a scrub is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scrubbed {
    /// There are more pages to look at; others get their turn first.
    More,
    /// Readers hold the log.
    Held,
    Done,
}

/// A unit that has run, with what is to happen after its commit.
struct Ran {
    unit: Box<dyn Unit>,
    /// `None` if it could not be begun.
    verdict: Option<Outcome>,
    hooks: Vec<Hook>,
}

struct Writer {
    tx: Tx,
    log: Log,
    queue: Arc<Queue<Work>>,
    /// Once it is broken nothing is acknowledged.
    health: Arc<Health>,
}

/// Starts the writer on `conn`. It ends when the queue is closed and empty.
pub(crate) fn spawn(
    mut conn: Connection,
    hub: Hub,
    health: Arc<Health>,
    patience: Duration,
    queue: Arc<Queue<Work>>,
    running: mpsc::Sender<()>,
) -> Result<(), Error> {
    let log = Log::watch(&mut conn, patience).map_err(|error| explain(&conn, "writer", &error))?;
    let mut writer = Writer { tx: Tx::over_sqlite(conn, hub, Arc::clone(&health)), log, queue, health };
    let body = move || {
        writer.work();
        drop(writer);
        drop(running);
    };
    let started = thread::Builder::new().name("db-writer".to_owned()).spawn(body);
    started.map(drop).map_err(|error| Error::other("start a thread", &error))
}

impl Drop for Writer {
    fn drop(&mut self) {
        // If this thread ends by a panic, nobody may wait for it.
        self.queue.abandon();
    }
}

impl Writer {
    fn work(&mut self) {
        loop {
            let patience = if self.health.broken().is_none() { self.log.idle_after() } else { None };
            match self.queue.next(patience) {
                Next::Item(Work::Unit(unit)) => self.group(unit),
                Next::Item(Work::Alone(step)) if self.health.broken().is_none() => step(self.tx.sqlite()),
                Next::Item(Work::Alone(_)) => {}
                Next::Item(Work::Scrub(Scrub { begin, wait, reply })) => drop(reply.send(self.scrub(begin, wait))),
                Next::Idle => self.tend(Log::when_idle),
                Next::Closed => break,
            }
        }
        if let Err(error) = self.empty_log(CLOSE_WAIT) {
            tracing::warn!(%error, "the log was not moved into the file on closing; the next start will do it");
        }
    }

    /// Runs the unit and those that wait behind it, commits once, answers all.
    fn group(&mut self, first: Box<dyn Unit>) {
        if let Err(error) = self.begin() {
            return self.refuse(first, &error);
        }
        let mut ran = Vec::new();
        let run = self.gather(first, &mut ran);
        attache_point::fail_point!("db.answer_before_commit", |_| {
            settle(std::mem::take(&mut ran), &run);
            drop(self.commit());
        });
        let end = run.and_then(|()| self.commit());
        if end.is_err() {
            self.roll_back();
        }
        if end.is_err() && ran.len() > 1 && self.health.broken().is_none() {
            self.one_by_one(ran);
        } else {
            settle(ran, &end);
        }
        if self.health.broken().is_none() {
            self.tend(Log::after_commit);
        }
    }

    /// Runs units until the group is full or nobody waits. Fails if the engine gave up the whole transaction.
    fn gather(&mut self, first: Box<dyn Unit>, ran: &mut Vec<Ran>) -> Result<(), Error> {
        let began = Instant::now();
        let mut next = Some(first);
        while let Some(unit) = next {
            if unit.is_wanted() {
                self.run(unit, ran)?;
            }
            let more = ran.len() < GROUP && began.elapsed() < GATHER;
            next = if more { self.waiting_unit() } else { None };
        }
        Ok(())
    }

    /// Runs each unit again, in a transaction of its own, after their common one failed because of one of them.
    fn one_by_one(&mut self, units: Vec<Ran>) {
        for Ran { unit, .. } in units {
            if let Err(error) = self.begin() {
                unit.answer(Err(error));
                continue;
            }
            let mut ran = Vec::with_capacity(1);
            let end = self.run(unit, &mut ran).and_then(|()| self.commit());
            if end.is_err() {
                self.roll_back();
            }
            settle(ran, &end);
        }
    }

    /// Runs one unit in a savepoint, and again if it asks for that.
    fn run(&mut self, mut unit: Box<dyn Unit>, ran: &mut Vec<Ran>) -> Result<(), Error> {
        let mut verdict = None;
        let mut hooks = Vec::new();
        let mut end = Ok(());
        for left in (0..RUNS).rev() {
            end = self.step("SAVEPOINT unit");
            if end.is_err() {
                break;
            }
            attache_point::fail_point!("db.unit_begun");
            let outcome = poll_once(&mut *unit, &mut self.tx);
            attache_point::fail_point!("db.unit_run");
            verdict = Some(outcome);
            hooks = self.tx.take_hooks();
            end = self.end_savepoint(outcome);
            if outcome != Outcome::Rerun || left == 0 || end.is_err() {
                break;
            }
        }
        ran.push(Ran { unit, verdict, hooks });
        end
    }

    /// Keeps or undoes what the unit did. Some failures (disk full, a write error) make SQLite give up the whole
    /// transaction; that is told here, so that the neighbours are run again.
    fn end_savepoint(&mut self, outcome: Outcome) -> Result<(), Error> {
        if self.is_over() {
            return Err(Error::other("unit", "the engine gave up the transaction"));
        }
        if outcome != Outcome::Keep {
            self.step("ROLLBACK TO unit")?;
        }
        self.step("RELEASE unit")
    }

    fn begin(&mut self) -> Result<(), Error> {
        match self.health.broken() {
            Some(broken) => Err(broken),
            None => self.step("BEGIN IMMEDIATE"),
        }
    }

    fn commit(&mut self) -> Result<(), Error> {
        if let Some(broken) = self.health.broken() {
            return Err(broken);
        }
        attache_point::fail_point!("db.committing");
        self.step("COMMIT")?;
        attache_point::fail_point!("db.committed");
        Ok(())
    }

    fn roll_back(&mut self) {
        if !self.is_over()
            && let Err(error) = self.step("ROLLBACK")
        {
            tracing::error!(%error, "a failed transaction could not be rolled back");
            self.health.fail(&error.to_string());
        }
    }

    /// Answers the unit and those behind it with the error that kept all of them from beginning. Whoever comes after
    /// the first answer was not part of that and gets a try of its own.
    fn refuse(&self, first: Box<dyn Unit>, error: &Error) {
        let mut refused = vec![first];
        while let Some(unit) = self.waiting_unit() {
            refused.push(unit);
        }
        for unit in refused {
            unit.answer(Err(error.clone()));
        }
    }

    fn waiting_unit(&self) -> Option<Box<dyn Unit>> {
        match self.queue.next_if(|work| matches!(work, Work::Unit(_))) {
            Some(Work::Unit(unit)) => Some(unit),
            _ => None,
        }
    }

    /// Moves the log; a failure is no one's business but the disk's, unless it was a sync.
    fn tend(&mut self, how: impl FnOnce(&mut Log, &Connection) -> rusqlite::Result<()>) {
        if let Err(error) = how(&mut self.log, self.tx.sqlite()) {
            let error = self.fail("move the log", &error);
            tracing::warn!(%error, "the write-ahead log could not be moved into the file");
        }
    }

    fn scrub(&mut self, begin: bool, wait: Duration) -> Result<Scrubbed, Error> {
        if let Some(broken) = self.health.broken() {
            return Err(broken);
        }
        let clear = self.log.clear_leftovers(self.tx.sqlite(), begin);
        match clear.map_err(|error| self.fail("clear free room", &error))? {
            false => Ok(Scrubbed::More),
            true if self.empty_log(wait)? => Ok(Scrubbed::Done),
            true => Ok(Scrubbed::Held),
        }
    }

    fn empty_log(&mut self, wait: Duration) -> Result<bool, Error> {
        if let Some(broken) = self.health.broken() {
            return Err(broken);
        }
        self.log.empty(self.tx.sqlite(), wait).map_err(|error| self.fail("empty the log", &error))
    }

    fn step(&mut self, text: &'static str) -> Result<(), Error> {
        let result = self.tx.sqlite().prepare_cached(text).and_then(|mut statement| statement.raw_execute());
        result.map(drop).map_err(|error| self.fail(text, &error))
    }

    /// Explains an error of the engine. After a failed sync or write the writer is broken for good: only a restart,
    /// which reads the log again, can tell what is there.
    fn fail(&mut self, op: &str, error: &rusqlite::Error) -> Error {
        let error = explain(self.tx.sqlite(), op, error);
        self.health.note(&error);
        match self.health.broken() {
            Some(broken) if matches!(error, Error::Unwritten(_)) => broken,
            _ => error,
        }
    }

    /// Whether no transaction is open.
    fn is_over(&mut self) -> bool {
        self.tx.sqlite().is_autocommit()
    }
}

/// Runs the hooks of what holds, then answers every caller.
fn settle(ran: Vec<Ran>, end: &Result<(), Error>) {
    let alone = ran.len() == 1;
    for Ran { unit, verdict, hooks } in ran {
        if end.is_ok() && verdict == Some(Outcome::Keep) {
            run_hooks(hooks);
        }
        attache_point::fail_point!("db.hooks_run");
        // A unit that failed by itself says why better than its transaction does. In a group it may have failed over a
        // neighbour's change that does not hold now, so there the common error counts.
        let own = alone && matches!(verdict, Some(Outcome::Undo | Outcome::Rerun));
        unit.answer(if own { Ok(()) } else { end.clone() });
    }
}
