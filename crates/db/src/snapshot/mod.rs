//! A whole store read as of one moment, and whole tables written in one transaction: what copies and backups are made of.
//!
//! Units of work are short and know their statements. Here the tables say themselves what columns they have, and a
//! transaction may last for as long as a copy does; so both have a connection of their own, beside those of the units.

mod lane;
mod load;
mod shape;

pub use load::Load;
pub use shape::{Column, Kind, Shape};

use deadpool_postgres::ClientWrapper;
use futures_util::TryStreamExt;
use rusqlite::Connection;
use tokio_postgres::Row as PgRow;

use crate::postgres::explain;
use crate::{Error, Rec, Text, Val, Value, sqlite};
use lane::Lane;

/// The values of one row, in the order of its columns.
pub type Row = Vec<Value>;

/// What begins a snapshot on PostgreSQL. It is idle while its reader is at work elsewhere, for as long as that takes.
const BEGIN: &str = "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; \
                     BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// All rows of a store as they were at one moment. It ends when it is dropped.
///
/// While one is open, PostgreSQL keeps every row version since, and SQLite's log grows with what is written meanwhile:
/// it should not be held for longer than needed.
#[derive(Debug)]
pub struct Snapshot(Inner);

enum Inner {
    Sqlite(Lane),
    Postgres(ClientWrapper),
}

impl Snapshot {
    /// Takes the snapshot on `conn`, which is for nothing else.
    pub(crate) async fn on_sqlite(conn: Connection) -> Result<Self, Error> {
        let mut lane = Lane::new(conn);
        // The moment is that of the first read, not of BEGIN.
        lane.run(|conn| {
            sqlite::run(conn, &Text::Built("BEGIN"), &[])?;
            sqlite::each(conn, &Text::Built("SELECT count(*) FROM sqlite_schema"), &[], &mut |_| Ok(true))
        })
        .await?;
        Ok(Self(Inner::Sqlite(lane)))
    }

    /// Takes the snapshot on `client`, which is for nothing else.
    pub(crate) async fn on_postgres(client: ClientWrapper) -> Result<Self, Error> {
        let begun = async {
            client.batch_execute(BEGIN).await?;
            client.query_one("SELECT 1", &[]).await
        };
        begun.await.map_err(|error| explain("take a snapshot", &error))?;
        Ok(Self(Inner::Postgres(client)))
    }

    /// All rows of a statement, which must bound their number itself.
    ///
    /// # Errors
    /// What the engine says, and `Unavailable` once an earlier call was dropped before it ended.
    pub async fn ask(&mut self, text: impl Into<Text<'_>>, vals: &[Val<'_>]) -> Result<Vec<Row>, Error> {
        let text = text.into();
        match &mut self.0 {
            Inner::Sqlite(lane) => {
                let (text, vals) = (Owned::of(&text), vals.iter().map(Value::from).collect::<Vec<_>>());
                lane.run(move |conn| {
                    let vals: Vec<Val<'_>> = vals.iter().map(Val::from).collect();
                    let mut rows = Vec::new();
                    let mut take = |rec: &Rec<'_>| rec.values().map(|row| rows.push(row)).map(|()| true);
                    sqlite::each(conn, &text.lent(), &vals, &mut take)?;
                    Ok(rows)
                })
                .await
            }
            Inner::Postgres(client) => {
                let wrap = |error| explain(&text.label(), &error);
                let statement = client.prepare_cached(text.postgres()).await.map_err(wrap)?;
                let rows = client.query_raw(&statement, vals).await.map_err(wrap)?;
                let rows: Vec<PgRow> = rows.try_collect().await.map_err(wrap)?;
                rows.iter().map(|row| Rec::postgres(row).values()).collect()
            }
        }
    }

    /// The columns and the key of a table; `None` where there is no such table.
    ///
    /// # Errors
    /// As [`Snapshot::ask`]; `Unfit` for a column of a type that no migration makes.
    pub async fn shape(&mut self, table: &str) -> Result<Option<Shape>, Error> {
        let columns = match &self.0 {
            Inner::Sqlite(_) => self.ask(shape::SQLITE, &[table.into()]).await?,
            Inner::Postgres(_) => self.ask(shape::POSTGRES, &[table.into()]).await?,
        };
        if columns.is_empty() { Ok(None) } else { Shape::read(table, &columns).map(Some) }
    }

    /// The names of all tables, in order.
    ///
    /// # Errors
    /// As [`Snapshot::ask`].
    pub async fn tables(&mut self) -> Result<Vec<String>, Error> {
        let names = match &self.0 {
            Inner::Sqlite(_) => self.ask(shape::SQLITE_TABLES, &[]).await?,
            Inner::Postgres(_) => self.ask(shape::POSTGRES_TABLES, &[]).await?,
        };
        Ok(names.iter().filter_map(|row| row.first()?.text().map(str::to_owned)).collect())
    }

    /// The next rows of a table in the order of its key, at most `most`: those behind the row `after`, or the first.
    ///
    /// # Errors
    /// As [`Snapshot::ask`].
    pub async fn rows(&mut self, shape: &Shape, after: Option<&Row>, most: u32) -> Result<Vec<Row>, Error> {
        let mut vals: Vec<Val<'_>> = after.map(|row| shape.key_of(row)).unwrap_or_default();
        let text = shape.select(after.is_some());
        vals.push(most.into());
        self.ask(&text, &vals).await
    }
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Sqlite(_) => "Sqlite",
            Self::Postgres(_) => "Postgres",
        })
    }
}

/// A statement's text that can go to another thread.
enum Owned {
    Fixed(&'static crate::Sql),
    Built(String),
}

impl Owned {
    fn of(text: &Text<'_>) -> Self {
        match text {
            Text::Fixed(sql) => Self::Fixed(sql),
            Text::Built(text) => Self::Built((*text).to_owned()),
        }
    }

    fn lent(&self) -> Text<'_> {
        match self {
            Self::Fixed(sql) => Text::Fixed(sql),
            Self::Built(text) => Text::Built(text),
        }
    }
}
