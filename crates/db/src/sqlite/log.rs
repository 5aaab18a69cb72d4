//! The write-ahead log: kept short under steady load, emptied when its content must not stay.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::hooks::Wal;

use super::leftover::Leftovers;

/// Pages in the log after which it is moved into the file: 8 MiB.
const SOFT: i32 = 2048;
/// Pages in the log after which readers are waited for, so that it can start over: 64 MiB.
const HARD: i32 = 16_384;
/// How long the writer is idle before it moves the log.
const IDLE: Duration = Duration::from_millis(200);
/// How long an emptying at the hard limit waits for readers.
const HARD_WAIT: Duration = Duration::from_millis(250);

/// What the writer knows about the log.
#[derive(Debug)]
pub(crate) struct Log {
    /// Pages in it, told by SQLite at each commit.
    pages: Arc<AtomicI32>,
    /// The size at which it is looked at next.
    next_look: i32,
    /// Whether it may hold something that is not in the file yet.
    dirty: bool,
    leftovers: Leftovers,
    patience: Duration,
}

impl Log {
    /// Watches the log of the connection that writes.
    pub(crate) fn watch(conn: &mut Connection, patience: Duration) -> rusqlite::Result<Self> {
        let pages = Arc::new(AtomicI32::new(0));
        let told = Arc::clone(&pages);
        conn.wal_hook(Some(move |_: &mut Wal, count| {
            told.store(count, Ordering::Relaxed);
            Ok(())
        }))?;
        // An earlier process may have left something in it.
        Ok(Self { pages, next_look: SOFT, dirty: true, leftovers: Leftovers::of(conn)?, patience })
    }

    /// How long the writer should wait for work before it calls [`Log::when_idle`]; `None` for ever.
    pub(crate) fn idle_after(&self) -> Option<Duration> {
        (self.dirty || self.leftovers.walks()).then_some(IDLE)
    }

    /// Moves the log into the file while nobody waits for the writer.
    pub(crate) fn when_idle(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        // Once per pause: if a reader holds the rest, the next commit brings us here again.
        if std::mem::take(&mut self.dirty) {
            self.leftovers.note(conn)?;
            return checkpoint(conn, "PASSIVE").map(drop);
        }
        self.dirty = self.leftovers.step(conn)?;
        Ok(())
    }

    /// Moves the log into the file if it has grown long.
    pub(crate) fn after_commit(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        self.dirty = true;
        let pages = self.pages.load(Ordering::Relaxed);
        if pages < SOFT {
            self.next_look = SOFT;
        }
        if pages < self.next_look {
            return Ok(());
        }
        // If readers hold the log it cannot start over; look again after as much growth, not at every commit.
        self.next_look = pages.saturating_add(SOFT);
        self.leftovers.note(conn)?;
        if pages < HARD { checkpoint(conn, "PASSIVE").map(drop) } else { self.empty(conn, HARD_WAIT).map(drop) }
    }

    /// Clears what deleting left inside the pages that were written, a slice at each call; `true` once none is left. With
    /// `begin`, the pages that are in the log now are among them. The log has to be emptied next: it holds the pages as
    /// they were.
    pub(crate) fn clear_leftovers(&mut self, conn: &Connection, begin: bool) -> rusqlite::Result<bool> {
        if begin {
            self.leftovers.note(conn)?;
            self.leftovers.walk_back();
        }
        self.dirty = true;
        self.leftovers.clear_marked(conn)
    }

    /// Moves all of the log into the file and cuts it to nothing; `false` if readers held it for all of `wait`.
    pub(crate) fn empty(&mut self, conn: &Connection, wait: Duration) -> rusqlite::Result<bool> {
        conn.busy_timeout(wait)?;
        let emptied = checkpoint(conn, "TRUNCATE");
        conn.busy_timeout(self.patience)?;
        if matches!(emptied, Ok(true)) {
            self.pages.store(0, Ordering::Relaxed);
            self.dirty = false;
        }
        emptied
    }
}

/// Runs a checkpoint; `true` if nobody was in its way.
fn checkpoint(conn: &Connection, mode: &str) -> rusqlite::Result<bool> {
    let mut statement = conn.prepare_cached(&format!("PRAGMA wal_checkpoint({mode})"))?;
    statement.query_row([], |row| row.get::<_, i64>(0)).map(|busy| busy == 0)
}
