//! Giving content out, with ranges and conditions.

use crate::read::At;
use crate::{Answer, Params, Site, Viewing, convert};
use attache_core::{Content, content_etag};
use attache_http::Query;
use attache_http::serve::{self, Cache, Show, Tag, serve_file};
use attache_model::{Error, Result, What};
use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, Method};
use utoipa::IntoParams;

/// How content leaves.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes the query")]
pub(crate) struct ShowParams {
    /// True makes a browser save it instead of showing it.
    download: Option<bool>,
}

/// Fetch a file's content
///
/// Answers ranges and conditions (RFC 9110). `ETag` names the content, `Repr-Digest` is its SHA-256. Content that a
/// browser could run leaves as a download. HEAD tells the same without the bytes.
#[utoipa::path(get, path = "/v1/files/{id}/content", tag = "Content", operation_id = "getContent",
    params(("id" = String, Path, description = "Id or number of the file."),
        ("Range" = Option<String>, Header, description = "One range of bytes."), ShowParams),
    responses(
        (status = 200, description = "The content.", body = Value, content_type = "*/*"),
        (status = 206, description = "The range."),
        (status = 302, description = "The store's own link to the content, where the server is set to redirect."),
        (status = 304, description = "The client has it."),
        (status = 416, description = "The range lies outside; `Content-Range` tells the size."),
    ))]
pub(crate) async fn active(
    State(_): State<Site>,
    caller: Viewing,
    At(id): At<String>,
    query: Params,
    method: Method,
    headers: HeaderMap,
) -> Answer {
    query.only(&["download"])?;
    let show = shown_as(&query)?;
    let content = caller.view()?.open(convert::file_ref(&id)?, None).await?;
    Ok(give(&method, &headers, &content, show).await?)
}

/// Fetch a version's content
///
/// The address never changes what it gives.
#[utoipa::path(get, path = "/v1/files/{id}/versions/{version}/content", tag = "Content", operation_id = "getVersionContent",
    params(("id" = String, Path, description = "Id or number of the file."),
        ("version" = i64, Path, minimum = 1, description = "Number of the version."),
        ("Range" = Option<String>, Header, description = "One range of bytes."), ShowParams),
    responses(
        (status = 200, description = "The content.", body = Value, content_type = "*/*"),
        (status = 206, description = "The range."),
        (status = 302, description = "The store's own link to the content, where the server is set to redirect."),
        (status = 304, description = "The client has it."),
        (status = 416, description = "The range lies outside; `Content-Range` tells the size."),
    ))]
pub(crate) async fn version(
    State(_): State<Site>,
    caller: Viewing,
    At((id, version)): At<(String, String)>,
    query: Params,
    method: Method,
    headers: HeaderMap,
) -> Answer {
    query.only(&["download"])?;
    let show = shown_as(&query)?;
    let version = convert::number(&version).ok_or(Error::NotFound(What::Version))?;
    let content = caller.view()?.open(convert::file_ref(&id)?, Some(version)).await?;
    Ok(give(&method, &headers, &content, show).await?)
}

/// Whether a query asks for a download.
///
/// # Errors
/// For a value that is neither true nor false.
pub(crate) fn shown_as(query: &Query) -> Result<Show> {
    let download = query.parsed("download", "true or false")?.unwrap_or(false);
    Ok(if download { Show::Download } else { Show::Inline })
}

/// Answers with some content to whoever showed a token.
///
/// # Errors
/// Those of [`serve_file`].
pub(crate) async fn give(method: &Method, asked: &HeaderMap, content: &Content, show: Show) -> Result<Response> {
    // A token's right may end at any moment, so the client asks each time whether it may still show what it has.
    let told = told(content, show, Cache::Ask);
    serve_file(method, asked, &told, content).await
}

/// What is told about a version's content.
pub(crate) fn told(content: &Content, show: Show, cache: Cache) -> serve::Content {
    let version = &content.version;
    serve::Content {
        len: version.size,
        tag: Tag::new(&content_etag(version)),
        last_modified: version.created_at,
        media_type: version.content_type(),
        name: content.file.name.full().to_owned(),
        show,
        cache,
        embed: false,
        sha256: Some(version.sha256),
        headers: HeaderMap::new(),
    }
}
