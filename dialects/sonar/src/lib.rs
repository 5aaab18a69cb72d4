//! Sonar: the files of its V2 API, so that its scripts and clients work unmodified. A file comes and goes over REST, and
//! everything else about it is asked and changed over GraphQL.

mod download;
mod error;
mod fileable;
mod form;
mod graph;
mod graphiql;
mod resolve;
pub mod scope;
mod upload;

use attache_core::{Core, Credential};
use attache_http::dialect::bearer;
use attache_http::{Dialect, Metrics, RequestInfo};
use attache_model::error::Shown;
use attache_model::{Error, Result};
use axum::Router;
use axum::extract::FromRef;
use axum::response::Response;
use graph::Throttle;
#[cfg(any(test, feature = "fuzz"))]
pub use graph::trial;
use http::request::Parts;
use std::sync::Arc;

/// Every operation: method and path. What the one address of GraphQL can do is in its schema.
pub const OPERATIONS: [(&str, &str); 6] = [
    ("POST", "/api/graphql"),
    ("GET", "/api/graphql"),
    ("POST", "/api/files"),
    ("GET", "/api/files/{id}"),
    ("GET", "/graphiql"),
    ("GET", "/graphiql/{file}"),
];

/// What handlers and resolvers work with.
#[derive(Clone, Debug)]
struct App {
    core: Core,
    throttle: Arc<Throttle>,
}

impl FromRef<App> for Core {
    fn from_ref(app: &App) -> Core {
        app.core.clone()
    }
}

/// The files themselves, over REST.
#[derive(Clone, Copy, Debug)]
enum Files {}

impl Dialect for Files {
    const NAME: &'static str = "sonar_rest";

    fn credential(parts: &Parts) -> Result<Option<Credential>> {
        credential(parts)
    }

    fn envelope(error: &Error, request: &RequestInfo) -> Response {
        error::rest(error, request)
    }
}

/// GraphQL.
#[derive(Clone, Copy, Debug)]
enum GraphQl {}

impl Dialect for GraphQl {
    const NAME: &'static str = "sonar_graphql";

    fn credential(parts: &Parts) -> Result<Option<Credential>> {
        credential(parts)
    }

    fn envelope(error: &Error, request: &RequestInfo) -> Response {
        error::graph(error, request)
    }
}

/// The credential of a request. One that cannot be read lets nobody in, as an unknown one.
fn credential(parts: &Parts) -> Result<Option<Credential>> {
    bearer(parts).map_err(|_| Error::Unauthenticated(Shown::Unknown))
}

/// All routes of the dialect.
pub fn router(core: Core, metrics: &Metrics) -> Router {
    routes(metrics).with_state(App { core, throttle: Arc::default() })
}

fn routes(metrics: &Metrics) -> Router<App> {
    Router::new()
        .merge(graph::router(metrics))
        .merge(graphiql::router(metrics))
        .merge(upload::router(metrics))
        .merge(download::router(metrics))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_routes_stand_in_each_others_way() {
        // The router panics where they do.
        let _ = routes(&Metrics::new());
    }
}
