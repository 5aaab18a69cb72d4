//! The trash: files go there one by one or in batches, and come back.

use super::types::{Files, Listed};
use super::{Drive, body, path};
use crate::{App, Reply};
use attache_core::{Caller, Condition, Core};
use attache_http::{Admitted, Removing, json_answer};
use attache_model::file::File;
use attache_model::{FileRef, Result, Scope};
use axum::body::Body;
use axum::extract::State;
use axum::response::IntoResponse;
use http::{HeaderMap, StatusCode, Uri};

/// `DELETE /v1.0/files` with the files in its body. Those that are not there, or in the trash already, are passed over.
pub(crate) async fn delete_batch(
    app: State<App>,
    who: Removing<Drive>,
    headers: HeaderMap,
    body: Body,
) -> Reply<Drive> {
    let remove = who.remove()?;
    let files = body::files(&headers, body, app.core.limits()).await?;
    remove.trash_files(&files).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `DELETE /v1.0/files/{uuid}`.
pub(crate) async fn delete(who: Removing<Drive>, uri: Uri) -> Reply<Drive> {
    who.remove()?.trash_file(path::file(&uri, 2)?, Condition::Always).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `POST /v1.0/files/restore`. Kommo's pages do not agree on whether it is a deletion's undoing or a change: a token for
/// either may.
pub(crate) async fn restore(app: State<App>, who: Admitted<Drive>, headers: HeaderMap, body: Body) -> Reply<Drive> {
    if !who.caller.has(Scope::FilesDelete) {
        who.caller.require(Scope::FilesWrite)?;
    }
    let files = body::files(&headers, body, app.core.limits()).await?;
    let restored = restored(&who.core, &who.caller, &files).await?;
    let face = app.drive(&who.caller);
    let files: Vec<_> = restored.iter().map(|file| face.file(file)).collect();
    Ok(json_answer(StatusCode::OK, &Listed { count: files.len(), embedded: Files { files }, links: None }))
}

async fn restored(core: &Core, caller: &Caller, files: &[FileRef]) -> Result<Vec<File>> {
    match core.remove(caller) {
        Ok(remove) => remove.restore_files(files).await,
        Err(_) => core.edit(caller)?.restore_files(files).await,
    }
}
