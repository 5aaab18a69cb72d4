//! Every error in Kommo's envelope, which both hosts share; they differ in the media type alone.
#![deny(clippy::wildcard_enum_match_arm)]

use crate::scope;
use attache_model::error::Code;
use attache_model::{Error, Scope, What};
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use serde::Serialize;

/// The media type of errors on the drive.
pub(crate) const DRIVE: &str = "application/json";
/// The media type of errors on the account's host. One client compares it by equality, so it has no parameter.
pub(crate) const ACCOUNT: &str = "application/problem+json";

/// Seconds after which a client that has too much open may come again.
const TOO_MANY_AGAIN: u64 = 60;
/// What a 429 says. The official client tells it from other errors by a body that is not JSON.
const TOO_FAST: &str = "<html><body><h1>429 Too Many Requests</h1></body></html>";

/// The envelope.
#[derive(Debug, Serialize)]
struct Envelope<'e> {
    #[serde(rename = "validation-errors", skip_serializing_if = "<[_]>::is_empty")]
    validation_errors: &'e [ItemErrors],
    title: &'e str,
    #[serde(rename = "type")]
    kind: String,
    status: u16,
    detail: &'e str,
}

/// What is wrong with one item of a batch.
#[derive(Debug, Serialize)]
pub(crate) struct ItemErrors {
    /// The item's own id of its request, or its place in the batch.
    pub(crate) request_id: String,
    /// Its faults.
    pub(crate) errors: Vec<ItemError>,
}

/// One fault.
#[derive(Debug, Serialize)]
pub(crate) struct ItemError {
    /// A stable word.
    pub(crate) code: &'static str,
    /// Where, from the beginning of the body or, where the vendor tells it so, of the item.
    pub(crate) path: String,
    /// What was wrong and what would be right.
    pub(crate) detail: String,
}

/// The answer to an error as `media_type`.
pub(crate) fn answer(error: &Error, media_type: &'static str) -> Response {
    let mut response = refusal(error).into_answer(media_type);
    if response.status() == StatusCode::TOO_MANY_REQUESTS && !matches!(error, Error::Busy { .. } | Error::Tries { .. })
    {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(TOO_MANY_AGAIN));
    }
    response
}

/// The answer to a batch with faulty items; nothing of it was done.
pub(crate) fn faulty_items(items: &[ItemErrors], media_type: &'static str) -> Response {
    told(StatusCode::BAD_REQUEST, items, "Request validation failed", media_type)
}

/// The answer to a range that the content does not have, with the headers of `answer` that tell its length.
pub(crate) fn unsatisfiable(answer: Response) -> Response {
    let detail = "The range lies behind the end of the file; Content-Range tells its length.";
    let mut told = told(StatusCode::RANGE_NOT_SATISFIABLE, &[], detail, DRIVE);
    let (head, _) = answer.into_parts();
    for (name, value) in &head.headers {
        told.headers_mut().entry(name).or_insert_with(|| value.clone());
    }
    told
}

/// What differs between the answers.
#[derive(Debug)]
struct Refusal {
    status: StatusCode,
    detail: String,
    items: Vec<ItemErrors>,
}

impl Refusal {
    fn new(status: StatusCode, detail: impl Into<String>) -> Refusal {
        Refusal { status, detail: detail.into(), items: Vec::new() }
    }

    fn into_answer(self, media_type: &'static str) -> Response {
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            return (self.status, [(CONTENT_TYPE, "text/html")], TOO_FAST).into_response();
        }
        told(self.status, &self.items, &self.detail, media_type)
    }
}

fn told(status: StatusCode, items: &[ItemErrors], detail: &str, media_type: &'static str) -> Response {
    let title = status.canonical_reason().unwrap_or("Error");
    let kind = format!("https://httpstatus.es/{}", status.as_u16());
    let envelope = Envelope { validation_errors: items, title, kind, status: status.as_u16(), detail };
    let mut response = attache_http::json_answer(status, &envelope);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

fn refusal(error: &Error) -> Refusal {
    let plain = |status| Refusal::new(status, error.to_string());
    match error {
        Error::Unauthenticated(_) => plain(StatusCode::UNAUTHORIZED),
        Error::MissingScope(scope) => Refusal::new(StatusCode::FORBIDDEN, missing_scope(*scope)),
        Error::NotFound(What::User) => {
            Refusal::new(StatusCode::FORBIDDEN, "X-Context-User-ID names no user of this account.")
        }
        // A link or an upload whose time is over, and one that was never made, are not told apart.
        Error::NotFound(_) | Error::Gone(_) | Error::Expired | Error::Forged => plain(StatusCode::NOT_FOUND),
        Error::Malformed { code, field, why } | Error::Invalid { code, field, why } => faulty(*code, field, why),
        Error::TooLarge { .. } => plain(StatusCode::PAYLOAD_TOO_LARGE),
        Error::Quota { .. } => Refusal::new(StatusCode::BAD_REQUEST, "Not enough storage space"),
        Error::Checksum | Error::Length { .. } | Error::UrlRefused => plain(StatusCode::BAD_REQUEST),
        // Waiting would not help an upload that has as many parts as it may.
        Error::TooMany { what: What::Part, .. } => plain(StatusCode::BAD_REQUEST),
        Error::Cut => plain(StatusCode::REQUEST_TIMEOUT),
        Error::Precondition => plain(StatusCode::PRECONDITION_FAILED),
        Error::State { what: What::Upload, .. } => plain(StatusCode::CONFLICT),
        Error::State { .. } => plain(StatusCode::BAD_REQUEST),
        Error::Exists { .. } | Error::Held(_) | Error::InFlight | Error::Offset { .. } | Error::Superseded => {
            plain(StatusCode::CONFLICT)
        }
        Error::Unsupported { .. } => plain(StatusCode::METHOD_NOT_ALLOWED),
        Error::Busy { .. } | Error::Tries { .. } | Error::TooMany { .. } => plain(StatusCode::TOO_MANY_REQUESTS),
        Error::StorageFull => plain(StatusCode::INSUFFICIENT_STORAGE),
        Error::Unavailable(_) => plain(StatusCode::SERVICE_UNAVAILABLE),
        Error::Damaged | Error::Internal(_) => plain(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

fn missing_scope(scope: Scope) -> String {
    match scope::name_granting(scope) {
        Some(name) => format!("The token needs the scope '{name}'."),
        None => format!("The token needs the scope '{scope}'."),
    }
}

/// A value at `place` that cannot be taken. A place that begins with a number is one in a batch, and is told the way
/// that batches tell it.
fn faulty(code: Code, place: &str, why: &str) -> Refusal {
    let first = place.split('.').next().unwrap_or_default();
    if first.is_empty() || !first.bytes().all(|b| b.is_ascii_digit()) {
        return Refusal::new(StatusCode::BAD_REQUEST, format!("{place}: {why}"));
    }
    let fault = ItemError { code: word(code), path: place.to_owned(), detail: why.to_owned() };
    let item = ItemErrors { request_id: first.to_owned(), errors: vec![fault] };
    Refusal { items: vec![item], ..Refusal::new(StatusCode::BAD_REQUEST, "Request validation failed") }
}

/// Kommo's word for a fault where it has one, else ours.
fn word(code: Code) -> &'static str {
    if code == Code::ValueInvalid { "InvalidValue" } else { code.word() }
}

#[cfg(test)]
mod tests;
