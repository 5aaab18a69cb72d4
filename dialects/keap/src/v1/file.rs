//! One file: what is known of it, its content inside of JSON, and its way to the trash.

use super::Rest1;
use super::error::json;
use crate::{App, Reply};
use attache_core::{Content, Reach, Reached};
use attache_http::{Params, Reaching, base64};
use attache_model::{Error, FileNo, Result, What};
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, StatusCode, Uri};
use std::io;

/// The member that holds the content.
pub(super) const FILE_DATA: &str = "file_data";

/// The file that a path names. What is no number names none.
pub(super) fn number(uri: &Uri) -> Result<FileNo> {
    let path = uri.path();
    let id = path.strip_suffix('/').unwrap_or(path).rsplit('/').next().unwrap_or_default();
    let digits = id.bytes().all(|byte| byte.is_ascii_digit());
    id.parse().ok().filter(|_| digits).map(FileNo).ok_or(Error::NotFound(What::File))
}

/// What is known of a file.
pub(super) fn answer(app: &App, reach: &Reach<'_>, reached: &Reached) -> Response {
    json(StatusCode::OK, &app.information(reach, reached))
}

/// `GET /files/{fileId}`, with the content where `optional_properties` asks for it.
pub(super) async fn get(app: State<App>, who: Reaching<Rest1>, uri: Uri, query: Params<Rest1>) -> Reply<Rest1> {
    let reach = who.reach()?;
    let reached = reach.file(number(&uri)?).await?;
    if query.list("optional_properties").all(|name| name != FILE_DATA) {
        return Ok(answer(&app, &reach, &reached));
    }
    let content = reach.open(reached.file.no).await?;
    // The descriptor is that of the very content, also when it was replaced in between.
    let reached = Reached { file: content.file.clone(), ..reached };
    Ok(with_content(answer(&app, &reach, &reached), &content).await?)
}

/// `DELETE /files/{fileId}`.
pub(super) async fn trash(who: Reaching<Rest1>, uri: Uri) -> Reply<Rest1> {
    who.reach()?.trash_file(number(&uri)?).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Adds a file's content to what is known of it, while it is read.
async fn with_content(answer: Response, content: &Content) -> Result<Response> {
    let (mut head, known) = answer.into_parts();
    let known = axum::body::to_bytes(Body::new(known), usize::MAX).await;
    let known = known.map_err(|error| Error::internal("put an answer together", error))?;
    let Some(open) = known.strip_suffix(b"}") else { return Err(Error::bug("what is known of a file is no object")) };
    let before = Bytes::from([open, b",\"", FILE_DATA.as_bytes(), b"\":\""].concat());
    let after = Bytes::from_static(b"\"}");
    let size = content.version.size;
    let len = before.len() as u64 + base64::encoded_len(size) + after.len() as u64;
    let text = base64::encode_stream(content.read(0..size).await?);
    let whole = |bytes| stream::iter([Ok::<_, io::Error>(bytes)]);
    head.headers.insert(CONTENT_LENGTH, HeaderValue::from(len));
    Ok(Response::from_parts(head, Body::from_stream(whole(before).chain(text).chain(whole(after)))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_a_file_by_its_number_with_and_without_a_slash() {
        let number = |path: &'static str| number(&Uri::from_static(path)).ok();
        assert_eq!(number("/crm/rest/v1/files/12"), Some(FileNo(12)));
        assert_eq!(number("/crm/rest/v1/files/12/?optional_properties=x"), Some(FileNo(12)));
        for path in ["/files/x", "/files/-1", "/files/+1", "/files/1.0", "/files/99999999999999999999", "/files/%31"] {
            assert_eq!(number(path), None, "{path}");
        }
    }
}
