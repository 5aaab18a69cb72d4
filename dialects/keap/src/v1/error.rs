//! Every error as REST v1 tells it: a status and one sentence.
#![deny(clippy::wildcard_enum_match_arm)]

use super::types::Message;
use crate::gateway;
use attache_http::RequestInfo;
use attache_http::dialect::json_answer;
use attache_model::error::Code;
use attache_model::{Error, What};
use axum::response::Response;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, StatusCode};
use serde::Serialize;

/// The sentence for a body that cannot be read as what it should be.
const UNREADABLE: &str = "Input could not be converted to a valid request";

/// An answer in JSON, under the content type that Keap gives it.
pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Response {
    let mut answer = json_answer(status, value);
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json;charset=UTF-8"));
    answer
}

/// The answer to an error.
pub(super) fn answer(error: &Error, request: &RequestInfo) -> Response {
    let (status, message) = match error {
        Error::Unauthenticated(shown) => return gateway::refused(*shown),
        Error::MissingScope(_) => (StatusCode::FORBIDDEN, forbidden(&request.method).to_owned()),
        Error::NotFound(What::Route) => (StatusCode::NOT_FOUND, "Not Found".to_owned()),
        Error::NotFound(_) | Error::Gone(_) => (StatusCode::NOT_FOUND, "Unable to find this File".to_owned()),
        Error::Malformed { code: Code::JsonInvalid | Code::Utf8Invalid, field, why }
            if request.method != Method::GET =>
        {
            (StatusCode::BAD_REQUEST, format!("{UNREADABLE}; {}", placed(field, why)))
        }
        Error::Malformed { field, why, .. } | Error::Invalid { field, why, .. } => {
            (StatusCode::BAD_REQUEST, placed(field, why))
        }
        Error::Checksum | Error::Length { .. } | Error::UrlRefused => (StatusCode::BAD_REQUEST, error.to_string()),
        // No 5xx for a full account: clients would send the whole file again, to the same end.
        Error::TooLarge { .. } | Error::Quota { .. } => (StatusCode::PAYLOAD_TOO_LARGE, error.to_string()),
        Error::Exists { .. }
        | Error::State { .. }
        | Error::Held(_)
        | Error::Offset { .. }
        | Error::Superseded
        | Error::InFlight => (StatusCode::CONFLICT, error.to_string()),
        Error::Cut => (StatusCode::REQUEST_TIMEOUT, error.to_string()),
        Error::Precondition => (StatusCode::PRECONDITION_FAILED, error.to_string()),
        Error::TooMany { .. } | Error::Tries { .. } => (StatusCode::TOO_MANY_REQUESTS, error.to_string()),
        Error::Expired | Error::Forged => (StatusCode::FORBIDDEN, error.to_string()),
        Error::Unsupported { .. } => (StatusCode::METHOD_NOT_ALLOWED, error.to_string()),
        Error::StorageFull => (StatusCode::INSUFFICIENT_STORAGE, error.to_string()),
        Error::Busy { .. } | Error::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, error.to_string()),
        Error::Damaged => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
        Error::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "General error".to_owned()),
    };
    json(status, &Message { message: &message })
}

fn forbidden(method: &Method) -> &'static str {
    match *method {
        Method::GET | Method::HEAD => "User does not have permission to view this File",
        _ => "User does not have permission to edit this File",
    }
}

/// A reason with the field that it is about, unless it begins with that.
fn placed(field: &str, why: &str) -> String {
    if why.starts_with(field) { why.to_owned() } else { format!("{field}: {why}") }
}

#[cfg(test)]
mod tests;
