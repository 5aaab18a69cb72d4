//! Keap's REST v1: one list of files, and files whose content travels as base64 inside of JSON.

mod convert;
mod create;
mod error;
mod file;
mod filter;
mod list;
mod page;
mod replace;
mod sent;
mod types;

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

/// Where the operations are found.
const FILES: &str = "/crm/rest/v1/files";
/// Everything below this is behind the gateway.
const GATEWAY: &str = "/crm";
/// Everything below this speaks REST v1.
const PLACE: &str = "/crm/rest/v1";

/// The wire of Keap's REST v1.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rest1 {}

impl Dialect for Rest1 {
    const NAME: &'static str = "keap_v1";

    fn credential(parts: &Parts) -> Result<Option<Credential>> {
        door::asked(parts)
    }

    fn envelope(error: &Error, request: &RequestInfo) -> Response {
        error::answer(error, request)
    }
}

impl Repeatable<App> for Rest1 {
    async fn again(app: &App, caller: &Caller, came_to: TaskResult, _: &str) -> Result<Response> {
        let TaskResult::File(no) = came_to else { return Err(lost()) };
        let reach = app.core.reach(caller)?;
        Ok(file::answer(app, &reach, &reach.file(no).await?))
    }

    fn cap(limits: &Limits) -> Cap {
        sent::cap(limits)
    }

    fn asker(caller: &Caller) -> String {
        caller.actor().to_string()
    }
}

/// The routes of REST v1, each with and without a slash at its end.
pub(crate) fn router(metrics: &Metrics) -> Router<App> {
    let files = get(list::list).post(keyed::<Rest1, _>(create::create));
    let file = get(file::get).put(replace::replace).delete(file::trash);
    let mut routes = Router::new();
    for end in ["", "/"] {
        routes = routes.route(&format!("{FILES}{end}"), files.clone());
        routes = routes.route(&format!("{FILES}/{{id}}{end}"), file.clone());
    }
    // Of places that nobody speaks at, the gateway says what it says of these.
    for place in [PLACE, GATEWAY] {
        for unknown in [place.to_owned(), format!("{place}/"), format!("{place}/{{*rest}}")] {
            routes = routes.route(&unknown, any(gateway::no_route::<Rest1>));
        }
    }
    let routes = routes.method_not_allowed_fallback(gateway::wrong_method::<Rest1>);
    mount::<Rest1, App>(routes, &[], metrics)
}
