//! Work in the background, asked after.

use crate::read::At;
use crate::types::{Accepted, Task};
use crate::{Answer, Params, Viewing, convert};
use attache_http::PublicUrl;
use attache_http::dialect::json_answer;
use attache_model::What;
use attache_model::id::TaskId;
use axum::response::Response;
use http::header::LOCATION;
use http::{HeaderValue, StatusCode};

/// The answer to a request for work in the background.
pub(crate) fn accepted(task: TaskId, public: &PublicUrl) -> Response {
    let task = task.to_string();
    let place = public.link(["v1", "tasks", &task]);
    let mut answer = json_answer(StatusCode::ACCEPTED, &Accepted { task });
    if let Ok(place) = HeaderValue::from_str(&place) {
        answer.headers_mut().insert(LOCATION, place);
    }
    answer
}

/// Get a task
///
/// A task only moves forward: queued, running, then done or failed. It can be asked after for 7 days.
#[utoipa::path(get, path = "/v1/tasks/{id}", tag = "Account", operation_id = "getTask",
    params(("id" = String, Path, description = "Id of the task.")),
    responses((status = 200, description = "The task.", body = Task)))]
pub(crate) async fn get_one(caller: Viewing, At(id): At<String>, query: Params) -> Answer {
    query.only(&[])?;
    let task = caller.view()?.task(convert::id(&id, What::Task)?).await?;
    Ok(json_answer(StatusCode::OK, &convert::task(&task)))
}
