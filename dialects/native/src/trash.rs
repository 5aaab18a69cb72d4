//! The trash: files go there, come back, or are erased for good.

use crate::read::{self, At};
use crate::types::{Accepted, File, Page};
use crate::{Answer, Params, Removing, Site, Viewing, convert, files, list, search, tasks};
use attache_core::{FileSort, Life, Order};
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::LINK;
use http::{HeaderMap, HeaderValue, StatusCode};
use utoipa::IntoParams;

/// How to delete.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes the query")]
pub(crate) struct DeleteParams {
    /// True removes the file for good: bytes, versions, name and all. Also for files in the trash, not for those under legal
    /// hold.
    erase: Option<bool>,
}

/// Delete a file
///
/// Moves it to the trash, from where it can be restored, or erases it at once. A file that is in the trash already
/// stays there.
#[utoipa::path(delete, path = "/v1/files/{id}", tag = "Trash", operation_id = "deleteFile",
    params(
        ("id" = String, Path, description = "Id or number of the file."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that the file must still have."),
        DeleteParams,
    ),
    responses((status = 204, description = "It is gone from lists and downloads.",
        headers(("Link" = String, description = "With `erase`: the address of the erasure, as `describedby`.")))))]
pub(crate) async fn delete(
    State(site): State<Site>,
    caller: Removing,
    At(id): At<String>,
    query: Params,
    headers: HeaderMap,
) -> Answer {
    query.only(&["erase"])?;
    let erase = query.parsed("erase", "true or false")?.unwrap_or(false);
    let (file, condition) = (convert::file_ref(&id)?, read::condition(&headers));
    let remove = caller.remove()?;
    if !erase {
        remove.trash_file(file, condition).await?;
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let erasure = remove.erase_file(file, condition).await?;
    Ok(erased(&site.public.link(["v1", "erasures", &erasure.to_string()])))
}

/// The answer that leads to an erasure.
fn erased(place: &str) -> Response {
    let mut answer = StatusCode::NO_CONTENT.into_response();
    if let Ok(link) = HeaderValue::from_str(&format!("<{place}>; rel=\"describedby\"")) {
        answer.headers_mut().insert(LINK, link);
    }
    answer
}

/// Restore a file
///
/// Brings it back from the trash. Where its name is taken by now it comes back as `name-1`, where its folder is gone it
/// comes back into the root.
#[utoipa::path(post, path = "/v1/files/{id}/restore", tag = "Trash", operation_id = "restoreFile",
    params(("id" = String, Path, description = "Id or number of the file.")),
    responses((status = 200, description = "The file as it is now.", body = File)))]
pub(crate) async fn restore(
    State(site): State<Site>,
    caller: Removing,
    At(id): At<String>,
    query: Params,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    query.only(&[])?;
    read::nothing(&headers, body, site.core.limits()).await?;
    let file = caller.remove()?.restore_file(convert::file_ref(&id)?).await?;
    Ok(files::answer(StatusCode::OK, &convert::file(&file, &site.public)))
}

/// List the trash
///
/// What was deleted last comes first, unless `sort` says otherwise.
#[utoipa::path(get, path = "/v1/trash", tag = "Trash", operation_id = "listTrash", params(search::FileFilter, list::PageParams),
    responses((status = 200, description = "A page of files.", body = Page<File>)))]
pub(crate) async fn list(State(site): State<Site>, caller: Viewing, query: Params) -> Answer {
    let view = caller.view()?;
    let mut asked = search::read(&view, &query, site.core.limits()).await?;
    asked.life = Life::Trashed;
    if asked.order.is_empty() {
        asked.order.push(Order { by: FileSort::Trashed, descending: true });
    }
    let page = view.files(&asked).await?.map(|file| convert::file(&file, &site.public));
    Ok(list::answer(page, &query, &site.public))
}

/// Empty the trash
///
/// Everything that is in it now goes for good, with its versions and bytes; files under legal hold stay. This is a task: other requests go on
/// meanwhile, and what comes into the trash later stays.
#[utoipa::path(delete, path = "/v1/trash", tag = "Trash", operation_id = "emptyTrash",
    responses((status = 202, description = "The task that was asked for.", body = Accepted,
        headers(("Location" = String, description = "Address of the task.")))))]
pub(crate) async fn empty(State(site): State<Site>, caller: Removing, query: Params) -> Answer {
    query.only(&[])?;
    Ok(tasks::accepted(caller.remove()?.empty_trash().await?, &site.public))
}
