//! What surrounds every handler: the public address for links in problems, and headers that keep answers out of shared
//! caches and from being taken for something else.

use crate::error::{PUBLIC, Problem};
use crate::word::Word;
use attache_http::{PublicUrl, RequestInfo};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{AUTHORIZATION, CACHE_CONTROL, COOKIE, VARY, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, Method};

/// Answers a request with the public address at hand.
pub(crate) async fn around(State(public): State<PublicUrl>, request: Request, next: Next) -> Response {
    let mut answer = PUBLIC.scope(public, next.run(request)).await;
    let headers = answer.headers_mut();
    // What a token sees must not be shown to whoever asks next through the same cache.
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
    for name in [AUTHORIZATION, COOKIE] {
        headers.append(VARY, HeaderValue::from(name));
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}

/// A method that an address does not take. The router adds the `Allow` header.
pub(crate) async fn wrong_method(method: Method) -> Response {
    let detail = format!("{method} is not possible here; the Allow header tells which methods are.");
    Problem::plain(Word::METHOD_NOT_ALLOWED, detail, &RequestInfo::current().id).into_answer()
}
