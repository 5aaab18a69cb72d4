//! Every error in the envelope of REST v2: a status in numbers and in words, a sentence, and what the request was about.
#![deny(clippy::wildcard_enum_match_arm)]

use super::route;
use super::types::{Detail, Envelope};
use crate::gateway;
use attache_http::RequestInfo;
use attache_http::dialect::json_answer;
use attache_model::{Error, What};
use axum::response::Response;
use http::header::ALLOW;
use http::{HeaderValue, Method, StatusCode};

/// What all requests here are about.
const DOMAIN: &str = "files";
/// What stands before the path in Keap's own words.
const BASE: &str = "/crm";

/// The answer to an error.
pub(super) fn answer(error: &Error, request: &RequestInfo) -> Response {
    let (status, message) = match error {
        Error::Unauthenticated(shown) => return gateway::refused(*shown),
        Error::MissingScope(_) => (StatusCode::FORBIDDEN, not_allowed(&request.method).to_owned()),
        Error::NotFound(what) | Error::Gone(what) => (StatusCode::NOT_FOUND, not_found(*what)),
        Error::Malformed { field, why, .. } | Error::Invalid { field, why, .. } => {
            (StatusCode::BAD_REQUEST, told(field, why))
        }
        Error::Checksum | Error::Length { .. } | Error::UrlRefused => (StatusCode::BAD_REQUEST, error.to_string()),
        Error::Expired | Error::Forged => (StatusCode::FORBIDDEN, error.to_string()),
        Error::TooLarge { .. } | Error::Quota { .. } => (StatusCode::PAYLOAD_TOO_LARGE, error.to_string()),
        Error::Cut => (StatusCode::REQUEST_TIMEOUT, error.to_string()),
        Error::Precondition => (StatusCode::PRECONDITION_FAILED, error.to_string()),
        Error::Exists { .. }
        | Error::State { .. }
        | Error::Held(_)
        | Error::Offset { .. }
        | Error::Superseded
        | Error::TooMany { .. }
        | Error::InFlight => (StatusCode::CONFLICT, error.to_string()),
        Error::Unsupported { .. } => return wrong_method(error, request),
        Error::StorageFull => (StatusCode::INSUFFICIENT_STORAGE, error.to_string()),
        Error::Tries { .. } => (StatusCode::TOO_MANY_REQUESTS, error.to_string()),
        Error::Busy { .. } | Error::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, error.to_string()),
        Error::Damaged | Error::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
    };
    envelope(status, message, request)
}

/// The answer to a range that the content does not have, with the headers of `answer` that tell its length.
pub(super) fn unsatisfiable(answer: Response, request: &RequestInfo) -> Response {
    let message = "The range lies behind the end of the file; Content-Range tells its length.";
    let mut told = envelope(StatusCode::RANGE_NOT_SATISFIABLE, message.to_owned(), request);
    let (head, _) = answer.into_parts();
    for (name, value) in &head.headers {
        told.headers_mut().entry(name).or_insert_with(|| value.clone());
    }
    told
}

/// The answer to a method that a path does not have. The router knows which methods there are, but for a file's bytes,
/// which share its path.
fn wrong_method(error: &Error, request: &RequestInfo) -> Response {
    let mut answer = envelope(StatusCode::METHOD_NOT_ALLOWED, error.to_string(), request);
    if route::is_data(&request.path) {
        answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET,HEAD"));
    }
    answer
}

fn envelope(status: StatusCode, message: String, request: &RequestInfo) -> Response {
    let path = request.path.strip_prefix(BASE).unwrap_or(&request.path);
    let resource = format!("{} {path}", request.method);
    json_answer(
        status,
        &Envelope {
            code: status.as_u16(),
            message,
            status: status.canonical_reason().unwrap_or_default(),
            details: [Detail { domain: DOMAIN, resource: &resource }],
        },
    )
}

/// Why something at `field` was refused. The sentence names the field, unless it begins with it.
fn told(field: &str, why: &str) -> String {
    if why.starts_with(field) { why.to_owned() } else { format!("{field}: {why}") }
}

fn not_found(what: What) -> String {
    let known = [(What::File, "Unable to find this File"), (What::Record, "Unable to find this Contact")];
    let known = known.into_iter().find(|(kind, _)| *kind == what);
    known.map_or_else(|| "Not Found".to_owned(), |(_, text)| text.to_owned())
}

fn not_allowed(method: &Method) -> &'static str {
    match *method {
        Method::GET | Method::HEAD => "User does not have permission to view this File",
        _ => "User does not have permission to edit this File",
    }
}

#[cfg(test)]
mod tests;
