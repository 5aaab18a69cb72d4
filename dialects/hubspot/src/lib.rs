//! HubSpot Files v3: its 21 operations and its hosted files, so that HubSpot's own client libraries work unmodified.
//! A handler reads the request, makes one call into core and shows what came of it.

mod convert;
mod error;
mod expiry;
mod files;
mod filter;
mod folders;
mod form;
mod hosted;
mod imports;
mod members;
mod properties;
mod reader;
mod route;
pub mod scope;
mod search;
mod signed;
mod tasks;
mod text;
mod types;
mod upload;

use attache_core::{Caller, Core, Credential};
use attache_http::dialect::bearer;
use attache_http::{Dialect, Fail, Metrics, PublicUrl, RequestInfo, mount};
use attache_model::Error;
use axum::Router;
use axum::extract::FromRef;
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::{delete, get, post};
use convert::Face;
use http::HeaderValue;
use http::header::AUTHORIZATION;
use http::request::Parts;

/// Where the operations are found: HubSpot's own place, the place of its newer release, which answers the same, and
/// both again for a client whose base address ends in a slash.
const PLACES: [&str; 4] = ["/files/v3", "/files/2026-03", "//files/v3", "//files/2026-03"];

/// The wire of HubSpot Files v3.
#[derive(Clone, Copy, Debug)]
pub enum HubSpot {}

impl Dialect for HubSpot {
    const NAME: &'static str = "hubspot";

    fn credential(parts: &Parts) -> Result<Option<Credential>, Error> {
        let headers = parts.headers.get_all(AUTHORIZATION).iter().count();
        match bearer(parts) {
            // Its clients send the header with nothing in it when nobody gave them a token.
            Err(_) if headers == 1 => Ok(None),
            read => read,
        }
    }

    fn envelope(error: &Error, request: &RequestInfo) -> Response {
        error::answer(error, request)
    }
}

/// What handlers answer with.
type Reply = Result<Response, Fail<HubSpot>>;

/// What handlers work with.
#[derive(Clone, Debug)]
struct App {
    core: Core,
    public: PublicUrl,
}

impl App {
    /// How the things of a caller's account look from outside.
    fn face(&self, caller: &Caller) -> Face<'_> {
        Face { public: &self.public, account: caller.account() }
    }
}

impl FromRef<App> for Core {
    fn from_ref(app: &App) -> Core {
        app.core.clone()
    }
}

/// All routes of the dialect. Links in answers begin with `public`.
pub fn router(core: Core, public: PublicUrl, metrics: &Metrics) -> Router {
    mounted(metrics).with_state(App { core, public })
}

fn mounted(metrics: &Metrics) -> Router<App> {
    let operations = operations();
    let routes = PLACES.iter().fold(Router::new(), |router, place| router.nest(place, operations.clone()));
    let routes = routes.route("/hubfs/{*path}", get(hosted::fetch)).layer(map_response(correlated));
    mount::<HubSpot, App>(routes, &PLACES, metrics)
}

/// The 21 operations. What stands in `{id}` and `{*path}` is read raw by `route`, so here it only has to match.
fn operations() -> Router<App> {
    Router::new()
        .route("/files", post(upload::create))
        .route("/files/search", get(search::files))
        .route("/files/stat/{*path}", get(files::stat))
        .route("/files/import-from-url/async", post(imports::create))
        .route("/files/import-from-url/async/tasks/{id}/status", get(tasks::import))
        .route("/files/{id}", get(files::get).put(upload::replace).patch(files::change).delete(files::archive))
        .route("/files/{id}/gdpr-delete", delete(files::erase))
        .route("/files/{id}/signed-url", get(signed::create))
        .route("/files/{id}/download", get(files::download))
        .route("/folders", post(folders::create))
        .route("/folders/search", get(search::folders))
        .route("/folders/update/async", post(folders::change_later))
        .route("/folders/update/async/tasks/{id}/status", get(tasks::folder_change))
        .route("/folders/{*path}", get(folders::get).patch(folders::change).delete(folders::archive))
}

/// Every answer carries the id that an error's envelope names.
async fn correlated(mut response: Response) -> Response {
    if let Ok(id) = HeaderValue::from_str(&RequestInfo::current().uuid.to_string()) {
        response.headers_mut().entry(error::CORRELATION_ID).or_insert(id);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_routes_stand_in_each_others_way() {
        // The router panics where they do.
        let _ = mounted(&Metrics::new());
    }
}
