//! One file: its properties, its bytes and its way to the trash.

use super::route::Target;
use super::types::FileMetadata;
use super::{Rest2, error, route};
use crate::{App, Reply, content};
use attache_core::Reach;
use attache_http::dialect::json_answer;
use attache_http::serve::{self, Show};
use attache_http::{Reaching, RequestInfo};
use attache_model::FileNo;
use axum::extract::State;
use axum::response::IntoResponse;
use http::{HeaderMap, Method, StatusCode, Uri};

/// `GET /files/{file_id}` and `GET /files/{file_id}:data`.
pub(super) async fn get(
    app: State<App>,
    who: Reaching<Rest2>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Reply<Rest2> {
    let reach = who.reach()?;
    let no = match route::target(&uri)? {
        Target::File(no) => no,
        Target::Data(no) => return data(&reach, no, &method, &headers).await,
    };
    let reached = reach.file(no).await?;
    Ok(json_answer(StatusCode::OK, &FileMetadata::of(&reached, app.key(&reach, &reached))))
}

/// The bytes, whole or a range of them. A range that is not there is told in the envelope: clients parse every answer.
async fn data(reach: &Reach<'_>, no: FileNo, method: &Method, asked: &HeaderMap) -> Reply<Rest2> {
    let content = reach.open(no).await?;
    let told = content::told(&content, Show::Download);
    // Never a way elsewhere: the contract is an answer with the bytes.
    let answer = serve::serve(method, asked, &told, |range| content.read(range)).await?;
    if answer.status() == StatusCode::RANGE_NOT_SATISFIABLE {
        return Ok(error::unsatisfiable(answer, &RequestInfo::current()));
    }
    Ok(answer)
}

/// `DELETE /files/{file_id}`: to the trash. One that is there already is not found.
pub(super) async fn delete(who: Reaching<Rest2>, uri: Uri) -> Reply<Rest2> {
    who.reach()?.trash_file(route::file(&uri)?).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
