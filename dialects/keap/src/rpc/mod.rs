//! Routes to come.

mod call;
mod fault;
mod read;
mod value;
mod write;

use crate::App;
use attache_http::Metrics;
use axum::Router;

pub(crate) fn router(_: &Metrics) -> Router<App> {
    Router::new()
}
