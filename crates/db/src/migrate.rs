//! Bringing the schema up to date: numbered files, each applied once, in a transaction of its own.

use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::postgres::explain as explain_postgres;
use crate::sqlite::explain as explain_sqlite;
use crate::{Engine, Error};

/// One numbered step of the schema. Its text is SQL for both engines, with the tokens `{int}`, `{real}`, `{text}`,
/// `{bytes}` for column types, `{strict}` after a table, and `{sqlite}` before a line that only SQLite runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migration {
    /// Position; counts up from 1 without gaps.
    pub number: u32,
    /// Short name, for errors and for people who look into the table `migration`.
    pub name: &'static str,
    /// The statements.
    pub text: &'static str,
}

/// A row of the table `migration`.
type Applied = (i64, String, String);

const TABLE: &str = "CREATE TABLE IF NOT EXISTS migration
    (number {int} PRIMARY KEY, name {text} NOT NULL, checksum {text} NOT NULL) {strict}";
const LIST: &str = "SELECT number, name, checksum FROM migration ORDER BY number";
const INSERT: &str = "INSERT INTO migration (number, name, checksum) VALUES ($1, $2, $3)";
/// How long one process waits while another one migrates the same SQLite file.
const PATIENCE: Duration = Duration::from_secs(300);
/// Name of PostgreSQL's advisory lock that one process at a time holds while it migrates: `attache` in ASCII.
const LOCK: i64 = 0x61_7474_6163_6865;

impl Migration {
    fn text(&self, engine: Engine) -> String {
        spell(self.text, engine)
    }

    /// SHA-256 of the text as written, whatever the line endings of the checkout.
    fn checksum(&self) -> String {
        hex::encode(Sha256::digest(self.text.replace("\r\n", "\n")))
    }

    fn fail(&self, error: &Error) -> Error {
        Error::Unfit(format!("migration {} ({}) failed: {error}", self.number, self.name))
    }
}

fn spell(text: &str, engine: Engine) -> String {
    let tokens = match engine {
        Engine::Sqlite => ["INTEGER", "REAL", "TEXT", "BLOB", "STRICT", ""],
        Engine::Postgres => ["BIGINT", "DOUBLE PRECISION", "TEXT COLLATE \"C\"", "BYTEA", "", "--"],
    };
    let names = ["{int}", "{real}", "{text}", "{bytes}", "{strict}", "{sqlite}"];
    names.iter().zip(tokens).fold(text.to_owned(), |text, (name, token)| text.replace(name, token))
}

/// The first migration that is not applied yet, after checking that the others are the ones we know.
fn next<'m>(migrations: &'m [Migration], applied: &[Applied]) -> Result<Option<&'m Migration>, Error> {
    for (migration, wanted) in migrations.iter().zip(1..) {
        if migration.number != wanted {
            let text = format!("migration {} ({}) stands where {wanted} is due", migration.number, migration.name);
            return Err(Error::Unfit(text));
        }
    }
    if let Some((number, name, _)) = applied.get(migrations.len()) {
        let text = format!(
            "the database has migration {number} ({name}), but this program knows only {}; use a newer program",
            migrations.len()
        );
        return Err(Error::Unfit(text));
    }
    for (migration, (number, name, checksum)) in migrations.iter().zip(applied) {
        if i64::from(migration.number) != *number || migration.checksum() != *checksum {
            let text = format!(
                "migration {} ({}) is not the one that the database got as {number} ({name}); \
                 an applied migration must never change",
                migration.number, migration.name
            );
            return Err(Error::Unfit(text));
        }
    }
    Ok(migrations.get(applied.len()))
}

/// Migrates on SQLite. Foreign keys are checked at the end of each step instead of within it, so that a step may
/// rebuild a table.
pub(crate) fn sqlite(conn: &mut rusqlite::Connection, migrations: &[Migration]) -> Result<(), Error> {
    let wrap = |error| Error::other("migrate", &error);
    let patience: i64 = conn.pragma_query_value(None, "busy_timeout", |row| row.get(0)).map_err(wrap)?;
    conn.busy_timeout(PATIENCE).map_err(wrap)?;
    conn.pragma_update(None, "foreign_keys", false).map_err(wrap)?;
    let mut end = Ok(true);
    while matches!(end, Ok(true)) {
        end = sqlite_step(conn, migrations);
    }
    conn.pragma_update(None, "foreign_keys", true).map_err(wrap)?;
    conn.busy_timeout(Duration::from_millis(patience.unsigned_abs())).map_err(wrap)?;
    end.map(drop)
}

/// Applies one migration; `false` if none is left.
fn sqlite_step(conn: &mut rusqlite::Connection, migrations: &[Migration]) -> Result<bool, Error> {
    conn.execute_batch("BEGIN EXCLUSIVE").map_err(|error| explain_sqlite(conn, "migrate", &error))?;
    let end = sqlite_in_transaction(conn, migrations).and_then(|applied| {
        conn.execute_batch("COMMIT").map_err(|error| explain_sqlite(conn, "migrate", &error))?;
        Ok(applied)
    });
    if end.is_err() && !conn.is_autocommit() {
        conn.execute_batch("ROLLBACK").map_err(|error| explain_sqlite(conn, "migrate", &error))?;
    }
    end
}

fn sqlite_in_transaction(conn: &rusqlite::Connection, migrations: &[Migration]) -> Result<bool, Error> {
    let wrap = |error| explain_sqlite(conn, "migrate", &error);
    conn.execute_batch(&spell(TABLE, Engine::Sqlite)).map_err(wrap)?;
    let mut list = conn.prepare(LIST).map_err(wrap)?;
    let rows = list.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).map_err(wrap)?;
    let applied: Vec<Applied> = rows.collect::<Result<_, _>>().map_err(wrap)?;
    let Some(migration) = next(migrations, &applied)? else {
        return Ok(false);
    };
    conn.execute_batch(&migration.text(Engine::Sqlite)).map_err(|error| migration.fail(&wrap(error)))?;
    let mut broken = conn.prepare("PRAGMA foreign_key_check").map_err(wrap)?;
    if broken.exists([]).map_err(wrap)? {
        return Err(migration.fail(&Error::Missing));
    }
    conn.execute(INSERT, (migration.number, migration.name, migration.checksum())).map_err(wrap)?;
    Ok(true)
}

/// Migrates on PostgreSQL.
pub(crate) async fn postgres(client: &mut tokio_postgres::Client, migrations: &[Migration]) -> Result<(), Error> {
    while postgres_step(client, migrations).await? {}
    Ok(())
}

/// Applies one migration; `false` if none is left. If it fails, its transaction is rolled back as it is dropped.
async fn postgres_step(client: &mut tokio_postgres::Client, migrations: &[Migration]) -> Result<bool, Error> {
    let wrap = |error| explain_postgres("migrate", &error);
    let transaction = client.transaction().await.map_err(wrap)?;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).await.map_err(wrap)?;
    transaction.batch_execute(&spell(TABLE, Engine::Postgres)).await.map_err(wrap)?;
    let rows = transaction.query(LIST, &[]).await.map_err(wrap)?;
    let read = |row: &tokio_postgres::Row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?));
    let applied: Vec<Applied> = rows.iter().map(read).collect::<Result<_, _>>().map_err(wrap)?;
    let migration = next(migrations, &applied)?;
    if let Some(migration) = migration {
        let text = migration.text(Engine::Postgres);
        transaction.batch_execute(&text).await.map_err(|error| migration.fail(&wrap(error)))?;
        let number = i64::from(migration.number);
        transaction.execute(INSERT, &[&number, &migration.name, &migration.checksum()]).await.map_err(wrap)?;
    }
    transaction.commit().await.map_err(wrap)?;
    Ok(migration.is_some())
}
