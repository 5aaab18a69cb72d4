//! SQLite: one thread that writes, a few that read, each with a connection of its own.

mod connection;
mod explain;
mod leftover;
mod log;
mod reader;
mod statement;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

pub(crate) use explain::explain;
pub(crate) use statement::{each, run};

use crate::health::Health;
use crate::queue::Queue;
use crate::signal::Hub;
use crate::unit::Unit;
use crate::{Error, Migration, Options, Schema, Signals, migrate};
use writer::{Scrub, Scrubbed, Work};

/// How often `scrub_log` tries to empty the log while readers hold it.
const SCRUB_TRIES: u32 = 20;
/// How long one of these tries waits for the readers. Writers wait as long, so it is short.
const SCRUB_WAIT: Duration = Duration::from_millis(100);

/// A SQLite file with its threads. Clones share them; when the last one goes, the threads end.
#[derive(Debug, Clone)]
pub(crate) struct Sqlite(Arc<Lines>);

#[derive(Debug)]
struct Lines {
    writes: Arc<Queue<Work>>,
    reads: Arc<Queue<Box<dyn Unit>>>,
    hub: Hub,
    health: Arc<Health>,
    /// Where further connections lead, and how patient they are.
    place: (PathBuf, Options),
    /// Ends when every thread has dropped its sender.
    ended: tokio::sync::Mutex<mpsc::Receiver<()>>,
}

impl Drop for Lines {
    fn drop(&mut self) {
        self.reads.close();
        self.writes.close();
    }
}

impl Sqlite {
    pub(crate) async fn open(path: &Path, options: &Options) -> Result<Self, Error> {
        let (path, options) = (path.to_owned(), options.clone());
        let opened = tokio::task::spawn_blocking(move || Self::start(&path, &options)).await;
        opened.unwrap_or_else(|error| Err(Error::other("open", &error)))
    }

    fn start(path: &Path, options: &Options) -> Result<Self, Error> {
        let (running, ended) = mpsc::channel(1);
        let ended = tokio::sync::Mutex::new(ended);
        let (writes, reads) = (Arc::new(Queue::new()), Arc::new(Queue::new()));
        let lines = Lines {
            writes,
            reads,
            hub: Hub::new(),
            health: Arc::default(),
            place: (path.to_owned(), options.clone()),
            ended,
        };
        // From here on, an early return drops `lines`, which ends the threads begun so far.
        let conn = connection::to_write(path, options)?;
        let health = || Arc::clone(&lines.health);
        writer::spawn(conn, lines.hub.clone(), health(), options.patience, Arc::clone(&lines.writes), running.clone())?;
        for _ in 0..options.readers.max(1) {
            let conn = connection::to_read(path, options)?;
            reader::spawn(
                conn,
                lines.hub.clone(),
                health(),
                options.read_limit,
                Arc::clone(&lines.reads),
                running.clone(),
            )?;
        }
        Ok(Self(Arc::new(lines)))
    }

    /// Puts a unit in the readers' line; it is dropped unanswered once that is closed.
    pub(crate) fn read(&self, unit: Box<dyn Unit>) {
        self.0.reads.push(unit);
    }

    /// As [`Sqlite::read`], in the writer's line.
    pub(crate) fn write(&self, unit: Box<dyn Unit>) {
        self.0.writes.push(Work::Unit(unit));
    }

    pub(crate) async fn migrate(&self, migrations: &[Migration]) -> Result<(), Error> {
        let migrations = migrations.to_vec();
        self.alone(move |conn| migrate::sqlite(conn, &migrations)).await
    }

    pub(crate) async fn schema(&self, migrations: &[Migration]) -> Result<Schema, Error> {
        let migrations = migrations.to_vec();
        self.alone(move |conn| migrate::look_sqlite(conn, &migrations)).await
    }

    pub(crate) fn signals(&self, name: &str) -> Signals {
        self.0.hub.signals(name)
    }

    /// A further connection that only reads.
    pub(crate) async fn another_reader(&self) -> Result<Connection, Error> {
        self.another(connection::to_read).await
    }

    /// A further connection that writes; it waits for the units, and they for it.
    pub(crate) async fn another_writer(&self) -> Result<Connection, Error> {
        self.another(connection::to_write).await
    }

    async fn another(&self, open: fn(&Path, &Options) -> Result<Connection, Error>) -> Result<Connection, Error> {
        let (path, options) = self.0.place.clone();
        let opened = tokio::task::spawn_blocking(move || open(&path, &options)).await;
        opened.unwrap_or_else(|error| Err(Error::other("open", &error)))
    }

    /// Whether the disk has failed.
    pub(crate) fn health(&self) -> Result<(), Error> {
        self.0.health.check()
    }

    pub(crate) async fn scrub_log(&self) -> Result<(), Error> {
        let (mut begin, mut tries) = (true, 0);
        while tries < SCRUB_TRIES {
            let (reply, answer) = oneshot::channel();
            self.0.writes.push(Work::Scrub(Scrub { begin, wait: SCRUB_WAIT, reply }));
            match answer.await.unwrap_or_else(|_| Err(Error::closed()))? {
                Scrubbed::Done => return Ok(()),
                Scrubbed::More => {}
                Scrubbed::Held => tries += 1,
            }
            begin = false;
        }
        Err(Error::Unavailable("readers held the write-ahead log for too long; try again".to_owned()))
    }

    pub(crate) async fn close(&self) {
        self.0.reads.close();
        self.0.writes.close();
        // Nothing is ever sent: this waits for the last thread to drop its sender.
        self.0.ended.lock().await.recv().await;
    }

    /// Runs a step on the writer's connection, outside of any unit's transaction.
    async fn alone<T: Send + 'static>(
        &self,
        step: impl FnOnce(&mut Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (reply, answer) = oneshot::channel();
        self.0.writes.push(Work::Alone(Box::new(move |conn| drop(reply.send(step(conn))))));
        answer.await.unwrap_or_else(|_| Err(Error::closed()))
    }
}
