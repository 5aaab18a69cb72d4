//! Work in the background, asked after.

use crate::read::At;
use crate::types::{Accepted, Page, Task, TaskState};
use crate::{Answer, Params, Site, Viewing, convert, list as pages, plan};
use attache_http::PublicUrl;
use attache_http::dialect::json_answer;
use attache_model::error::Code;
use attache_model::id::TaskId;
use attache_model::{Error, Result, What};
use axum::extract::State;
use axum::response::Response;
use http::header::LOCATION;
use http::{HeaderValue, StatusCode};
use utoipa::IntoParams;

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

/// Which tasks.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes the query")]
pub(crate) struct TaskParams {
    /// The task is in one of these states; all where it is not given, none where it is empty. Several are given between commas or repeated.
    #[param(inline)]
    state: Option<Vec<TaskState>>,
}

/// List tasks
///
/// The newest first. A task that ended can be asked after for 7 days.
#[utoipa::path(get, path = "/v1/tasks", tag = "Account", operation_id = "listTasks", params(TaskParams, pages::PageParams),
    responses((status = 200, description = "A page of tasks.", body = Page<Task>)))]
pub(crate) async fn list(State(site): State<Site>, caller: Viewing, query: Params) -> Answer {
    query.only(&["state", "limit", "cursor"])?;
    let states = pages::values(&query, "state", state)?;
    let (start, limit) = (pages::start(&query)?, pages::limit(&query, site.core.limits())?);
    let page = caller.view()?.tasks(states.as_deref(), start, limit).await?;
    Ok(pages::answer(page.map(|task| convert::task(&task)), &query, &site.public))
}

fn state(word: &str) -> Result<attache_model::task::TaskState> {
    let state = plan::one_of::<TaskState>(word);
    state.map(Into::into).map_err(|why| Error::malformed(Code::ParameterInvalid, "state", why))
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
