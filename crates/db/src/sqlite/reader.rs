//! A thread that reads: each unit in a transaction of its own, so that it sees one snapshot.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::mpsc;

use super::statement;
use crate::health::Health;
use crate::queue::{Next, Queue};
use crate::signal::Hub;
use crate::tx::run_hooks;
use crate::unit::{Outcome, RUNS, Unit, poll_once};
use crate::{Error, Text, Tx};

/// Steps of SQLite's machine between two looks at the clock; a few milliseconds.
const STEPS: i32 = 100_000;

/// Starts a reader on `conn`. It ends when the queue is closed.
pub(crate) fn spawn(
    mut conn: Connection,
    hub: Hub,
    health: Arc<Health>,
    limit: Duration,
    queue: Arc<Queue<Box<dyn Unit>>>,
    running: mpsc::Sender<()>,
) -> Result<(), Error> {
    let began = Instant::now();
    let deadline = Arc::new(AtomicU64::new(u64::MAX));
    let seen = Arc::clone(&deadline);
    conn.progress_handler(STEPS, Some(move || millis(began) > seen.load(Ordering::Relaxed)))
        .map_err(|error| Error::other("reader", &error))?;
    let mut tx = Tx::over_sqlite(conn, hub, health);
    let body = move || {
        while let Next::Item(unit) = queue.next(None) {
            if unit.is_wanted() {
                let limit = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
                deadline.store(millis(began).saturating_add(limit), Ordering::Relaxed);
                serve(&mut tx, unit);
            }
        }
        drop(running);
    };
    let started = thread::Builder::new().name("db-reader".to_owned()).spawn(body);
    started.map(drop).map_err(|error| Error::other("start a thread", &error))
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

fn serve(tx: &mut Tx, mut unit: Box<dyn Unit>) {
    for left in (0..RUNS).rev() {
        if let Err(error) = step(tx, "BEGIN") {
            return unit.answer(Err(error));
        }
        let outcome = poll_once(&mut *unit, tx);
        let hooks = tx.take_hooks();
        if step(tx, "COMMIT").is_err() {
            // Nothing was written, so the answer holds; but the next unit needs a fresh snapshot.
            let _ = step(tx, "ROLLBACK");
        }
        if outcome == Outcome::Rerun && left > 0 {
            continue;
        }
        if outcome == Outcome::Keep {
            run_hooks(hooks);
        }
        return unit.answer(Ok(()));
    }
}

fn step(tx: &mut Tx, text: &'static str) -> Result<(), Error> {
    statement::run(tx.sqlite(), &Text::Built(text), &[]).map(drop)
}
