//! Downloads: the bytes of a file by its number. What is not there, what may not be read and what is no number are not
//! told apart: numbers are small, and nobody shall learn by trying which ones there are.

use crate::{App, Files};
use attache_core::Content;
use attache_http::serve::{self, Cache, Show, Tag};
use attache_http::{Admitted, Fail, Metrics, RequestInfo, mount};
use attache_model::{Error, FileNo, Result, What};
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use http::{HeaderMap, Method, StatusCode, Uri};

/// What stands before a file's number.
const FILES: &str = "/api/files/";

pub(crate) fn router(metrics: &Metrics) -> Router<App> {
    let routes = Router::new()
        .route("/api/files/{id}", get(download))
        .route("/api/files/{id}/", get(download))
        .route("/api/files/{id}/{*rest}", any(no_route));
    mount::<Files, App>(routes, &[], metrics)
}

/// `GET /api/files/{id}`.
async fn download(who: Admitted<Files>, method: Method, uri: Uri, headers: HeaderMap) -> Result<Response, Fail<Files>> {
    let content = open(&who, &uri).await.map_err(hidden)?;
    // Never a way elsewhere: Sonar's own guide fetches with a curl that follows nothing.
    let answer = serve::serve(&method, &headers, &told(&content), |range| content.read(range)).await?;
    if answer.status() == StatusCode::RANGE_NOT_SATISFIABLE {
        return Ok(unsatisfiable(answer));
    }
    Ok(answer)
}

async fn open(who: &Admitted<Files>, uri: &Uri) -> Result<Content> {
    let no = file_no(uri.path()).ok_or(Error::NotFound(What::File))?;
    who.core.reach(&who.caller)?.open(no).await
}

/// The number that a path ends with.
fn file_no(path: &str) -> Option<FileNo> {
    let number = path.strip_prefix(FILES)?.trim_end_matches('/');
    let is_plain = number.bytes().all(|b| b.is_ascii_digit());
    number.parse().ok().filter(|_| is_plain).map(FileNo)
}

fn hidden(error: Error) -> Error {
    match error {
        Error::MissingScope(_) | Error::Gone(_) => Error::NotFound(What::File),
        other => other,
    }
}

/// What is told about a content. The name is the one that lists show.
fn told(content: &Content) -> serve::Content {
    serve::Content {
        len: content.version.size,
        tag: Tag::new(&content.version.sha256.to_string()),
        last_modified: content.version.created_at,
        media_type: content.version.media_type.clone(),
        name: content.file.title().full().to_owned(),
        show: Show::Download,
        cache: Cache::Ask,
        embed: false,
        sha256: Some(content.version.sha256),
        headers: HeaderMap::new(),
    }
}

/// A range that the content does not have, in the words of every other refusal, with the header that tells the length.
fn unsatisfiable(answer: Response) -> Response {
    let why = "the file ends before it; Content-Range tells its length";
    let mut refusal = crate::error::rest(&Error::invalid("Range", why), &RequestInfo::current());
    *refusal.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
    let (head, _) = answer.into_parts();
    for (name, value) in &head.headers {
        refusal.headers_mut().entry(name).or_insert_with(|| value.clone());
    }
    refusal
}

async fn no_route() -> Response {
    Fail::<Files>::new(Error::NotFound(What::Route)).into_response()
}

#[cfg(test)]
mod tests;
