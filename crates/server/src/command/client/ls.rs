//! `attache ls`: a folder, a record's files, or one file.

use super::failure::{Exit, Failure, Result};
use super::name::is_missing;
use super::output::{Output, Width};
use super::site;
use crate::cli::Ls;
use attache_client::Client;
use serde_json::json;

pub(super) async fn run(wish: &Ls, out: &mut Output<'_>) -> Result<Exit> {
    let (client, width) = (site(&wish.session)?.client, Width::new(wish.long));
    if wish.place.starts_with('/') {
        folder(&client, &wish.place, width, out).await?;
    } else {
        record(&client, &wish.place, width, out).await?;
    }
    Ok(Exit::Done)
}

async fn folder(client: &Client, path: &str, width: Width, out: &mut Output<'_>) -> Result<()> {
    let folder = match client.folder_at(path).await {
        Ok(folder) => folder,
        Err(error) if is_missing(&error) => return file(client, path, width, out).await,
        Err(error) => return Err(error.into()),
    };
    out.line(&width.heads())?;
    let mut folders = client.folders_in(folder.no);
    while let Some(page) = folders.next().await? {
        for folder in page {
            out.line(&width.folder(&folder))?;
            out.object(&json!({ "folder": folder }))?;
        }
    }
    let mut files = client.files(&[("folder_id", folder.no.to_string()), ("sort", "name".into())]);
    while let Some(page) = files.next().await? {
        for file in page {
            out.line(&width.file(&file, &file.name))?;
            out.object(&json!({ "file": file }))?;
        }
    }
    Ok(())
}

async fn file(client: &Client, path: &str, width: Width, out: &mut Output<'_>) -> Result<()> {
    let file = client.file_at(path).await.map_err(|error| match is_missing(&error) {
        true => Failure::missing(format!("there is no folder and no file {path}")),
        false => error.into(),
    })?;
    out.line(&width.heads())?;
    out.line(&width.file(&file, &file.name))?;
    out.object(&json!({ "file": file }))
}

async fn record(client: &Client, record: &str, width: Width, out: &mut Output<'_>) -> Result<()> {
    if !record.contains('/') {
        let words =
            format!("'{record}' names no folder and no record; write /{record}, or a record such as contact/42");
        return Err(Failure::trouble(words));
    }
    let mut pages = client.files_on(record)?;
    out.line(&width.heads())?;
    while let Some(page) = pages.next().await? {
        for linked in page {
            out.line(&width.file(&linked.file, &linked.file.path))?;
            out.object(&linked)?;
        }
    }
    Ok(())
}
