//! Browsers of every site may work with a panel: they need its token, and none is sent by itself as a cookie is.

use attache_http::request::REQUEST_ID;
use http::header::{
    ACCEPT_RANGES, AUTHORIZATION, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH,
    LAST_MODIFIED, LINK, LOCATION, RANGE, RETRY_AFTER,
};
use http::{HeaderName, Method};
use std::time::Duration;
use tower_http::cors::{Any, CorsLayer};

/// How long a browser may remember what it may send.
const REMEMBERED: Duration = Duration::from_secs(2 * 3600);

/// What stands around the panel's routes.
pub(crate) fn browsers() -> CorsLayer {
    let request_id = HeaderName::from_static(REQUEST_ID);
    let digest = HeaderName::from_static("repr-digest");
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([AUTHORIZATION, CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH, RANGE, request_id.clone()])
        .expose_headers([
            ACCEPT_RANGES,
            CONTENT_DISPOSITION,
            CONTENT_RANGE,
            ETAG,
            LAST_MODIFIED,
            LINK,
            LOCATION,
            RETRY_AFTER,
            digest,
            request_id,
        ])
        .max_age(REMEMBERED)
}
