//! What is refused of a request before any route sees it. These answers belong to no dialect.

use super::tail::Tail;
use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::header::{ALLOW, CONNECTION, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri, Version};
use http_body::Body as _;
use hyper::body::Incoming;
use std::convert::Infallible;
use tower::ServiceExt;

/// The methods that this server knows at all.
const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

/// Lets a request pass to the router, or refuses it.
pub(super) async fn pass(
    router: Router,
    target_bytes: u64,
    request: Request<Incoming>,
) -> Result<Response, Infallible> {
    match refusal(&request, target_bytes) {
        Some((status, why)) => Ok(refuse(status, why)),
        None => answer(router, request).await,
    }
}

async fn answer(router: Router, request: Request<Incoming>) -> Result<Response, Infallible> {
    if request.body().is_end_stream() {
        return router.oneshot(request.map(Body::new)).await;
    }
    let (head, body) = request.into_parts();
    let (body, rest) = Tail::of(&head.headers, body);
    let mut response = router.oneshot(Request::from_parts(head, Body::new(body))).await?;
    if !rest.read_out().await {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response)
}

fn refusal<B>(request: &Request<B>, target_bytes: u64) -> Option<(StatusCode, &'static str)> {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    if target as u64 > target_bytes {
        return Some((StatusCode::URI_TOO_LONG, "The request target is too long."));
    }
    if matches!(*request.method(), Method::TRACE | Method::CONNECT) {
        return Some((StatusCode::METHOD_NOT_ALLOWED, "The method is not possible here."));
    }
    if request.uri().path().contains("%00") {
        return Some((StatusCode::BAD_REQUEST, "The path holds a NUL byte."));
    }
    host_fault(request.version(), request.uri(), request.headers()).map(|why| (StatusCode::BAD_REQUEST, why))
}

/// RFC 9112, 3.2: one `Host`, and a target in absolute form must not name another. No link is ever made of either, so
/// this only keeps apart what a proxy in front and we would read differently.
fn host_fault(version: Version, target: &Uri, headers: &HeaderMap) -> Option<&'static str> {
    let mut hosts = headers.get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (_, Some(_)) => Some("The request has more than one Host header."),
        (None, None) if version >= Version::HTTP_11 => Some("The request has no Host header."),
        (Some(host), None) => {
            let same = |authority: &str| host.as_bytes().eq_ignore_ascii_case(authority.as_bytes());
            let differs = target.authority().is_some_and(|authority| !same(authority.as_str()));
            differs.then_some("The request target names another host than the Host header.")
        }
        (None, None) => None,
    }
}

fn refuse(status: StatusCode, why: &str) -> Response {
    let body = serde_json::json!({ "title": why, "status": status.as_u16() });
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(ALLOW, HeaderValue::from_static(METHODS));
    }
    response
}
