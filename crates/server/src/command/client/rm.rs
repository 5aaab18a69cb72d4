//! `attache rm` and `attache restore`: into the trash, out of it again, and gone for good.

use super::failure::{Exit, Failure, Result};
use super::name::{Name, is_missing};
use super::output::Output;
use super::tally::Tally;
use super::{secret, site};
use crate::cli::{Names, Rm};
use attache_client::{Client, File};
use serde_json::json;
use std::io::IsTerminal;

pub(super) async fn run(wish: &Rm, out: &mut Output<'_>) -> Result<Exit> {
    let client = site(&wish.session)?.client;
    if wish.erase && !wish.yes {
        agreed(wish.names.len())?;
    }
    let outcome = if wish.erase { "erased" } else { "trashed" };
    let mut tally = Tally::default();
    for named in &wish.names {
        match remove(&client, named, wish).await {
            Ok(()) => out.object(&json!({ "name": named, "outcome": outcome }))?,
            Err(failure) => tally.failed(named, failure, None, out)?,
        }
    }
    Ok(tally.exit())
}

/// Asks before anything goes for good.
fn agreed(count: usize) -> Result<()> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::trouble("nobody is here to be asked; --yes says that they may be erased for good"));
    }
    let what = if count == 1 { "this file".to_owned() } else { format!("these {count} files") };
    match secret::ask_openly(&format!("Erase {what} for good, with all versions? [y/N] "))?.as_str() {
        "y" | "Y" | "yes" => Ok(()),
        _ => Err(Failure::trouble("nothing was erased")),
    }
}

async fn remove(client: &Client, named: &str, wish: &Rm) -> Result<()> {
    let name = Name::parse(named)?;
    match (name.key(client, wish.erase).await, &name) {
        (Ok(key), _) => client.remove(&key, wish.erase).await.map_err(|error| name.missing(error)),
        (Err(failure), Name::Path(path)) if failure.exit == Exit::Missing => folder(client, path, wish, failure).await,
        (Err(failure), _) => Err(failure),
    }
}

/// What is no file may be a folder.
async fn folder(client: &Client, path: &str, wish: &Rm, no_file: Failure) -> Result<()> {
    match client.folder_at(path).await {
        Ok(folder) if wish.recursive => Ok(client.remove_folder(&folder.id).await?),
        Ok(_) if wish.erase => {
            Err(Failure::trouble(format!("{path} is a folder; move it to the trash first, with rm --recursive")))
        }
        Ok(_) => Err(Failure::trouble(format!("{path} is a folder; --recursive moves it and all in it to the trash"))),
        Err(error) if is_missing(&error) => Err(no_file),
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn restore(wish: &Names, out: &mut Output<'_>) -> Result<Exit> {
    let client = site(&wish.session)?.client;
    let mut tally = Tally::default();
    for named in &wish.names {
        match bring_back(&client, named).await {
            Ok(file) => {
                out.line(&file.path)?;
                out.object(&json!({ "name": named, "outcome": "restored", "file": file }))?;
            }
            Err(failure) => tally.failed(named, failure, None, out)?,
        }
    }
    Ok(tally.exit())
}

async fn bring_back(client: &Client, named: &str) -> Result<File> {
    let name = Name::parse(named)?;
    let key = match &name {
        Name::Key(key) => (*key).to_owned(),
        Name::Path(path) => name.in_trash(client, path).await?.id,
    };
    client.restore(&key).await.map_err(|error| match is_missing(&error) {
        true => Failure::missing(format!("there is no file {named} in the trash")),
        false => error.into(),
    })
}
