//! PostgreSQL: a pool of connections; each unit has one of them for as long as it runs.

mod bind;
mod explain;
mod session;
mod signal;
mod tls;

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use deadpool_postgres::{ClientWrapper, Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use futures_util::FutureExt;
use lru::LruCache;

use std::panic::AssertUnwindSafe;

pub(crate) use explain::explain;
pub(crate) use session::Session;
pub(crate) use signal::{HEARD_BY, SEND, named, spell};

use crate::tx::run_hooks;
use crate::unit::{Outcome, RUNS, Unit, panicked, sound};
use crate::{Connections, Error, Migration, Options, Schema, Signals, Tx, migrate};

/// Built texts that stay prepared; the least recently used one is dropped from every connection.
const BUILT: NonZeroUsize = NonZeroUsize::new(128).unwrap();
/// Pause before the first rerun of a unit; doubled before each further one.
const RERUN_PAUSE: Duration = Duration::from_millis(4);
/// How often a connection that is silent for too long is asked whether it still stands, and how often in vain: a server
/// that was cut off says no goodbye.
const BEAT: Duration = Duration::from_secs(2);
const BEATS: u32 = 3;
/// Settings without which an acknowledged commit may be lost, or text cannot be stored.
const NEEDED: [(&str, &[&str], &str); 3] = [
    ("synchronous_commit", &["on", "remote_apply", "remote_write", "local"], "on"),
    ("fsync", &["on"], "on"),
    ("server_encoding", &["UTF8"], "UTF8"),
];

/// A PostgreSQL database. Clones share its pool.
#[derive(Clone)]
pub(crate) struct Postgres {
    pool: Pool,
    built: Arc<Mutex<LruCache<String, ()>>>,
    begin_read: Arc<str>,
    way: Arc<tls::Way>,
}

impl std::fmt::Debug for Postgres {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Postgres").field("pool", &self.pool.status()).finish_non_exhaustive()
    }
}

impl Postgres {
    pub(crate) async fn open(url: &str, options: &Options) -> Result<Self, Error> {
        let way = Arc::new(configure(url, options)?);
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(way.config.clone(), way.connector.clone(), recycling);
        let pool = Pool::builder(manager)
            .max_size(options.connections.max(1))
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(options.patience))
            .build()
            .map_err(|error| Error::other("open", &error))?;
        let begin_read = format!(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = {}",
            options.read_limit.as_millis()
        );
        let built = Arc::new(Mutex::new(LruCache::new(BUILT)));
        let postgres = Self { pool, built, begin_read: begin_read.into(), way };
        postgres.check().await?;
        Ok(postgres)
    }

    /// Refuses a server whose settings would lose what was acknowledged.
    async fn check(&self) -> Result<(), Error> {
        let client = self.pool.get().await.map_err(|error| explain::pool("open", error))?;
        for (name, good, wanted) in NEEDED {
            let row = client.query_one("SELECT current_setting($1)", &[&name]).await;
            let found: String = row.and_then(|row| row.try_get(0)).map_err(|error| explain("open", &error))?;
            if !good.contains(&found.as_str()) {
                return Err(Error::Unfit(format!("PostgreSQL runs with {name} = {found}; set it to {wanted}")));
            }
        }
        Ok(())
    }

    /// Runs a unit that only reads. If this is dropped, so is the unit.
    pub(crate) async fn read(&self, mut unit: Box<dyn Unit>) {
        self.rerun(&mut *unit, &self.begin_read).await;
        unit.answer(Ok(()));
    }

    /// Runs apart from the caller: if the caller goes away in the middle, the unit still ends, and its hooks run.
    pub(crate) fn write(&self, mut unit: Box<dyn Unit>) {
        let this = self.clone();
        tokio::spawn(async move {
            this.rerun(&mut *unit, "BEGIN").await;
            unit.answer(Ok(()));
        });
    }

    pub(crate) async fn migrate(&self, migrations: &[Migration]) -> Result<(), Error> {
        let mut client = self.pool.get().await.map_err(|error| explain::pool("migrate", error))?;
        migrate::postgres(&mut client, migrations).await
    }

    pub(crate) async fn schema(&self, migrations: &[Migration]) -> Result<Schema, Error> {
        let client = self.pool.get().await.map_err(|error| explain::pool("look at the schema", error))?;
        migrate::look_postgres(&client, migrations).await
    }

    pub(crate) fn signals(&self, name: &str) -> Signals {
        signal::listen(&self.way, name)
    }

    /// A connection for whoever needs one for long; it does not count among the pool's.
    pub(crate) async fn alone(&self) -> Result<ClientWrapper, Error> {
        let client = self.pool.get().await.map_err(|error| explain::pool("connect", error))?;
        Ok(Object::take(client))
    }

    /// How busy the pool is.
    pub(crate) fn connections(&self) -> Connections {
        let status = self.pool.status();
        let busy = status.size.saturating_sub(status.available);
        Connections { busy, idle: status.available, waiting: status.waiting }
    }

    pub(crate) fn close(&self) {
        self.pool.close();
    }

    async fn rerun(&self, unit: &mut dyn Unit, begin: &str) {
        let mut pause = RERUN_PAUSE;
        for _ in 1..RUNS {
            if self.once(unit, begin).await != Outcome::Rerun {
                return;
            }
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        self.once(unit, begin).await;
    }

    /// Runs the unit in one transaction. If this is dropped or the unit panics, the connection is closed, and with it
    /// the transaction.
    async fn once(&self, unit: &mut dyn Unit, begin: &str) -> Outcome {
        let client = match self.pool.get().await {
            Ok(client) => client,
            Err(error) => return unit.fail(explain::pool("begin", error)),
        };
        let mut tx = Tx::over_postgres(Session::new(client, begin.to_owned(), Arc::clone(&self.built)));
        attache_point::fail_point!("db.unit_begun");
        let caught = AssertUnwindSafe(async { unit.run(&mut tx).await }).catch_unwind().await;
        attache_point::fail_point!("db.unit_run");
        let outcome = match caught {
            Ok(outcome) => sound(outcome, unit, &mut tx),
            Err(panic) => return panicked(unit, &*panic),
        };
        if outcome != Outcome::Keep {
            tx.postgres().roll_back().await;
            return outcome;
        }
        attache_point::fail_point!("db.committing");
        if let Err(error) = tx.postgres().commit().await {
            return unit.fail(error);
        }
        attache_point::fail_point!("db.committed");
        run_hooks(tx.take_hooks());
        attache_point::fail_point!("db.hooks_run");
        Outcome::Keep
    }
}

/// How connections by a URL are made, with our words about them.
fn configure(url: &str, options: &Options) -> Result<tls::Way, Error> {
    let mut way = tls::read(url)?;
    let config = &mut way.config;
    if config.get_application_name().is_none() {
        config.application_name("attache");
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(options.patience);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(options.patience);
    }
    if !url.contains("keepalives") {
        // The system counts these in whole seconds, and takes no zero.
        let idle = options.patience.max(Duration::from_secs(1));
        config.keepalives_idle(idle).keepalives_interval(BEAT).keepalives_retries(BEATS);
    }
    Ok(way)
}
