//! The dashboard's page. It is one page for all of its addresses; which screen it shows is decided in the browser.

use crate::assets::{self, Kept, harmless};
use crate::{Reply, Site};
use attache_model::{Error, What};
use axum::Router;
use axum::extract::{Path, Request};
use axum::middleware::{Next, from_fn};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

/// The addresses of the dashboard's screens.
const SCREENS: [&str; 16] = [
    "/files",
    "/files/",
    "/files/{*path}",
    "/file/{id}",
    "/records",
    "/record/{type}/{id}",
    "/search",
    "/trash",
    "/links",
    "/tokens",
    "/tasks",
    "/events",
    "/usage",
    "/intakes",
    "/webhooks",
    "/licences",
];

/// What the page may load, and who may frame it: nothing from anywhere else, and nobody.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; \
    connect-src 'self'; media-src 'self' blob:; worker-src 'self' blob:; frame-src 'self' blob:; form-action 'self'; \
    base-uri 'none'; frame-ancestors 'none'";

/// The dashboard and its files.
pub(crate) fn routes() -> Router<Site> {
    let routes =
        SCREENS.iter().fold(Router::new().route("/", get(start)), |routes, place| routes.route(place, get(screen)));
    let routes = routes.route("/assets/{*path}", get(asset));
    // What lies beside the page, such as its icon.
    assets::beside().fold(routes, |routes, file| {
        let place = format!("/{}", file.path.trim_start_matches("app/"));
        routes.route(&place, get(move |asked: HeaderMap| async move { file.give(&asked, Kept::Asked) }))
    })
}

/// The same routes, behind the dashboard's page for whoever goes there with a browser: some of its addresses lie below
/// those of a dialect. What a browser opens by itself bears no token, so the dialect would have nothing for it.
pub fn before(routes: Router) -> Router {
    routes.layer(from_fn(async |request: Request, next: Next| {
        let asks = request.headers();
        if request.method() == Method::GET && request.uri().path().starts_with("/files/") && navigates(asks) {
            return page(asks).into_response();
        }
        next.run(request).await
    }))
}

async fn start(asked: HeaderMap) -> Reply {
    page(&asked)
}

/// A screen by its address. Only who wants a page gets one: below some of these addresses clients of vendors' APIs look
/// for what is not there.
async fn screen(asked: HeaderMap) -> Reply {
    if wants_page(&asked) { page(&asked) } else { Err(Error::NotFound(What::Route).into()) }
}

async fn asset(Path(path): Path<String>, asked: HeaderMap) -> Reply {
    assets::hashed(&path, &asked)
}

fn page(asked: &HeaderMap) -> Reply {
    let mut answer = match assets::find("app/index.html") {
        Some(index) => index.give(asked, Kept::Asked)?,
        None => absent(),
    };
    let headers = answer.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
    headers.insert(HeaderName::from_static("x-frame-options"), HeaderValue::from_static("DENY"));
    Ok(answer)
}

/// What is shown by a server that was built without the dashboard.
fn absent() -> Response {
    let mut answer = Html(include_str!("absent.html")).into_response();
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    harmless(answer.headers_mut());
    answer
}

/// Whether a page is an answer that is understood.
fn wants_page(asked: &HeaderMap) -> bool {
    let mut lists = asked.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    lists.any(|list| list.to_ascii_lowercase().contains("text/html"))
}

/// Whether a person goes there with a browser.
fn navigates(asked: &HeaderMap) -> bool {
    wants_page(asked) && asked.get("sec-fetch-mode").is_some_and(|mode| mode == "navigate")
}
