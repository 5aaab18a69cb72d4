//! Downloads: the bytes of a file by its number.

use crate::App;
use attache_http::Metrics;
use axum::Router;

pub(crate) fn router(_: &Metrics) -> Router<App> {
    Router::new()
}
