//! What of `Idempotency-Key` is this API's own: the answers that are made again, and what is said of a secret.

use crate::error::Problem;
use crate::word::Word;
use crate::{Native, Site, convert, files, folders, upload};
use attache_core::{Caller, Put};
use attache_http::RequestInfo;
use attache_http::once::{Repeatable, lost};
use attache_model::Result;
use attache_model::id::FolderRef;
use attache_model::task::TaskResult;
use axum::response::Response;
use http::StatusCode;

impl Repeatable<Site> for Native {
    async fn again(site: &Site, caller: &Caller, came_to: TaskResult, route: &str) -> Result<Response> {
        let view = site.core.view(caller)?;
        match (came_to, route) {
            (TaskResult::File(no), "/v1/files" | "/v1/records/{type}/{id}/files") => {
                Ok(upload::answer(Put::Created(view.file(no).await?), &site.public))
            }
            (TaskResult::File(no), "/v1/files/{id}/restore") => {
                Ok(files::answer(StatusCode::OK, &convert::file(&view.file(no).await?, &site.public)))
            }
            (TaskResult::Folder(no), "/v1/folders") => {
                Ok(folders::answer(&view.folder(&FolderRef::No(no)).await?, &site.public))
            }
            (TaskResult::File(_) | TaskResult::Folder(_), _) => Err(lost()),
        }
    }

    fn unrepeatable(why: &'static str, request: &RequestInfo) -> Response {
        Problem::plain(Word::STATE, why.to_owned(), &request.id).into_answer()
    }
}
