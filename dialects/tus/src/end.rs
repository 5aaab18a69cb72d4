//! `DELETE /v1/uploads/{id}`: gives an upload up. The file that a finished one became stays.

use crate::memo::Memo;
use crate::{Reply, Tus, concat};
use attache_http::Removing;
use axum::extract::Path;
use axum::response::IntoResponse;
use http::StatusCode;

/// The operation.
pub(crate) async fn end(who: Removing<Tus>, Path(id): Path<String>) -> Reply {
    let remove = who.remove()?;
    let id = concat::id_of(&id)?;
    Memo::of(&remove.upload(id).await?)?;
    remove.abort_upload(id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
