//! Migrating a SQLite file.

use rusqlite::{Connection, Row};

use super::spell;
use super::{FLOORS, Found, INSERT, INSERT_FLOOR, LIST, Migration, PATIENCE, PROGRAM, Schema, TABLES};
use crate::sqlite::explain;
use crate::{Engine, Error};

/// How the file's schema stands to `migrations`; changes nothing.
pub(crate) fn look(conn: &Connection, migrations: &[Migration]) -> Result<Schema, Error> {
    find(conn)?.judge(migrations)
}

/// Applies what is lacking. Foreign keys are checked at the end of each step instead of within it, so that a step may
/// rebuild a table.
pub(crate) fn migrate(conn: &mut Connection, migrations: &[Migration]) -> Result<(), Error> {
    let found = find(conn)?;
    let behind = matches!(found.judge(migrations)?, Schema::Behind(_));
    if !behind && found.without_floor(migrations).next().is_none() {
        return Ok(());
    }
    let wrap = |error| Error::other("migrate", &error);
    let patience: i64 = conn.pragma_query_value(None, "busy_timeout", |row| row.get(0)).map_err(wrap)?;
    conn.busy_timeout(PATIENCE).map_err(wrap)?;
    conn.pragma_update(None, "foreign_keys", false).map_err(wrap)?;
    let mut end = Ok(true);
    while matches!(end, Ok(true)) {
        end = step(conn, migrations);
    }
    conn.pragma_update(None, "foreign_keys", true).map_err(wrap)?;
    conn.busy_timeout(std::time::Duration::from_millis(patience.unsigned_abs())).map_err(wrap)?;
    end.map(drop)
}

/// What the file says. The floors are read after the migrations: they are never behind them.
fn find(conn: &Connection) -> Result<Found, Error> {
    let applied = rows(conn, "migration", LIST, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let floors = rows(conn, "schema_floor", FLOORS, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(Found { applied, floors })
}

/// The rows of a table; none where there is no such table.
fn rows<T>(
    conn: &Connection,
    table: &str,
    list: &str,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, Error> {
    let wrap = |error| explain(conn, "look at the schema", &error);
    // A question to the file: what the connection remembers of the schema may be older than another process's step.
    let mut there = conn.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1").map_err(wrap)?;
    if !there.exists([table]).map_err(wrap)? {
        return Ok(Vec::new());
    }
    let mut list = conn.prepare(list).map_err(wrap)?;
    let rows = list.query_map([], read).map_err(wrap)?;
    rows.collect::<Result<_, _>>().map_err(wrap)
}

/// Applies one migration; `false` if none is left.
fn step(conn: &mut Connection, migrations: &[Migration]) -> Result<bool, Error> {
    conn.execute_batch("BEGIN EXCLUSIVE").map_err(|error| explain(conn, "migrate", &error))?;
    let end = in_transaction(conn, migrations).and_then(|applied| {
        conn.execute_batch("COMMIT").map_err(|error| explain(conn, "migrate", &error))?;
        Ok(applied)
    });
    if end.is_err() && !conn.is_autocommit() {
        conn.execute_batch("ROLLBACK").map_err(|error| explain(conn, "migrate", &error))?;
    }
    end
}

fn in_transaction(conn: &Connection, migrations: &[Migration]) -> Result<bool, Error> {
    let wrap = |error| explain(conn, "migrate", &error);
    for table in TABLES {
        conn.execute_batch(&spell(table, Engine::Sqlite)).map_err(wrap)?;
    }
    let found = find(conn)?;
    let schema = found.judge(migrations)?;
    for migration in found.without_floor(migrations) {
        keep_floor(conn, migration)?;
    }
    let Schema::Behind(lacking) = schema else { return Ok(false) };
    let migration = &lacking[0];
    conn.execute_batch(&migration.text(Engine::Sqlite)).map_err(|error| migration.fail(&wrap(error)))?;
    let mut broken = conn.prepare("PRAGMA foreign_key_check").map_err(wrap)?;
    if broken.exists([]).map_err(wrap)? {
        return Err(migration.fail(&Error::Missing));
    }
    conn.execute(INSERT, (migration.number, migration.name, migration.checksum())).map_err(wrap)?;
    keep_floor(conn, migration)?;
    Ok(true)
}

fn keep_floor(conn: &Connection, migration: &Migration) -> Result<(), Error> {
    let kept = conn.execute(INSERT_FLOOR, (migration.number, migration.floor, PROGRAM));
    kept.map(drop).map_err(|error| explain(conn, "migrate", &error))
}
