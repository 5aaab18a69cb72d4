//! `attache migrate`: brings the schema up to date, before the servers of a new release are started.

use crate::cli::Migrate;
use crate::{Error, Result, Settings, wire};
use attache_core::migrations;
use attache_db::{Db, Migration, Schema};
use std::io::{self, Write};
use std::process::ExitCode;

pub(super) async fn run(settings: &Settings, wish: &Migrate, out: &mut impl Write) -> Result<ExitCode> {
    let db = wire::open_database(&settings.database).await?;
    let outcome = migrate(&db, settings, wish.check, out).await;
    db.close().await;
    outcome
}

async fn migrate(db: &Db, settings: &Settings, check: bool, out: &mut impl Write) -> Result<ExitCode> {
    let all = migrations();
    let fail = |source| Error::Database { database: settings.database.to_string(), source };
    let schema = db.schema(&all).await.map_err(fail)?;
    if !check {
        db.migrate(&all).await.map_err(fail)?;
    }
    say(&schema, &all, check, out).map_err(Error::io("write what was done"))?;
    let lacks = matches!(schema, Schema::Behind(_));
    Ok(if check && lacks { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn say(schema: &Schema, all: &[Migration], check: bool, out: &mut impl Write) -> io::Result<()> {
    match schema {
        Schema::Current => writeln!(out, "the schema is up to date, with {} migrations", all.len()),
        Schema::Ahead(by) => {
            writeln!(out, "the schema has {by} migrations more than this release knows, and lets it work")
        }
        Schema::Behind(lacking) => {
            let done = if check { "lacking" } else { "applied" };
            lacking.iter().try_for_each(|migration| writeln!(out, "{done}: {} ({})", migration.number, migration.name))
        }
    }
}
