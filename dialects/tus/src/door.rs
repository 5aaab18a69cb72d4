//! What every request passes: browsers of other sites, the version of the protocol, and the method that is meant.

use crate::header::{
    ATTACHE_FILE, METHOD_OVERRIDE, TUS_CHECKSUM_ALGORITHM, TUS_EXTENSION, TUS_MAX_SIZE, TUS_RESUMABLE, TUS_VERSION,
    UPLOAD_CHECKSUM, UPLOAD_CONCAT, UPLOAD_DEFER_LENGTH, UPLOAD_EXPIRES, UPLOAD_LENGTH, UPLOAD_METADATA, UPLOAD_OFFSET,
};
use crate::{App, Tus, checksum, error, header};
use attache_http::request::REQUEST_ID;
use attache_http::{Fail, RequestInfo};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_LOCATION, CONTENT_TYPE, LOCATION, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use std::time::Duration;
use tower_http::cors::{Any, CorsLayer};

/// The version of the protocol.
const VERSION: HeaderValue = HeaderValue::from_static("1.0.0");
/// What there is beyond the core of the protocol.
const EXTENSIONS: HeaderValue = HeaderValue::from_static(
    "creation,creation-with-upload,creation-defer-length,expiration,checksum,termination,concatenation",
);
/// How long a browser may remember what it may send.
const REMEMBERED: Duration = Duration::from_secs(2 * 3600);

/// Browsers of every site may upload: they need a token, and none is sent by itself as a cookie is.
pub(crate) fn browsers() -> CorsLayer {
    let request_id = HeaderName::from_static(REQUEST_ID);
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::POST, Method::HEAD, Method::PATCH, Method::DELETE, Method::OPTIONS])
        .allow_headers([
            AUTHORIZATION,
            CONTENT_TYPE,
            METHOD_OVERRIDE,
            TUS_RESUMABLE,
            UPLOAD_CHECKSUM,
            UPLOAD_CONCAT,
            UPLOAD_DEFER_LENGTH,
            UPLOAD_LENGTH,
            UPLOAD_METADATA,
            UPLOAD_OFFSET,
            HeaderName::from_static("content-digest"),
            HeaderName::from_static("x-requested-with"),
            request_id.clone(),
        ])
        .expose_headers([
            ATTACHE_FILE,
            CONTENT_LOCATION,
            LOCATION,
            RETRY_AFTER,
            TUS_CHECKSUM_ALGORITHM,
            TUS_EXTENSION,
            TUS_MAX_SIZE,
            TUS_RESUMABLE,
            TUS_VERSION,
            UPLOAD_CONCAT,
            UPLOAD_DEFER_LENGTH,
            UPLOAD_EXPIRES,
            UPLOAD_LENGTH,
            UPLOAD_METADATA,
            UPLOAD_OFFSET,
            request_id,
        ])
        .max_age(REMEMBERED)
}

/// Every answer names the version and stays out of caches; one to OPTIONS says what the server can do.
pub(crate) async fn introduce(State(app): State<App>, request: Request, next: Next) -> Response {
    let asks = request.method() == Method::OPTIONS;
    let mut answer = next.run(request).await;
    let headers = answer.headers_mut();
    headers.insert(TUS_RESUMABLE, VERSION);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if asks {
        headers.insert(TUS_VERSION, VERSION);
        headers.insert(TUS_EXTENSION, EXTENSIONS);
        headers.insert(TUS_MAX_SIZE, HeaderValue::from(app.core.limits().file_bytes));
        headers.insert(TUS_CHECKSUM_ALGORITHM, HeaderValue::from_static(checksum::NAMES));
    }
    answer
}

/// Turns away what speaks another version, before anything is done with it.
pub(crate) async fn same_version(request: Request, next: Next) -> Response {
    if request.headers().get(TUS_RESUMABLE) == Some(&VERSION) {
        return next.run(request).await;
    }
    let mut answer = error::wrong_version();
    answer.headers_mut().insert(TUS_VERSION, VERSION);
    answer
}

/// The method that a request means: the one in `X-HTTP-Method-Override` where there is one.
pub(crate) fn meant(method: &Method, headers: &HeaderMap) -> Result<Method, Fail<Tus>> {
    let Some(text) = header::text(headers, &METHOD_OVERRIDE)? else { return Ok(method.clone()) };
    match Method::from_bytes(text.to_ascii_uppercase().as_bytes()) {
        Ok(method) => Ok(method),
        Err(_) => Err(header::fault(&METHOD_OVERRIDE, "it is no method; PATCH, HEAD and DELETE are heeded").into()),
    }
}

/// A method that an address does not have.
pub(crate) async fn wrong_method() -> Response {
    error::wrong_method(&RequestInfo::current()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::tests::headers;

    #[test]
    fn the_method_that_is_meant_is_the_overriding_one() {
        for text in ["PATCH", "patch", " PATCH "] {
            let headers = headers(&[("x-http-method-override", text)]);
            assert_eq!(meant(&Method::POST, &headers).unwrap(), Method::PATCH);
        }
        assert_eq!(meant(&Method::POST, &HeaderMap::new()).unwrap(), Method::POST);
        assert!(meant(&Method::POST, &headers(&[("x-http-method-override", "PATCH, HEAD")])).is_err());
        assert!(meant(&Method::POST, &headers(&[("x-http-method-override", "")])).is_err());
    }
}
