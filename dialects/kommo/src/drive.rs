//! The drive's host: sessions, parts, files, versions, trash and content.

mod body;
mod convert;
mod download;
mod files;
mod filter;
mod name;
mod parts;
mod path;
mod period;
mod sessions;
mod trash;
mod types;
mod usage;
mod versions;

use crate::table::routes;
use crate::{App, door, error};
use attache_core::{Caller, Core, Credential};
use attache_http::{Dialect, Metrics, RequestInfo, mount};
use attache_model::{Error, Result};
use axum::Router;
use axum::response::Response;
use http::request::Parts;

/// Where unknown paths are answered in its words. Below `/upload`, `/download` and `/preview` every path is one of its
/// routes.
const PLACES: [&str; 1] = ["/v1.0"];

/// The wire of the drive.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Drive {}

impl Dialect for Drive {
    const NAME: &'static str = "kommo_drive";

    fn credential(parts: &Parts) -> Result<Option<Credential>> {
        Ok(door::credential(parts))
    }

    async fn acting(core: &Core, caller: Caller, parts: &Parts) -> Result<Caller> {
        door::acting(core, caller, parts).await
    }

    fn envelope(error: &Error, _: &RequestInfo) -> Response {
        error::answer(error, error::DRIVE)
    }
}

routes! {
    post "/v1.0/sessions" sessions::open,
    get "/v1.0/sessions/{session_id}" sessions::status,
    delete "/v1.0/sessions/{session_id}" sessions::cancel,
    post "/upload/{*token}" parts::put,
    post "/v1.0/sessions/upload/{token}" parts::put,
    post "/v1.0/upload/{token}" parts::put,
    get "/v1.0/files" files::list,
    delete "/v1.0/files" trash::delete_batch,
    post "/v1.0/files/restore" trash::restore,
    get "/v1.0/files/count" usage::count,
    get "/v1.0/files/stats" usage::stats,
    get "/v1.0/files/{uuid}" files::get,
    patch "/v1.0/files/{uuid}" files::change,
    delete "/v1.0/files/{uuid}" trash::delete,
    get "/v1.0/files/{uuid}/versions" versions::list,
    get "/v1.0/files/{uuid}/versions/{version_uuid}" versions::get,
    get "/download/{*address}" download::file,
    options "/download/{*address}" download::options,
    get "/preview/{*address}" download::preview,
    options "/preview/{*address}" download::options,
}

/// The routes of the drive.
pub(crate) fn router(metrics: &Metrics) -> Router<App> {
    let routes = routes().into_iter().fold(Router::new(), |router, (path, route)| router.route(path, route));
    mount::<Drive, App>(routes, &PLACES, metrics)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_routes_stand_in_each_others_way() {
        // The router panics where they do.
        let _ = router(&Metrics::new());
    }
}
