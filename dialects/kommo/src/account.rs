//! The account's host, `/api/v4`.

use crate::{App, door, error};
use attache_core::{Caller, Core, Credential};
use attache_http::{Dialect, Metrics, RequestInfo, mount};
use attache_model::{Error, Result};
use axum::Router;
use axum::response::Response;
use http::request::Parts;

/// Where its routes are found.
const PLACES: [&str; 1] = ["/api/v4"];

/// The wire of the account's host.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Account {}

impl Dialect for Account {
    const NAME: &'static str = "kommo";

    fn credential(parts: &Parts) -> Result<Option<Credential>> {
        Ok(door::credential(parts))
    }

    async fn acting(core: &Core, caller: Caller, parts: &Parts) -> Result<Caller> {
        door::acting(core, caller, parts).await
    }

    fn envelope(error: &Error, _: &RequestInfo) -> Response {
        error::answer(error, error::ACCOUNT)
    }
}

/// The routes of the account's host.
pub(crate) fn router(metrics: &Metrics) -> Router<App> {
    mount::<Account, App>(Router::new(), &PLACES, metrics)
}
