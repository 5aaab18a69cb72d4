//! `Db`: opening a store, and running units of work on it.

use std::any::{Any, type_name};
use std::path::PathBuf;
use std::time::Duration;

use futures_util::future::BoxFuture;

use crate::postgres::Postgres;
use crate::sqlite::Sqlite;
use crate::unit::{Code, Reply, Unit, answered, waiting};
use crate::{Connections, Error, Load, Migration, Retryable, Schema, Signals, Snapshot, Tx};

/// Where the database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A SQLite file; created, readable by its owner alone, if it is not there.
    Sqlite(PathBuf),
    /// The URL of a PostgreSQL database, `postgresql://user@host/name`. With `?sslmode=require` connections are made by
    /// TLS, and the server's certificate is verified; `&sslrootcert=` names a file with the certificates to trust, where
    /// it is not by one that this machine trusts.
    Postgres(String),
}

/// The two engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// SQLite, in this process.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
}

/// Sizes and patience of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Threads that read from SQLite, each with a connection of its own. Default 2.
    pub readers: usize,
    /// Connections to PostgreSQL at most. Default 16.
    pub connections: usize,
    /// How long to wait for another process that writes the SQLite file, or for a free connection to PostgreSQL.
    /// Default 10 seconds.
    pub patience: Duration,
    /// How long one read unit may run before it is cut. Default 10 seconds.
    pub read_limit: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { readers: 2, connections: 16, patience: Duration::from_secs(10), read_limit: Duration::from_secs(10) }
    }
}

/// A store that runs units of work. Clones share it.
#[derive(Debug, Clone)]
pub struct Db(Inner);

#[derive(Debug, Clone)]
enum Inner {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// What a unit does with the database.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Read,
    Write,
}

impl Db {
    /// Opens the database and checks that what it acknowledges is durable. Does not migrate.
    pub async fn open(target: &Target, options: &Options) -> Result<Self, Error> {
        let inner = match target {
            Target::Sqlite(path) => Inner::Sqlite(Sqlite::open(path, options).await?),
            Target::Postgres(url) => Inner::Postgres(Postgres::open(url, options).await?),
        };
        Ok(Self(inner))
    }

    /// Brings the schema up to the last of `migrations`, each in a transaction of its own. Several processes may do
    /// this at once, while others work on the database. Changes nothing where nothing is lacking.
    ///
    /// # Errors
    /// [`Error::Unfit`] for a migration that changed since it was applied, and for a database whose floor is above what
    /// `migrations` knows.
    pub async fn migrate(&self, migrations: &[Migration]) -> Result<(), Error> {
        match &self.0 {
            Inner::Sqlite(sqlite) => sqlite.migrate(migrations).await,
            Inner::Postgres(postgres) => postgres.migrate(migrations).await,
        }
    }

    /// How the schema stands to `migrations`; changes nothing.
    ///
    /// # Errors
    /// As [`Db::migrate`].
    pub async fn schema(&self, migrations: &[Migration]) -> Result<Schema, Error> {
        match &self.0 {
            Inner::Sqlite(sqlite) => sqlite.schema(migrations).await,
            Inner::Postgres(postgres) => postgres.schema(migrations).await,
        }
    }

    /// Runs a unit that only reads; it sees one snapshot. What it tries to write is an error.
    pub fn read<T, E, F>(&self, unit: F) -> impl Future<Output = Result<T, E>> + Send
    where
        F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
        T: Send + 'static,
        E: From<Error> + Retryable + Send + 'static,
    {
        self.run(Kind::Read, Box::new(unit), type_name::<F>())
    }

    /// Runs a unit that may write. `Ok` means that its changes are durable; an error means that none of them holds
    /// (but see [`Error::Unavailable`]). The unit may run more than once, so it must have no effect outside of `Tx`.
    /// If the caller goes away, a unit that has begun still ends by itself.
    pub fn write<T, E, F>(&self, unit: F) -> impl Future<Output = Result<T, E>> + Send
    where
        F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
        T: Send + 'static,
        E: From<Error> + Retryable + Send + 'static,
    {
        self.run(Kind::Write, Box::new(unit), type_name::<F>())
    }

    /// Hides the types of a unit while it is with its engine.
    async fn run<T, E>(&self, kind: Kind, code: Code<T, E>, name: &'static str) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Retryable + Send + 'static,
    {
        let (unit, reply) = waiting(code, name);
        answered(self.carry(kind, unit, reply).await)
    }

    /// Gives a unit to its engine and waits for what it answers. Boxed, because what is left to the callers is compiled
    /// again for each of them.
    fn carry(&self, kind: Kind, unit: Box<dyn Unit>, reply: Reply) -> BoxFuture<'_, Option<Box<dyn Any + Send>>> {
        Box::pin(async move {
            #[cfg(feature = "testing")]
            let _passage = crate::testing::gate::pass().await;
            match (&self.0, kind) {
                (Inner::Sqlite(sqlite), Kind::Read) => sqlite.read(unit),
                (Inner::Sqlite(sqlite), Kind::Write) => sqlite.write(unit),
                (Inner::Postgres(postgres), Kind::Read) => postgres.read(unit).await,
                (Inner::Postgres(postgres), Kind::Write) => postgres.write(unit),
            }
            reply.await.ok()
        })
    }

    /// Listens to what units send with [`Tx::signal`]: on PostgreSQL those of every process, through a connection of its
    /// own that is made again whenever it is lost; on SQLite those of this process alone. `name` is whom others may ask
    /// after with [`Tx::is_heard_by`]: up to 40 letters and digits. Needs a runtime to run in.
    #[must_use]
    pub fn signals(&self, name: &str) -> Signals {
        match &self.0 {
            Inner::Sqlite(sqlite) => sqlite.signals(name),
            Inner::Postgres(postgres) => postgres.signals(name),
        }
    }

    /// All rows as they are now, to be read for as long as it takes, on a connection of its own.
    pub async fn snapshot(&self) -> Result<Snapshot, Error> {
        match &self.0 {
            Inner::Sqlite(sqlite) => Snapshot::on_sqlite(sqlite.another_reader().await?).await,
            Inner::Postgres(postgres) => Snapshot::on_postgres(postgres.alone().await?).await,
        }
    }

    /// Begins one transaction that fills whole tables, on a connection of its own. Units that write to SQLite wait for
    /// its end.
    pub async fn load(&self) -> Result<Load, Error> {
        match &self.0 {
            Inner::Sqlite(sqlite) => Load::on_sqlite(sqlite.another_writer().await?).await,
            Inner::Postgres(postgres) => Load::on_postgres(postgres.alone().await?).await,
        }
    }

    /// How busy the connections to the server are; `None` on SQLite, which has no server.
    #[must_use]
    pub fn connections(&self) -> Option<Connections> {
        match &self.0 {
            Inner::Sqlite(_) => None,
            Inner::Postgres(postgres) => Some(postgres.connections()),
        }
    }

    /// Whether the disk under the database can be trusted, as far as this process has seen.
    ///
    /// # Errors
    /// [`Error::Unavailable`] once SQLite's disk failed to write: nothing is written until the database is opened again;
    /// [`Error::Unread`] for a minute after it failed to read. A PostgreSQL server looks after its own disk.
    pub fn health(&self) -> Result<(), Error> {
        match &self.0 {
            Inner::Sqlite(sqlite) => sqlite.health(),
            Inner::Postgres(_) => Ok(()),
        }
    }

    /// Which engine this is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match &self.0 {
            Inner::Sqlite(_) => Engine::Sqlite,
            Inner::Postgres(_) => Engine::Postgres,
        }
    }

    /// Finishes the units that wait, empties SQLite's log into its file and closes. Later units are refused.
    pub async fn close(&self) {
        match &self.0 {
            Inner::Sqlite(sqlite) => sqlite.close().await,
            Inner::Postgres(postgres) => postgres.close(),
        }
    }

    /// Empties SQLite's write-ahead log, so that erased content is not left in it. On PostgreSQL the log belongs to the
    /// server's operator, and nothing is done.
    pub async fn scrub_log(&self) -> Result<(), Error> {
        match &self.0 {
            Inner::Sqlite(sqlite) => sqlite.scrub_log().await,
            Inner::Postgres(_) => Ok(()),
        }
    }
}
