//! Legal holds: put on a file, lifted, listed.

use crate::read::{self, At};
use crate::types::{HeldFile, Hold, HoldPlan, Page};
use crate::{Answer, Managing, Params, Site, convert, list as pages};
use attache_http::dialect::json_answer;
use attache_model::legal_hold as model;
use axum::body::Body;
use axum::extract::State;
use axum::response::IntoResponse;
use http::{HeaderMap, StatusCode};

/// Put a file under legal hold
///
/// From then on nobody removes anything of it for good: it cannot be erased, and it stays in the trash when its time there,
/// or its own, is over. Everything else goes on as before. A file that is under hold gets the new reason. It needs the scope
/// `settings`.
#[utoipa::path(put, path = "/v1/files/{id}/hold", tag = "Trash", operation_id = "holdFile", request_body = HoldPlan,
    params(("id" = String, Path, description = "Id or number of the file, which may be in the trash.")),
    responses((status = 200, description = "The hold as it is now.", body = Hold)))]
pub(crate) async fn place(
    State(site): State<Site>,
    caller: Managing,
    At(id): At<String>,
    query: Params,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    query.only(&[])?;
    let file = convert::file_ref(&id)?;
    let asked: HoldPlan = read::json(&headers, body, site.core.limits()).await?;
    let hold = caller.manage()?.hold_file(file, &asked.reason).await?;
    Ok(json_answer(StatusCode::OK, &convert::hold(&hold)))
}

/// Lift a legal hold
///
/// The file goes again as other files do; if its time is over, at the next look at such files. It needs the scope `settings`.
#[utoipa::path(delete, path = "/v1/files/{id}/hold", tag = "Trash", operation_id = "liftHold",
    params(("id" = String, Path, description = "Id or number of the file.")),
    responses((status = 204, description = "The file is under hold no more.")))]
pub(crate) async fn lift(caller: Managing, At(id): At<String>, query: Params) -> Answer {
    query.only(&[])?;
    caller.manage()?.lift_hold(convert::file_ref(&id)?).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// List the files under legal hold
///
/// In the order of their numbers, those in the trash and those whose own time is over, too. It needs the scope `settings`.
#[utoipa::path(get, path = "/v1/holds", tag = "Trash", operation_id = "listHolds", params(pages::PageParams),
    responses((status = 200, description = "A page of files under hold.", body = Page<HeldFile>)))]
pub(crate) async fn list(State(site): State<Site>, caller: Managing, query: Params) -> Answer {
    query.only(&pages::PAGE)?;
    let (start, limit) = (pages::start(&query)?, pages::limit(&query, site.core.limits())?);
    let page = caller.manage()?.held_files(start, limit).await?;
    Ok(pages::answer(page.map(|held| shown(&held)), &query, &site.public))
}

fn shown(held: &model::HeldFile) -> HeldFile {
    HeldFile { file_no: held.no.0, file_id: held.id.to_string(), hold: convert::hold(&held.hold) }
}
