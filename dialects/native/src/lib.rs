//! Attache's own REST API under `/v1`, its OpenAPI document, its readable pages, and signed links under `/signed`.
//!
//! A handler reads the request, makes one call into core and shows what came of it. Rules that another dialect would
//! need as well are in core.

mod account;
mod around;
mod audit;
mod batch;
mod content;
mod convert;
mod docs;
mod erasures;
mod error;
mod events;
mod files;
mod folders;
mod imports;
mod intakes;
mod legal_holds;
mod links;
mod list;
mod markdown;
mod once;
mod openapi;
mod pages;
mod panel;
mod plan;
mod preview;
mod put;
mod read;
mod records;
mod search;
mod session;
mod signed;
mod tasks;
mod tokens;
mod trash;
mod types;
mod upload;
mod usage;
mod webhooks;
mod word;

pub use openapi::{PATH as OPENAPI_PATH, document};
pub use word::Word;

use attache_core::{Core, Credential};
use attache_http::session::bearer_or_session;
use attache_http::{Dialect, Metrics, PublicUrl, RequestInfo, mount_as_fallback};
use attache_model::Error;
use axum::Router;
use axum::extract::FromRef;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{MethodRouter, delete, get, patch, post, put};
use http::request::Parts;
use std::sync::Arc;

/// Our own API.
#[derive(Clone, Copy, Debug)]
pub enum Native {}

impl Dialect for Native {
    const NAME: &'static str = "native";

    fn credential(parts: &Parts) -> Result<Option<Credential>, Error> {
        bearer_or_session(parts)
    }

    fn envelope(error: &Error, request: &RequestInfo) -> Response {
        error::envelope(error, request)
    }
}

/// What handlers fail with.
type Fail = attache_http::Fail<Native>;
/// What handlers answer with.
type Answer = Result<Response, Fail>;
type Viewing = attache_http::Viewing<Native>;
type Editing = attache_http::Editing<Native>;
type Removing = attache_http::Removing<Native>;
type Managing = attache_http::Managing<Native>;
type AtPanel = attache_http::AtPanel<Native>;
type Admitted = attache_http::Admitted<Native>;
type Params = attache_http::Params<Native>;

/// What handlers work with. Clones share everything.
#[derive(Clone, Debug)]
struct Site {
    core: Core,
    public: PublicUrl,
    pages: Arc<pages::Pages>,
}

impl FromRef<Site> for Core {
    fn from_ref(site: &Site) -> Core {
        site.core.clone()
    }
}

/// One route: method, path and how it is answered.
type Route = (&'static str, &'static str, MethodRouter<Site>);

macro_rules! routes {
    ($($method:ident $path:literal $handler:path,)*) => {
        vec![$((stringify!($method), $path, $method($handler)),)*]
    };
}

/// Every route. A test holds this table against the OpenAPI document.
fn routes() -> Vec<Route> {
    // A link is signed for reading: for every other method its signature does not fit.
    let signed = ("get", "/signed/{token}", get(signed::fetch).fallback(signed::wrong_method));
    let mut all = routes! {
        get "/v1/files" files::list,
        post "/v1/files" upload::create,
        get "/v1/files/by-path/{*path}" files::by_path,
        put "/v1/files/by-path/{*path}" put::by_path,
        get "/v1/files/{id}" files::get_one,
        patch "/v1/files/{id}" files::change,
        delete "/v1/files/{id}" trash::delete,
        get "/v1/files/{id}/content" content::active,
        get "/v1/files/{id}/preview" preview::of_active,
        put "/v1/files/{id}/content" put::replace,
        get "/v1/files/{id}/versions" files::versions,
        get "/v1/files/{id}/versions/{version}/content" content::version,
        post "/v1/files/{id}/restore" trash::restore,
        put "/v1/files/{id}/hold" legal_holds::place,
        delete "/v1/files/{id}/hold" legal_holds::lift,
        get "/v1/files/{id}/records" records::of_file,
        get "/v1/files/{id}/events" events::of_file,
        get "/v1/files/{id}/links" links::of_file,
        post "/v1/files/{id}/links" links::create,
        post "/v1/files/batch/delete" batch::delete,
        post "/v1/files/batch/restore" batch::restore,
        post "/v1/files/batch/link" batch::link,
        post "/v1/files/batch/unlink" batch::unlink,
        get "/v1/holds" legal_holds::list,
        get "/v1/erasures" erasures::list,
        get "/v1/erasures/key" erasures::key,
        get "/v1/erasures/{id}" erasures::get_one,
        get "/v1/erasures/{id}/certificate" erasures::certificate,
        get "/v1/trash" trash::list,
        delete "/v1/trash" trash::empty,
        get "/v1/records" records::all,
        get "/v1/records/{type}/{id}/files" records::list,
        post "/v1/records/{type}/{id}/files" records::upload,
        put "/v1/records/{type}/{id}/files/{file}" records::link,
        delete "/v1/records/{type}/{id}/files/{file}" records::unlink,
        get "/v1/records/{type}/{id}/feed" records::feed,
        get "/v1/folders" folders::list,
        post "/v1/folders" folders::create,
        get "/v1/folders/by-path/{*path}" folders::by_path,
        get "/v1/folders/{id}" folders::get_one,
        patch "/v1/folders/{id}" folders::change,
        delete "/v1/folders/{id}" folders::delete,
        post "/v1/intakes" intakes::create,
        get "/v1/intakes" intakes::list,
        get "/v1/intakes/{id}" intakes::get_one,
        delete "/v1/intakes/{id}" intakes::close,
        get "/v1/links" links::list,
        delete "/v1/links/{id}" links::revoke,
        get "/v1/events" events::list,
        get "/v1/audit" audit::list,
        get "/v1/tasks" tasks::list,
        get "/v1/tasks/{id}" tasks::get_one,
        get "/v1/usage" usage::get_one,
        get "/v1/users" usage::users,
        post "/v1/imports" imports::create,
        get "/v1/account" account::get_one,
        patch "/v1/account" account::change,
        get "/v1/session" session::get_one,
        post "/v1/session" session::open,
        delete "/v1/session" session::end,
        get "/v1/webhooks" webhooks::list,
        post "/v1/webhooks" webhooks::create,
        get "/v1/webhooks/{id}" webhooks::get_one,
        patch "/v1/webhooks/{id}" webhooks::change,
        delete "/v1/webhooks/{id}" webhooks::remove,
        get "/v1/webhooks/{id}/secret" webhooks::secret,
        post "/v1/webhooks/{id}/rotate" webhooks::rotate,
        post "/v1/webhooks/{id}/test" webhooks::test,
        post "/v1/webhooks/{id}/replay" webhooks::replay,
        get "/v1/webhooks/{id}/deliveries" webhooks::deliveries,
        post "/v1/webhooks/{id}/deliveries/{delivery}/replay" webhooks::replay_one,
        post "/v1/panel-tokens" panel::create,
        get "/v1/tokens" tokens::list,
        post "/v1/tokens" tokens::create,
        delete "/v1/tokens/{id}" tokens::revoke,
        get "/openapi.json" pages::openapi,
        get "/docs" pages::reference,
        get "/docs/errors/{word}" pages::problem,
    };
    all.push(signed);
    all
}

/// The routes of panels, each of which only a panel's token opens.
fn panel_routes() -> Vec<Route> {
    routes! {
        get "/v1/panel" panel::get_one,
        get "/v1/panel/files" panel::files,
        post "/v1/panel/files" panel::put,
        get "/v1/panel/files/{id}" panel::file,
        delete "/v1/panel/files/{id}" panel::remove,
        get "/v1/panel/files/{id}/versions" panel::versions,
        get "/v1/panel/files/{id}/content" panel::content,
        put "/v1/panel/files/{id}/content" panel::replace,
        get "/v1/panel/files/{id}/preview" panel::preview,
        get "/v1/panel/feed" panel::feed,
    }
}

/// The whole dialect, ready to be merged with others. Links in answers begin with `public`; unknown paths of the whole
/// server are answered by this dialect.
pub fn router(core: Core, public: PublicUrl, metrics: &Metrics) -> Router {
    let site = Site { core, pages: Arc::new(pages::Pages::new(public.clone())), public };
    let served = |routes: Vec<Route>| {
        let router = routes.into_iter().fold(Router::new(), |router, (_, path, route)| router.route(path, route));
        router.method_not_allowed_fallback(around::wrong_method)
    };
    let panels = served(panel_routes()).layer(panel::browsers());
    let routes = served(routes())
        .layer(from_fn_with_state(site.clone(), attache_http::once::around::<Native, Site>))
        .merge(panels);
    let public = site.public.clone();
    mount_as_fallback::<Native, Site>(routes, metrics)
        .layer(from_fn_with_state(public, around::around))
        .with_state(site)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_route_is_in_the_document_and_every_operation_of_it_is_served() {
        let served: BTreeSet<_> = routes()
            .iter()
            .chain(&panel_routes())
            .map(|(method, path, _)| ((*method).to_owned(), path.replace("{*", "{")))
            .collect();
        let document = serde_json::to_value(document()).unwrap();
        let documented: BTreeSet<_> = document["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, item)| item.as_object().unwrap().keys().map(|method| (method.clone(), path.clone())))
            .collect();
        assert_eq!(served, documented);
    }
}
