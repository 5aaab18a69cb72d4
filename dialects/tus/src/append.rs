//! `PATCH /v1/uploads/{id}`: more bytes.

use crate::header::{BYTES, UPLOAD_LENGTH, UPLOAD_OFFSET};
use crate::memo::Memo;
use crate::sender::Sender;
use crate::{App, Reply, Tus, answer, checksum, concat, error, header};
use attache_core::Chunk;
use attache_http::Entering;
use attache_http::body::{self, Cap};
use attache_model::error::Code;
use attache_model::{Error, Result};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};

/// The operation.
pub(crate) async fn append(
    app: State<App>,
    who: Entering<Tus>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Reply {
    let (sender, limits) = (Sender::of(&who.core, &who.entrant)?, app.core.limits());
    is_bytes(&headers)?;
    let missing = || header::fault(&UPLOAD_OFFSET, "it is missing; HEAD tells where the upload goes on");
    let offset = header::bytes(&headers, &UPLOAD_OFFSET)?.ok_or_else(missing)?;
    let chunk = Chunk {
        declares: header::bytes(&headers, &UPLOAD_LENGTH)?,
        checksum: checksum::of(&headers)?,
        len: body::declared_len(&headers)?,
    };
    let id = concat::id_of(&id)?;
    if Memo::of(&sender.upload(id).await?)?.is_final() {
        return Ok(error::already_joined());
    }
    let bytes = body::stream(&headers, body, Cap::file(limits), limits)?;
    let appended = sender.resume(id).await?.append(offset, chunk, bytes).await.map_err(named)?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    answer::progress(response.headers_mut(), &appended.upload, appended.file.as_ref(), (&sender, &app.public));
    Ok(response)
}

/// A fault of a late length, at the header that said it.
fn named(error: Error) -> Error {
    match error {
        Error::Invalid { field, why, .. } if field == "length" => header::fault(&UPLOAD_LENGTH, why),
        other => other,
    }
}

/// Demands the one media type that bodies have.
///
/// # Errors
/// [`Code::MediaTypeUnsupported`].
pub(crate) fn is_bytes(headers: &HeaderMap) -> Result<()> {
    let kind = headers.get(CONTENT_TYPE).map(http::HeaderValue::as_bytes).unwrap_or_default();
    if kind.eq_ignore_ascii_case(BYTES.as_bytes()) {
        return Ok(());
    }
    let why = format!("bytes of an upload are sent as {BYTES}");
    Err(Error::malformed(Code::MediaTypeUnsupported, "Content-Type", why))
}
