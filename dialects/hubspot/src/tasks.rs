//! Asking after imports and folder changes.

use crate::{App, HubSpot, Reply, convert, route};
use attache_core::View;
use attache_http::dialect::json_answer;
use attache_http::{Editing, Viewing};
use attache_model::task::{Task, TaskResult};
use attache_model::{Error, FolderRef, Result, What};
use axum::extract::State;
use http::{StatusCode, Uri};

/// Where imports are asked after, below `/files/v3`.
pub(crate) const IMPORTS: [&str; 4] = ["files", "import-from-url", "async", "tasks"];
/// Where folder changes are asked after, below `/files/v3`.
pub(crate) const FOLDER_CHANGES: [&str; 4] = ["folders", "update", "async", "tasks"];

/// `GET /files/import-from-url/async/tasks/{taskId}/status`.
pub(crate) async fn import(app: State<App>, who: Viewing<HubSpot>, uri: Uri) -> Reply {
    let view = who.view()?;
    let task = task(&view, &uri, &IMPORTS, "import_url").await?;
    let file = match task.result {
        Some(TaskResult::File(no)) => still(view.file(no).await)?,
        Some(TaskResult::Folder(_)) | None => None,
    };
    let face = app.face(view.caller());
    Ok(json_answer(StatusCode::OK, &convert::action(&task, file.map(|file| face.file(&file)))))
}

/// `GET /folders/update/async/tasks/{taskId}/status`. It needs a scope to write, as in HubSpot.
pub(crate) async fn folder_change(app: State<App>, who: Editing<HubSpot>, uri: Uri) -> Reply {
    let edit = who.edit()?;
    let task = task(&edit, &uri, &FOLDER_CHANGES, "change_folder").await?;
    let folder = match task.result {
        Some(TaskResult::Folder(no)) => still(edit.folder(&FolderRef::No(no)).await)?,
        Some(TaskResult::File(_)) | None => None,
    };
    let face = app.face(edit.caller());
    Ok(json_answer(StatusCode::OK, &convert::action(&task, folder.map(|folder| face.folder(&folder)))))
}

/// The task of this kind that the address names.
async fn task(view: &View<'_>, uri: &Uri, place: &[&str], kind: &str) -> Result<Task> {
    let before = format!("/{}/", place.join("/"));
    let task = view.task(route::task(uri, &before)?).await?;
    if task.kind == kind { Ok(task) } else { Err(Error::NotFound(What::Task)) }
}

/// What a task came to, if it is still there.
fn still<T>(found: Result<T>) -> Result<Option<T>> {
    match found {
        Err(Error::NotFound(_)) => Ok(None),
        found => found.map(Some),
    }
}
