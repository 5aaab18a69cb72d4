//! Content by its address alone, for whoever has it: files, their versions, and small pictures of them. The address names
//! the account's drive, which nobody else knows.

use super::{Drive, path};
use crate::{App, Reply, error};
use attache_core::Content;
use attache_http::Fail;
use attache_http::serve::{self, Cache, Show, Tag, serve_bytes, serve_file};
use attache_model::share::PreviewSize;
use attache_model::{Error, FileId, Result, VersionId, What};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};

/// `GET /download/{drive_id}/{uuid}/{name}` is the active version, with `{version_uuid}` before the name another one.
pub(crate) async fn file(app: State<App>, method: Method, uri: Uri, headers: HeaderMap) -> Reply<Drive> {
    Ok(shared(content(&app, &method, &uri, &headers).await, &headers))
}

/// `GET /preview/{drive_id}/{uuid}/{version_uuid}/{size}/{name}`.
pub(crate) async fn preview(app: State<App>, method: Method, uri: Uri, headers: HeaderMap) -> Reply<Drive> {
    Ok(shared(picture(&app, &method, &uri, &headers).await, &headers))
}

/// `OPTIONS` of both: what a page of another site may ask for.
pub(crate) async fn options(headers: HeaderMap) -> Response {
    let mut answer = shared(Ok(StatusCode::NO_CONTENT.into_response()), &headers);
    let told = answer.headers_mut();
    told.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD, OPTIONS"));
    told.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("Authorization, Range, X-Auth-Token"));
    answer
}

async fn content(app: &App, method: &Method, uri: &Uri, asked: &HeaderMap) -> Result<Response> {
    let version = match path::len(uri) {
        4 => None,
        5 => Some(path::version(uri, 3).map_err(|_| missing())?),
        _ => return Err(missing()),
    };
    let content = opened(app, uri, version).await?;
    let answer = serve_file(method, asked, &told(&content), &content).await?;
    let is_behind = answer.status() == StatusCode::RANGE_NOT_SATISFIABLE;
    Ok(if is_behind { error::unsatisfiable(answer) } else { answer })
}

async fn picture(app: &App, method: &Method, uri: &Uri, asked: &HeaderMap) -> Result<Response> {
    let version = path::version(uri, 3).map_err(|_| missing())?;
    let size = PreviewSize::from_word(path::segment(uri, 4)).filter(|_| path::len(uri) == 6).ok_or_else(missing)?;
    let content = opened(app, uri, Some(version)).await?;
    if !app.core.has_preview(&content.version) {
        return Err(missing());
    }
    let preview = app.core.preview(&content, size, false).await?;
    let told = serve::Content {
        len: preview.bytes.len() as u64,
        tag: Tag::new(&format!("{version}-{}", size.word())),
        media_type: preview.media_type.to_owned(),
        show: Show::Inline,
        embed: true,
        sha256: None,
        ..told(&content)
    };
    serve_bytes(method, asked, &told, &preview.bytes).await
}

/// The content that the address names.
async fn opened(app: &App, uri: &Uri, version: Option<VersionId>) -> Result<Content> {
    let drive = path::uuid(uri, 1).ok_or_else(missing)?;
    let file = path::uuid(uri, 2).map(FileId).ok_or_else(missing)?;
    app.core.open_drive(drive, file, version).await
}

/// Whatever is wrong with an address: there is nobody to explain it to.
fn missing() -> Error {
    Error::NotFound(What::File)
}

/// What is told about content.
fn told(content: &Content) -> serve::Content {
    let version = VersionId::of(content.file.id, content.version.no);
    serve::Content {
        len: content.version.size,
        tag: Tag::new(&version.to_string()),
        last_modified: content.version.created_at,
        media_type: content.version.content_type(),
        name: content.file.name.full().to_owned(),
        show: Show::Download,
        // It may be in the trash the next time.
        cache: Cache::Ask,
        embed: false,
        sha256: Some(content.version.sha256),
        headers: HeaderMap::new(),
    }
}

/// An answer that pages of every site may read, with their users' credentials too, which are not looked at. Such pages
/// are told nothing by `*`, so the asking site is named.
fn shared(answer: Result<Response>, asked: &HeaderMap) -> Response {
    let mut answer = answer.unwrap_or_else(|error| Fail::<Drive>::new(error).into_response());
    let told = answer.headers_mut();
    told.append(VARY, HeaderValue::from(ORIGIN));
    if let Some(origin) = asked.get(ORIGIN) {
        told.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        told.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        let shown = "Content-Disposition, Content-Range, Accept-Ranges, ETag, X-Request-Id";
        told.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(shown));
    }
    answer
}
