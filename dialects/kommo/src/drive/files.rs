//! Files: the list, one of them, and its change.

use super::types::{self, Files, Listed};
use super::{Drive, body, filter, name, path};
use crate::account::asked::Part;
use crate::account::pages;
use crate::{App, Reply};
use attache_core::{Edit, FileChange, Rename};
use attache_http::{Editing, Params, Viewing, json_answer};
use attache_model::file::File;
use attache_model::{Error, Result, VersionId, What};
use axum::body::Body;
use axum::extract::State;
use axum::response::IntoResponse;
use http::{HeaderMap, StatusCode, Uri};

/// `GET /v1.0/files`.
pub(crate) async fn list(app: State<App>, who: Viewing<Drive>, uri: Uri, query: Params<Drive>) -> Reply<Drive> {
    let view = who.view()?;
    let part = Part::of(&query)?;
    let page = view.files(&filter::read(&query, part, view.now())?).await?;
    if page.items.is_empty() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let face = app.drive(view.caller());
    let files: Vec<types::File> = page.items.iter().map(|file| face.file(file)).collect();
    let links = Some(pages::links(&app.public, &uri, &query, part, page.next.is_some()));
    Ok(json_answer(StatusCode::OK, &Listed { count: files.len(), embedded: Files { files }, links }))
}

/// `GET /v1.0/files/{uuid}`, in the trash too.
pub(crate) async fn get(app: State<App>, who: Viewing<Drive>, uri: Uri) -> Reply<Drive> {
    let view = who.view()?;
    let file = view.trashed_file(path::file(&uri, 2)?).await?;
    let face = app.drive(view.caller());
    Ok(json_answer(StatusCode::OK, &face.one(&file)))
}

/// `PATCH /v1.0/files/{uuid}`: another name, or another version as the active one.
pub(crate) async fn change(
    app: State<App>,
    who: Editing<Drive>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Reply<Drive> {
    let edit = who.edit()?;
    let file = edit.trashed_file(path::file(&uri, 2)?).await?;
    let wish: types::FileChange = body::read(&headers, body, app.core.limits()).await?;
    let changed = match change_of(&file, wish)? {
        Some(change) => changed(&edit, &file, change).await?,
        None => file,
    };
    let face = app.drive(edit.caller());
    Ok(json_answer(StatusCode::OK, &face.one(&changed)))
}

/// What a change asks for; `None` when it asks for nothing. Who sends a file back with another name sends the active
/// version with it, which is no wish.
fn change_of(file: &File, wish: types::FileChange) -> Result<Option<FileChange>> {
    if file.trashed_at.is_some() {
        let why = "it is in the trash; restore it first".to_owned();
        return Err(Error::State { what: What::File, why });
    }
    let version = match &wish.version_uuid {
        Some(text) => Some(version_of(file, text)?).filter(|no| *no != file.version.no),
        None => None,
    };
    let name = wish.name.filter(|name| name != file.name.stem());
    match (name, version) {
        (Some(_), Some(_)) => Err(Error::invalid("version_uuid", "give a name or another version, not both")),
        (None, None) => Ok(None),
        (name, version) => {
            let name = name.map(|name| Rename::Stem(name::stem(&name)));
            Ok(Some(FileChange { name, version, numbered: true, ..FileChange::default() }))
        }
    }
}

fn version_of(file: &File, text: &str) -> Result<i64> {
    let no = text.parse().ok().and_then(|id: VersionId| id.no_in(file.id));
    no.ok_or_else(not_a_version)
}

fn not_a_version() -> Error {
    Error::invalid("version_uuid", "the file has no such version")
}

async fn changed(edit: &Edit<'_>, file: &File, change: FileChange) -> Result<File> {
    match edit.change_file(file.no, change).await {
        Err(Error::NotFound(What::Version)) => Err(not_a_version()),
        changed => changed,
    }
}
