//! Uploads: one form with one file or more.

use crate::App;
use attache_http::Metrics;
use axum::Router;

pub(crate) fn router(_: &Metrics) -> Router<App> {
    Router::new()
}
