//! `POST /v1/uploads`: opens an upload, perhaps with its first bytes, or joins uploads that are pieces.

use crate::concat::Role;
use crate::header::{UPLOAD_CONCAT, UPLOAD_DEFER_LENGTH, UPLOAD_LENGTH};
use crate::memo::Memo;
use crate::metadata::Metadata;
use crate::sender::{Aim, Sender};
use crate::{App, PLACE, Reply, Tus, answer, append, checksum, goal, header};
use attache_core::{Appended, Chunk, Edit, Goal, NewUpload};
use attache_http::Entering;
use attache_http::body::{self, Cap};
use attache_model::limits::Limits;
use attache_model::upload::Upload;
use attache_model::{Error, Result, UploadId};
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::LOCATION;
use http::{HeaderMap, StatusCode};
use http_body::Body as _;

/// The operation.
pub(crate) async fn create(app: State<App>, who: Entering<Tus>, headers: HeaderMap, body: Body) -> Reply {
    let (sender, limits) = (Sender::of(&who.core, &who.entrant)?, app.core.limits());
    let metadata = Metadata::of(&headers)?;
    let memo = memo_of(&headers, &metadata)?;
    let incoming = Incoming { headers: &headers, body };
    let appended = match Role::of(&headers)? {
        Role::Alone => open(&sender, limits, sender.aim(&metadata)?, memo, incoming).await?,
        Role::Partial => open(&sender, limits, sender.piece()?, memo, incoming).await?,
        Role::Final(pieces) => join(sender.edit()?, goal::of(&metadata)?, memo, incoming, &pieces).await?,
    };
    Ok(created(&app, &sender, &appended))
}

fn memo_of(headers: &HeaderMap, metadata: &Metadata) -> Result<String> {
    let concat = header::text(headers, &UPLOAD_CONCAT)?.unwrap_or_default().to_owned();
    Ok(Memo { concat, metadata: metadata.header.clone() }.to_text())
}

/// What a request brings.
struct Incoming<'r> {
    headers: &'r HeaderMap,
    body: Body,
}

async fn open(
    sender: &Sender<'_>,
    limits: &Limits,
    aim: Aim,
    memo: String,
    incoming: Incoming<'_>,
) -> Result<Appended> {
    let length = header::length(incoming.headers)?;
    let first = first_bytes(limits, length, incoming)?;
    let upload = sender.open(aim, length, memo).await?;
    match first {
        None => Ok(Appended { upload, file: None }),
        Some((chunk, bytes)) => begin(sender, &upload, chunk, bytes).await,
    }
}

/// The bytes that come with the request: `None` when none do and more are to come. An upload of no bytes is complete
/// with none.
fn first_bytes(
    limits: &Limits,
    length: Option<u64>,
    incoming: Incoming<'_>,
) -> Result<Option<(Chunk, attache_core::Body)>> {
    let Incoming { headers, body } = incoming;
    match (body.is_end_stream(), length) {
        (true, Some(0)) => {}
        (true, _) => return Ok(None),
        (false, _) => append::is_bytes(headers)?,
    }
    let len = body::declared_len(headers)?;
    if let (Some(expected), Some(got)) = (length, len)
        && got > expected
    {
        return Err(Error::Length { expected, got });
    }
    let chunk = Chunk { declares: None, checksum: checksum::of(headers)?, len };
    Ok(Some((chunk, body::stream(headers, body, Cap::file(limits), limits)?)))
}

/// Appends the first bytes. When that fails, nobody will ever learn where the upload is: it is given up.
async fn begin(sender: &Sender<'_>, upload: &Upload, chunk: Chunk, bytes: attache_core::Body) -> Result<Appended> {
    let appended = sender.resume(upload.id).await?.append(0, chunk, bytes).await;
    if appended.is_err() {
        // Where this fails too, the upload goes when its time is over.
        drop(sender.abort(upload.id).await);
    }
    appended
}

async fn join(
    edit: &Edit<'_>,
    goal: Goal,
    memo: String,
    incoming: Incoming<'_>,
    pieces: &[UploadId],
) -> Result<Appended> {
    for name in [UPLOAD_LENGTH, UPLOAD_DEFER_LENGTH] {
        if incoming.headers.contains_key(&name) {
            return Err(header::fault(&name, "leave it out: the length of joined uploads is the sum of theirs"));
        }
    }
    if !incoming.body.is_end_stream() {
        return Err(header::fault(&UPLOAD_CONCAT, "a request that joins uploads has no body"));
    }
    edit.join_uploads(NewUpload { length: None, goal, memo }, pieces).await
}

fn created(app: &App, sender: &Sender<'_>, appended: &Appended) -> Response {
    let mut response = StatusCode::CREATED.into_response();
    let headers = response.headers_mut();
    let id = appended.upload.id.to_string();
    let segments = PLACE.split('/').skip(1).chain([id.as_str()]);
    answer::set(headers, LOCATION, &app.public.link(segments));
    answer::progress(headers, &appended.upload, appended.file.as_ref(), (sender, &app.public));
    response
}
