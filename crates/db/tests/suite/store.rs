//! A fresh store of either engine, with a small schema.

use attache_db::{Db, Engine, Error, Migration, Options, Target, Val, sql};
use tempfile::TempDir;

pub(crate) const SCHEMA: &[Migration] = &[Migration::new(
    1,
    "things",
    "
        CREATE TABLE thing (id {int} PRIMARY KEY, name {text} NOT NULL, whole {int}, ratio {real}, raw {bytes}) {strict};
        CREATE UNIQUE INDEX thing_name ON thing (name);
        CREATE TABLE part (
            id {int} PRIMARY KEY,
            thing_id {int} NOT NULL REFERENCES thing (id),
            label {text} NOT NULL,
            UNIQUE (thing_id, label)
        ) {strict};",
)];

sql!(pub(crate) INSERT, "INSERT INTO thing (id, name) VALUES ($1, $2)");
sql!(pub(crate) INSERT_PART, "INSERT INTO part (id, thing_id, label) VALUES ($1, $2, $3)");
sql!(pub(crate) RENAME, "UPDATE thing SET name = $2 WHERE id = $1");
sql!(pub(crate) DELETE, "DELETE FROM thing WHERE id = $1");
sql!(pub(crate) COUNT, "SELECT count(*) FROM thing");
sql!(pub(crate) NAMES, "SELECT name FROM thing ORDER BY id");
sql!(pub(crate) NAME, "SELECT name FROM thing WHERE id = $1");

/// A store and what keeps it alive.
pub(crate) struct Store {
    pub(crate) db: Db,
    pub(crate) target: Target,
    _folder: TempDir,
}

impl Store {
    /// An empty database; `None` after a loud skip.
    pub(crate) async fn empty(engine: Engine) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let target = match engine {
            Engine::Sqlite => Target::Sqlite(folder.path().join("test.db")),
            Engine::Postgres => Target::Postgres(attache_db::testing::database().await?),
        };
        let db = Db::open(&target, &Options::default()).await.unwrap();
        Some(Self { db, target, _folder: folder })
    }

    /// A database with [`SCHEMA`].
    pub(crate) async fn new(engine: Engine) -> Option<Self> {
        let store = Self::empty(engine).await?;
        store.db.migrate(SCHEMA).await.unwrap();
        Some(store)
    }

    pub(crate) async fn sqlite() -> Self {
        Self::new(Engine::Sqlite).await.expect("SQLite is always there")
    }

    /// The same database opened once more, as another process would.
    pub(crate) async fn again(&self) -> Db {
        Db::open(&self.target, &Options::default()).await.unwrap()
    }
}

/// Adds a thing in a unit of its own.
pub(crate) async fn add(db: &Db, id: i64, name: &str) -> Result<u64, Error> {
    let name = name.to_owned();
    db.write(move |tx| {
        let name = name.clone();
        Box::pin(async move { tx.run(&INSERT, &[id.into(), Val::from(&name)]).await })
    })
    .await
}

/// Names of all things, in the order of their ids.
pub(crate) async fn names(db: &Db) -> Vec<String> {
    db.read(|tx| Box::pin(async move { tx.all(&NAMES, &[], |rec| rec.text(0)).await })).await.unwrap()
}

/// Makes of each check a test on SQLite and a test on PostgreSQL. A check is `async fn(Store)`.
macro_rules! on_both_engines {
    ($($check:ident),* $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $check() {
                let store = crate::store::Store::new(attache_db::Engine::Sqlite).await;
                super::$check(store.expect("SQLite is always there")).await;
            })*
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $check() {
                if let Some(store) = crate::store::Store::new(attache_db::Engine::Postgres).await {
                    super::$check(store).await;
                }
            })*
        }
    };
}
