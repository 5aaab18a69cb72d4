//! `DELETE /v1/uploads/{id}`: gives an upload up. The file that a finished one became stays.

use crate::memo::Memo;
use crate::sender::Sender;
use crate::{Reply, Tus, concat};
use attache_core::Entrant;
use attache_http::Entering;
use axum::extract::Path;
use axum::response::IntoResponse;
use http::StatusCode;

/// The operation. A guest gives up what guests of the same panel began; everybody else needs the right to delete.
pub(crate) async fn end(who: Entering<Tus>, Path(id): Path<String>) -> Reply {
    match &who.entrant {
        Entrant::Caller(caller) => {
            let remove = who.core.remove(caller)?;
            let id = concat::id_of(&id)?;
            Memo::of(&remove.upload(id).await?)?;
            remove.abort_upload(id).await?;
        }
        Entrant::Guest(_) => {
            let sender = Sender::of(&who.core, &who.entrant)?;
            let id = concat::id_of(&id)?;
            Memo::of(&sender.upload(id).await?)?;
            sender.abort(id).await?;
        }
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}
