//! Folders: making, finding, changing and deleting them.

use crate::members::Members;
use crate::properties::Properties;
use crate::types;
use crate::{App, HubSpot, Reply, error, route, tasks};
use attache_core::{FolderChange, NewFolder};
use attache_http::dialect::json_answer;
use attache_http::{Editing, Params, Removing, RequestInfo, Viewing};
use attache_model::folder::Folder;
use attache_model::{Error, FolderNo, FolderRef, Result, What};
use axum::body::Body;
use axum::extract::State;
use axum::response::IntoResponse;
use http::{HeaderMap, StatusCode, Uri};

const PARENT_ID: &str = "parentFolderId";
/// The wire's name for a parent's path, and the one of HubSpot's own pages.
const PARENT_PATHS: &[&str] = &["parentPath", "parentFolderPath"];

/// `POST /folders`.
pub(crate) async fn create(app: State<App>, who: Editing<HubSpot>, headers: HeaderMap, body: Body) -> Reply {
    let edit = who.edit()?;
    let members = Members::read(&headers, body, app.core.limits()).await?;
    let folder = edit.make_folder(new_folder_of(&members)?).await?;
    Ok(json_answer(StatusCode::CREATED, &app.face(edit.caller()).folder(&folder)))
}

fn new_folder_of(members: &Members) -> Result<NewFolder> {
    Ok(NewFolder {
        parent: members.folder(PARENT_ID, PARENT_PATHS)?.unwrap_or(FolderRef::ROOT),
        make_parents: true,
        name: members.text("name")?.ok_or_else(|| members.missing("name", "the folder's name"))?.to_owned(),
        or_existing: false,
    })
}

/// `GET /folders/{folderId}` and `GET /folders/{folderPath}`.
pub(crate) async fn get(app: State<App>, who: Viewing<HubSpot>, uri: Uri, query: Params<HubSpot>) -> Reply {
    let view = &who.view()?;
    let names = route::folder(route::rest(&uri, "/folders/"))?;
    let folder = not_root(names.find(move |name| async move { view.folder(&name).await }).await?)?;
    let shown = app.face(view.caller()).folder(&folder);
    let shown = Properties::of(&query).pick(shown, types::Folder::REQUIRED)?;
    Ok(json_answer(StatusCode::OK, &shown))
}

/// `PATCH /folders/{folderId}`: a new name, a new parent, or both, at once.
pub(crate) async fn change(app: State<App>, who: Editing<HubSpot>, uri: Uri, headers: HeaderMap, body: Body) -> Reply {
    let edit = who.edit()?;
    let folder = match route::folder(route::rest(&uri, "/folders/"))?.first {
        FolderRef::Path(_) => return Ok(error::method_not_allowed(&RequestInfo::current())),
        by_id => by_id,
    };
    let members = Members::read(&headers, body, app.core.limits()).await?;
    let folder = edit.change_folder(&folder, change_of(&members)?).await?;
    Ok(json_answer(StatusCode::OK, &app.face(edit.caller()).folder(&folder)))
}

/// `POST /folders/update/async`: the same change, told by a task.
pub(crate) async fn change_later(app: State<App>, who: Editing<HubSpot>, headers: HeaderMap, body: Body) -> Reply {
    let edit = who.edit()?;
    let members = Members::read(&headers, body, app.core.limits()).await?;
    let no = members.id("id")?.ok_or_else(|| members.missing("id", "the folder's id"))?;
    let task = edit.change_folder_later(&FolderRef::No(FolderNo(no)), change_of(&members)?).await?;
    Ok(json_answer(StatusCode::ACCEPTED, &app.face(edit.caller()).locator(&tasks::FOLDER_CHANGES, task)))
}

fn change_of(members: &Members) -> Result<FolderChange> {
    Ok(FolderChange {
        name: members.text("name")?.map(str::to_owned),
        parent: members.folder(PARENT_ID, PARENT_PATHS)?,
    })
}

/// `DELETE /folders/{folderId}` and `DELETE /folders/{folderPath}`: with all that is in it. A repeat is no error.
pub(crate) async fn archive(who: Removing<HubSpot>, uri: Uri) -> Reply {
    let remove = &who.remove()?;
    let names = route::folder(route::rest(&uri, "/folders/"))?;
    names.find(move |name| async move { remove.trash_folder(&name).await }).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The root is no folder that can be looked at.
pub(crate) fn not_root(folder: Folder) -> Result<Folder> {
    if folder.no == FolderNo::ROOT { Err(Error::NotFound(What::Folder)) } else { Ok(folder) }
}
