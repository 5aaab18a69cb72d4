//! REST v2: files with ids as texts, uploads as forms, bytes as they are.

mod error;
mod files;
mod filter;
mod form;
mod list;
mod mask;
mod moment;
mod route;
mod types;
mod write;

use crate::{App, door, gateway};
use attache_core::{Caller, Credential};
use attache_http::body::Cap;
use attache_http::once::{Repeatable, keyed, lost};
use attache_http::{Dialect, Metrics, RequestInfo, mount};
use attache_model::limits::Limits;
use attache_model::task::TaskResult;
use attache_model::{Error, Result};
use axum::Router;
use axum::response::Response;
use axum::routing::{any, get};
use http::request::Parts;

/// The wire of REST v2.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rest2 {}

impl Dialect for Rest2 {
    const NAME: &'static str = "keap_v2";

    fn credential(parts: &Parts) -> Result<Option<Credential>> {
        door::asked(parts)
    }

    fn envelope(error: &Error, request: &RequestInfo) -> Response {
        error::answer(error, request)
    }
}

impl Repeatable<App> for Rest2 {
    async fn again(app: &App, caller: &Caller, came_to: TaskResult, _: &str) -> Result<Response> {
        let TaskResult::File(no) = came_to else { return Err(lost()) };
        let reach = app.core.reach(caller)?;
        Ok(write::created(app, &reach, &reach.file(no).await?))
    }

    fn cap(limits: &Limits) -> Cap {
        form::cap(limits)
    }

    fn asker(caller: &Caller) -> String {
        caller.actor().to_string()
    }
}

/// All routes of REST v2. `{file}` is read raw by `route`, since a file's bytes share its segment.
pub(crate) fn router(metrics: &Metrics) -> Router<App> {
    let mut routes = Router::new();
    for slash in ["", "/"] {
        let one = get(files::get).post(write::update).patch(write::update).delete(files::delete);
        routes = routes
            .route(&format!("/crm/rest/v2/files{slash}"), get(list::list).post(keyed::<Rest2, _>(write::create)))
            .route(&format!("/crm/rest/v2/files/{{file}}{slash}"), one);
    }
    for unknown in ["/crm/rest/v2", "/crm/rest/v2/", "/crm/rest/v2/{*rest}"] {
        routes = routes.route(unknown, any(gateway::no_route::<Rest2>));
    }
    mount::<Rest2, App>(routes.method_not_allowed_fallback(gateway::wrong_method::<Rest2>), &[], metrics)
}
