//! Every error as a short page, for people.
#![deny(clippy::wildcard_enum_match_arm)]

use attache_http::RequestInfo;
use attache_model::Error;
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;

/// The answer to an error.
pub(crate) fn envelope(error: &Error, request: &RequestInfo) -> Response {
    let (status, title) = told(error);
    (status, Html(format!("<!doctype html><title>{title}</title><h1>{title}</h1><p>{}</p>", request.id)))
        .into_response()
}

fn told(error: &Error) -> (StatusCode, &'static str) {
    match error {
        Error::Unauthenticated(_) => (StatusCode::UNAUTHORIZED, "Please sign in"),
        Error::MissingScope(_) => (StatusCode::FORBIDDEN, "Not allowed"),
        Error::Expired => (StatusCode::GONE, "This link has ended"),
        Error::Forged | Error::NotFound(_) => (StatusCode::NOT_FOUND, "There is nothing here"),
        Error::Gone(_) => (StatusCode::GONE, "This is over"),
        Error::Malformed { .. } | Error::Length { .. } | Error::Unsupported { .. } | Error::Checksum | Error::Cut => {
            (StatusCode::BAD_REQUEST, "This could not be read")
        }
        Error::Invalid { .. } | Error::UrlRefused => (StatusCode::UNPROCESSABLE_ENTITY, "This is not possible"),
        Error::TooLarge { .. } | Error::Quota { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "This is too large"),
        Error::Offset { .. } | Error::Superseded | Error::Exists { .. } | Error::State { .. } | Error::InFlight => {
            (StatusCode::CONFLICT, "Somebody else was faster")
        }
        Error::Held(_) => (StatusCode::CONFLICT, "This is under legal hold"),
        Error::Precondition => (StatusCode::PRECONDITION_FAILED, "It changed meanwhile"),
        Error::TooMany { .. } | Error::Tries { .. } => (StatusCode::TOO_MANY_REQUESTS, "Please wait a moment"),
        Error::Busy { .. } | Error::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, "Please try again soon"),
        Error::StorageFull => (StatusCode::INSUFFICIENT_STORAGE, "There is no room left"),
        Error::Damaged | Error::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong"),
    }
}
