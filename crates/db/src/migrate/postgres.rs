//! Migrating a PostgreSQL database, beside servers that work on it.

use std::time::Duration;

use tokio::time::{Instant, sleep};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, GenericClient, Row, Transaction};

use super::spell;
use super::{Applied, FLOORS, Floor, Found, INSERT, INSERT_FLOOR, LIST, Migration, PATIENCE, PROGRAM, Schema, TABLES};
use crate::postgres::explain;
use crate::{Engine, Error};

/// Name of the advisory lock that one process at a time holds while it migrates: `attache` in ASCII.
const LOCK: i64 = 0x61_7474_6163_6865;
/// How long a step waits for a table that others use. Whoever asks for the table after us waits behind us, so it is
/// short; a long transaction, such as a backup's, must not keep everybody waiting for its end.
const GRASP: &str = "SET LOCAL lock_timeout = '1s'";
/// For how long the table is left to the others before the next try.
const PAUSE: Duration = Duration::from_secs(2);

/// How a step ended.
enum End {
    /// A migration was applied.
    Applied,
    /// None is left.
    Done,
    /// Others held a table that it needs; nothing was changed.
    Held(Migration),
}

/// How the database's schema stands to `migrations`; changes nothing, and needs no right to.
pub(crate) async fn look(client: &Client, migrations: &[Migration]) -> Result<Schema, Error> {
    find(client).await?.judge(migrations)
}

/// Applies what is lacking.
pub(crate) async fn migrate(client: &mut Client, migrations: &[Migration]) -> Result<(), Error> {
    let found = find(client).await?;
    let behind = matches!(found.judge(migrations)?, Schema::Behind(_));
    if !behind && found.without_floor(migrations).next().is_none() {
        return Ok(());
    }
    let begun = Instant::now();
    loop {
        match step(client, migrations).await? {
            End::Applied => {}
            End::Done => return Ok(()),
            End::Held(_) if begun.elapsed() < PATIENCE => sleep(PAUSE).await,
            End::Held(migration) => {
                return Err(Error::Unavailable(format!(
                    "migration {} ({}) needs a table that a long transaction holds, such as a backup's; \
                     try again when that has ended",
                    migration.number, migration.name
                )));
            }
        }
    }
}

/// What the database says. The floors are read after the migrations: they are never behind them.
async fn find(client: &impl GenericClient) -> Result<Found, Error> {
    let wrap = |error| explain("look at the schema", &error);
    let applied = |row: &Row| Ok::<Applied, _>((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?));
    let floor = |row: &Row| Ok::<Floor, _>((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?));
    let list = rows(client, "migration", LIST).await?;
    let applied = list.iter().map(applied).collect::<Result<_, _>>().map_err(wrap)?;
    let list = rows(client, "schema_floor", FLOORS).await?;
    let floors = list.iter().map(floor).collect::<Result<_, _>>().map_err(wrap)?;
    Ok(Found { applied, floors })
}

/// The rows of a table; none where there is no such table.
async fn rows(client: &impl GenericClient, table: &str, list: &str) -> Result<Vec<Row>, Error> {
    let wrap = |error| explain("look at the schema", &error);
    let row = client.query_one("SELECT to_regclass($1) IS NOT NULL", &[&table]).await.map_err(wrap)?;
    let there: bool = row.try_get(0).map_err(wrap)?;
    if there { client.query(list, &[]).await.map_err(wrap) } else { Ok(Vec::new()) }
}

/// Applies one migration. If it fails, its transaction is rolled back as it is dropped.
async fn step(client: &mut Client, migrations: &[Migration]) -> Result<End, Error> {
    let wrap = |error| explain("migrate", &error);
    let transaction = client.transaction().await.map_err(wrap)?;
    transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&LOCK]).await.map_err(wrap)?;
    for table in TABLES {
        transaction.batch_execute(&spell(table, Engine::Postgres)).await.map_err(wrap)?;
    }
    let found = find(&transaction).await?;
    let schema = found.judge(migrations)?;
    for migration in found.without_floor(migrations) {
        keep_floor(&transaction, migration).await?;
    }
    let end = match schema {
        Schema::Behind(lacking) => {
            if apply(&transaction, &lacking[0]).await? == Taken::Held {
                return Ok(End::Held(lacking[0]));
            }
            End::Applied
        }
        Schema::Current | Schema::Ahead(_) => End::Done,
    };
    transaction.commit().await.map_err(wrap)?;
    Ok(end)
}

/// Whether a step got the tables that it needs.
#[derive(PartialEq, Eq)]
enum Taken {
    Got,
    Held,
}

async fn apply(transaction: &Transaction<'_>, migration: &Migration) -> Result<Taken, Error> {
    let wrap = |error| explain("migrate", &error);
    transaction.batch_execute(GRASP).await.map_err(wrap)?;
    match transaction.batch_execute(&migration.text(Engine::Postgres)).await {
        Ok(()) => {}
        Err(error) if error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE) => return Ok(Taken::Held),
        Err(error) => return Err(migration.fail(&wrap(error))),
    }
    let number = i64::from(migration.number);
    transaction.execute(INSERT, &[&number, &migration.name, &migration.checksum()]).await.map_err(wrap)?;
    keep_floor(transaction, migration).await?;
    Ok(Taken::Got)
}

async fn keep_floor(transaction: &Transaction<'_>, migration: &Migration) -> Result<(), Error> {
    let (number, floor) = (i64::from(migration.number), i64::from(migration.floor));
    let kept = transaction.execute(INSERT_FLOOR, &[&number, &floor, &PROGRAM]).await;
    kept.map(drop).map_err(|error| explain("migrate", &error))
}
