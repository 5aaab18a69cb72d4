//! Whole tables on their way into a store, in one transaction.

use std::pin::Pin;

use deadpool_postgres::ClientWrapper;
use rusqlite::Connection;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::Type;

use super::lane::Lane;
use super::shape::{Kind, Shape};
use super::{Owned, Row};
use crate::postgres::explain;
use crate::{Error, Text, Val, Value, sqlite};

/// What begins a load on PostgreSQL. Between two tables it waits for whoever reads the rows elsewhere.
const BEGIN: &str = "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; BEGIN";

/// One transaction that fills tables. Dropped before [`Load::commit`], it leaves nothing.
///
/// Rows of one table may refer to each other in any order; a table must come after those that it refers to.
#[derive(Debug)]
pub struct Load(Inner);

enum Inner {
    Sqlite { lane: Lane, insert: String },
    Postgres { client: ClientWrapper, copy: Option<Pin<Box<BinaryCopyInWriter>>> },
}

impl Load {
    /// Begins on `conn`, which is for nothing else.
    pub(crate) async fn on_sqlite(conn: Connection) -> Result<Self, Error> {
        let mut lane = Lane::new(conn);
        lane.run(|conn| {
            sqlite::run(conn, &Text::Built("BEGIN IMMEDIATE"), &[])?;
            // References are looked at by the commit.
            sqlite::run(conn, &Text::Built("PRAGMA defer_foreign_keys = ON"), &[]).map(drop)
        })
        .await?;
        Ok(Self(Inner::Sqlite { lane, insert: String::new() }))
    }

    /// Begins on `client`, which is for nothing else.
    pub(crate) async fn on_postgres(client: ClientWrapper) -> Result<Self, Error> {
        client.batch_execute(BEGIN).await.map_err(|error| explain("begin a load", &error))?;
        Ok(Self(Inner::Postgres { client, copy: None }))
    }

    /// Begins with the rows of a table; the one before it ends.
    ///
    /// # Errors
    /// Of the table before: `Unique`, or `Missing` where its rows refer to some that are not there.
    pub async fn table(&mut self, shape: &Shape) -> Result<(), Error> {
        self.end_table().await?;
        match &mut self.0 {
            Inner::Sqlite { insert, .. } => *insert = shape.insert(),
            Inner::Postgres { client, copy } => {
                let sink = client.copy_in(&shape.copy_in()).await;
                let sink = sink.map_err(|error| explain("load a table", &error))?;
                let types: Vec<Type> = shape.columns.iter().map(|column| column.kind.into()).collect();
                *copy = Some(Box::pin(BinaryCopyInWriter::new(sink, &types)));
            }
        }
        Ok(())
    }

    /// Adds rows to the table that was begun; each has a value for every column, in order.
    ///
    /// # Errors
    /// As [`Load::table`], for rows of this table.
    pub async fn add(&mut self, rows: Vec<Row>) -> Result<(), Error> {
        match &mut self.0 {
            Inner::Sqlite { lane, insert } => {
                let text = insert.clone();
                lane.run(move |conn| rows.iter().try_for_each(|row| insert_row(conn, &text, row))).await
            }
            Inner::Postgres { copy, .. } => {
                let copy = copy.as_mut().ok_or_else(|| Error::other("load a table", "none was begun"))?;
                for row in &rows {
                    let vals = row.iter().map(Val::from).collect::<Vec<_>>();
                    copy.as_mut().write_raw(vals).await.map_err(|error| explain("load a row", &error))?;
                }
                Ok(())
            }
        }
    }

    /// Runs a statement in the transaction, after the tables so far.
    ///
    /// # Errors
    /// As [`Load::table`], and what the engine says.
    pub async fn run(&mut self, text: impl Into<Text<'_>>, vals: &[Val<'_>]) -> Result<u64, Error> {
        self.end_table().await?;
        let text = text.into();
        match &mut self.0 {
            Inner::Sqlite { lane, .. } => {
                let (text, vals) = (Owned::of(&text), vals.iter().map(Value::from).collect::<Vec<_>>());
                lane.run(move |conn| {
                    let vals: Vec<Val<'_>> = vals.iter().map(Val::from).collect();
                    sqlite::run(conn, &text.lent(), &vals)
                })
                .await
            }
            Inner::Postgres { client, .. } => {
                let wrap = |error| explain(&text.label(), &error);
                let statement = client.prepare(text.postgres()).await.map_err(wrap)?;
                client.execute_raw(&statement, vals).await.map_err(wrap)
            }
        }
    }

    /// Ends the load. `Ok` means that all of it is durable, and that the engine knows how much it holds now.
    ///
    /// # Errors
    /// As [`Load::table`]; nothing holds then.
    pub async fn commit(mut self) -> Result<(), Error> {
        self.end_table().await?;
        match &mut self.0 {
            // SQLite's figures stand in the schema.
            Inner::Sqlite { lane, .. } => {
                lane.run(|conn| sqlite::run(conn, &Text::Built("COMMIT"), &[]).map(drop)).await
            }
            Inner::Postgres { client, .. } => {
                client.batch_execute("COMMIT").await.map_err(|error| explain("commit a load", &error))?;
                client.batch_execute("ANALYZE").await.map_err(|error| explain("analyze", &error))
            }
        }
    }

    async fn end_table(&mut self) -> Result<(), Error> {
        if let Inner::Postgres { copy, .. } = &mut self.0
            && let Some(mut copy) = copy.take()
        {
            copy.as_mut().finish().await.map_err(|error| explain("load a table", &error))?;
        }
        Ok(())
    }
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Sqlite { .. } => "Sqlite",
            Self::Postgres { .. } => "Postgres",
        })
    }
}

fn insert_row(conn: &Connection, text: &str, row: &Row) -> Result<(), Error> {
    let vals: Vec<Val<'_>> = row.iter().map(Val::from).collect();
    sqlite::run(conn, &Text::Built(text), &vals).map(drop)
}

impl From<Kind> for Type {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Int => Self::INT8,
            Kind::Real => Self::FLOAT8,
            Kind::Text => Self::TEXT,
            Kind::Bytes => Self::BYTEA,
        }
    }
}
