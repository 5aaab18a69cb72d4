//! GraphQL: from a request to the operations in it, and from what they came to to an answer.

mod answer;
mod request;
mod scalar;
pub(crate) mod schema;
mod weigh;

use crate::resolve::Loaders;
use crate::{App, GraphQl};
use async_graphql::dynamic::Schema;
use attache_core::Caller;
use attache_http::body::{Cap, whole};
use attache_http::{Admitted, Fail, Metrics, mount};
use attache_model::limits::Limits;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use http::HeaderMap;
use request::Operation;

/// Where queries are asked.
const PLACE: &str = "/api/graphql";

/// The schema, and what a query may weigh.
#[derive(Clone, Debug)]
pub(crate) struct Graph {
    schema: Schema,
}

impl Graph {
    /// Reads the schema.
    pub(crate) fn new(_: &Limits) -> Graph {
        Graph { schema: schema::schema() }
    }
}

pub(crate) fn router(metrics: &Metrics) -> Router<App> {
    let mut routes = Router::new();
    for end in ["", "/"] {
        routes = routes.route(&format!("{PLACE}{end}"), post(ask));
    }
    mount::<GraphQl, App>(routes, &[], metrics)
}

async fn ask(
    State(app): State<App>,
    who: Admitted<GraphQl>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Fail<GraphQl>> {
    let limits = app.core.limits();
    let body = whole(&headers, body, Cap::json(limits), limits).await?;
    let operation = request::read(&headers, &body, limits)?;
    Ok(answer::answer(run(&app, &who.caller, operation).await))
}

async fn run(app: &App, caller: &Caller, operation: Operation) -> async_graphql::Response {
    let request = operation.into_request().data(app.clone()).data(caller.clone()).data(Loaders::new(app, caller));
    app.graph.schema.execute(request).await
}
