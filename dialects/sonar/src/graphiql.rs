//! The page for trying queries, GraphiQL.

use crate::App;
use attache_http::Metrics;
use axum::Router;

pub(crate) fn router(_: &Metrics) -> Router<App> {
    Router::new()
}
