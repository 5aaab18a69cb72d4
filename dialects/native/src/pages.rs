//! The OpenAPI document and the readable pages, made when they are first asked for.

use crate::read::At;
use crate::{Answer, Site, docs, openapi as spec};
use attache_http::PublicUrl;
use attache_model::{Error, What};
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::HeaderValue;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use std::sync::OnceLock;

const HTML: &str = "text/html; charset=utf-8";
/// Headers of every page. Pages have their style inside and load nothing.
const HEADERS: [(HeaderName, &str); 4] = [
    (CACHE_CONTROL, "public, max-age=300"),
    (CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    (REFERRER_POLICY, "no-referrer"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

/// The pages of a server with this address.
#[derive(Debug)]
pub(crate) struct Pages {
    public: PublicUrl,
    openapi: OnceLock<Bytes>,
    reference: OnceLock<Bytes>,
}

impl Pages {
    pub(crate) fn new(public: PublicUrl) -> Pages {
        Pages { public, openapi: OnceLock::new(), reference: OnceLock::new() }
    }

    fn openapi(&self) -> Bytes {
        self.openapi.get_or_init(|| spec::text_for(self.public.as_str()).into()).clone()
    }

    fn reference(&self) -> Bytes {
        let make = || {
            let document = serde_json::from_slice(&self.openapi()).unwrap_or_default();
            Bytes::from(docs::reference_html(&document))
        };
        self.reference.get_or_init(make).clone()
    }
}

/// Get this document
#[utoipa::path(get, path = "/openapi.json", tag = "About", operation_id = "getOpenApi", security(()),
    responses((status = 200, description = "The OpenAPI 3.1 document.", body = Object, content_type = "application/json")))]
pub(crate) async fn openapi(State(site): State<Site>) -> Response {
    page("application/json", site.pages.openapi())
}

/// Read the guide and the reference
#[utoipa::path(get, path = "/docs", tag = "About", operation_id = "getDocs", security(()),
    responses((status = 200, description = "A page for people.", body = String, content_type = "text/html")))]
pub(crate) async fn reference(State(site): State<Site>) -> Response {
    page(HTML, site.pages.reference())
}

/// Read about a problem
#[utoipa::path(get, path = "/docs/errors/{word}", tag = "About", operation_id = "getErrorPage", security(()),
    params(("word" = String, Path, description = "The `code` of a problem.")),
    responses((status = 200, description = "A page for people.", body = String, content_type = "text/html")))]
pub(crate) async fn problem(At(word): At<String>) -> Answer {
    let text = docs::error_html(&word).ok_or(Error::NotFound(What::Route))?;
    Ok(page(HTML, text.into()))
}

fn page(kind: &'static str, text: Bytes) -> Response {
    let mut answer = Response::new(Body::from(text));
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    answer
}
