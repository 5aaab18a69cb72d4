//! `HEAD /v1/uploads/{id}`: where an upload is. It ends a request that still sends to it, so that what it says is true
//! until the next one.

use crate::header::{UPLOAD_CONCAT, UPLOAD_DEFER_LENGTH, UPLOAD_LENGTH, UPLOAD_METADATA};
use crate::memo::Memo;
use crate::sender::Sender;
use crate::{App, Reply, Tus, answer, concat};
use attache_http::Entering;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use http::{HeaderValue, StatusCode};

/// The operation.
pub(crate) async fn look(app: State<App>, who: Entering<Tus>, Path(id): Path<String>) -> Reply {
    let sender = Sender::of(&who.core, &who.entrant)?;
    let id = concat::id_of(&id)?;
    let memo = Memo::of(&sender.upload(id).await?)?;
    let upload = sender.resume(id).await?.upload().await?;
    let file = sender.file_of(&upload).await?;
    let mut response = StatusCode::OK.into_response();
    let headers = response.headers_mut();
    answer::progress(headers, &upload, file.as_ref(), (&sender, &app.public));
    match upload.length {
        Some(length) => headers.insert(UPLOAD_LENGTH, HeaderValue::from(length)),
        None => headers.insert(UPLOAD_DEFER_LENGTH, HeaderValue::from_static("1")),
    };
    for (name, text) in [(UPLOAD_METADATA, &memo.metadata), (UPLOAD_CONCAT, &memo.concat)] {
        if !text.is_empty() {
            answer::set(headers, name, text);
        }
    }
    Ok(response)
}
