//! Every error in HubSpot's envelope: one JSON body for all of them, whatever the status.
#![deny(clippy::wildcard_enum_match_arm)]

use crate::scope;
use crate::types::{Context, Envelope, ErrorDetail};
use attache_http::RequestInfo;
use attache_http::dialect::json_answer;
use attache_model::error::Code;
use attache_model::{Error, Scope, What};
use axum::response::Response;
use http::{HeaderValue, StatusCode};
use std::collections::BTreeMap;

/// The header that repeats the body's `correlationId`.
pub(crate) const CORRELATION_ID: &str = "x-hubspot-correlation-id";
/// The header that tells HubSpot's newer clients whether a repeat can help.
const SHOULD_RETRY: &str = "x-should-retry";

const VALIDATION: &str = "VALIDATION_ERROR";
const CONFLICT: &str = "CONFLICT";
const OURS: &str = "INTERNAL_ERROR";

/// The answer to an error.
pub(crate) fn answer(error: &Error, request: &RequestInfo) -> Response {
    let mut response = refusal(error).into_answer(request);
    if matches!(error, Error::Exists { .. }) {
        // Its clients repeat a 409 by themselves; the same request would meet the same conflict.
        response.headers_mut().insert(SHOULD_RETRY, HeaderValue::from_static("false"));
    }
    response
}

/// The answer to a method that a route does not have.
pub(crate) fn method_not_allowed(request: &RequestInfo) -> Response {
    let message = format!("{} is not possible here.", request.method);
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, VALIDATION, message).into_answer(request)
}

/// The answer to a range that the content does not have, with the headers of `answer` that tell its length.
pub(crate) fn unsatisfiable(answer: Response, request: &RequestInfo) -> Response {
    let message = "The range lies behind the end of the file; Content-Range tells its length.";
    let refusal = Refusal::new(StatusCode::RANGE_NOT_SATISFIABLE, VALIDATION, message);
    let mut told = refusal.into_answer(request);
    let (head, _) = answer.into_parts();
    for (name, value) in &head.headers {
        told.headers_mut().entry(name).or_insert_with(|| value.clone());
    }
    told
}

/// The answer to a request for a signed URL of a file that must never have one.
pub(crate) fn sensitive(request: &RequestInfo) -> Response {
    let message = "Sensitive files have no signed URL; read their content with the download endpoint.";
    Refusal::new(StatusCode::NOT_FOUND, "OBJECT_NOT_FOUND", message).into_answer(request)
}

/// What differs between the answers.
#[derive(Debug)]
struct Refusal {
    status: StatusCode,
    category: &'static str,
    message: String,
    details: Vec<ErrorDetail>,
    sub_category: Option<&'static str>,
    links: BTreeMap<&'static str, &'static str>,
}

impl Refusal {
    fn new(status: StatusCode, category: &'static str, message: impl Into<String>) -> Refusal {
        Refusal {
            status,
            category,
            message: message.into(),
            details: Vec::new(),
            sub_category: None,
            links: BTreeMap::new(),
        }
    }

    fn with(mut self, detail: ErrorDetail) -> Refusal {
        self.details.push(detail);
        self
    }

    fn into_answer(self, request: &RequestInfo) -> Response {
        let limited = self.status == StatusCode::TOO_MANY_REQUESTS;
        let envelope = Envelope {
            status: "error",
            message: self.message,
            correlation_id: request.uuid.to_string(),
            category: self.category,
            sub_category: self.sub_category,
            errors: self.details,
            context: Context::new(),
            links: self.links,
            error_type: limited.then_some("RATE_LIMIT"),
            policy_name: limited.then_some("TEN_SECONDLY_ROLLING"),
        };
        let mut response = json_answer(self.status, &envelope);
        if let Ok(id) = HeaderValue::from_str(&envelope.correlation_id) {
            response.headers_mut().insert(CORRELATION_ID, id);
        }
        response
    }
}

fn refusal(error: &Error) -> Refusal {
    let plain = |status, category| Refusal::new(status, category, error.to_string());
    match error {
        Error::Unauthenticated(_) => plain(StatusCode::UNAUTHORIZED, "INVALID_AUTHENTICATION"),
        Error::MissingScope(scope) => missing_scope(*scope),
        Error::NotFound(_) => plain(StatusCode::NOT_FOUND, "OBJECT_NOT_FOUND"),
        Error::Exists { what, no, .. } => plain(StatusCode::CONFLICT, CONFLICT).with(in_the_way(*what, *no, error)),
        Error::Malformed { code: Code::MediaTypeUnsupported, field, why } => {
            faulty(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::MediaTypeUnsupported, field, why)
        }
        Error::Malformed { code, field, why } | Error::Invalid { code, field, why } => {
            faulty(StatusCode::BAD_REQUEST, *code, field, why)
        }
        Error::TooLarge { code, .. } => {
            let code = Some(code.word().to_owned());
            let detail = ErrorDetail { message: error.to_string(), code, ..ErrorDetail::default() };
            plain(StatusCode::PAYLOAD_TOO_LARGE, VALIDATION).with(detail)
        }
        // No 5xx: its clients would send the whole file again, to the same end.
        Error::Quota { .. } => {
            Refusal { sub_category: Some("QUOTA_EXCEEDED"), ..plain(StatusCode::PAYLOAD_TOO_LARGE, VALIDATION) }
        }
        Error::UrlRefused => {
            let detail = ErrorDetail {
                message: error.to_string(),
                code: Some("url_refused".to_owned()),
                place: Some("url".to_owned()),
                context: Context::new(),
            };
            plain(StatusCode::BAD_REQUEST, VALIDATION).with(detail)
        }
        Error::Checksum | Error::Length { .. } | Error::Unsupported { .. } => {
            plain(StatusCode::BAD_REQUEST, VALIDATION)
        }
        Error::Cut => plain(StatusCode::REQUEST_TIMEOUT, VALIDATION),
        Error::Precondition => plain(StatusCode::PRECONDITION_FAILED, CONFLICT),
        Error::Gone(_) => plain(StatusCode::NOT_FOUND, "OBJECT_NOT_FOUND"),
        Error::TooMany { .. } => plain(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITS"),
        Error::State { .. } | Error::Held(_) | Error::InFlight | Error::Offset { .. } | Error::Superseded => {
            plain(StatusCode::CONFLICT, CONFLICT)
        }
        Error::Expired | Error::Forged => plain(StatusCode::FORBIDDEN, "INVALID_AUTHENTICATION"),
        Error::Busy { .. } | Error::Tries { .. } => plain(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITS"),
        Error::StorageFull => plain(StatusCode::INSUFFICIENT_STORAGE, OURS),
        Error::Unavailable(_) => plain(StatusCode::SERVICE_UNAVAILABLE, OURS),
        Error::Damaged | Error::Internal(_) => plain(StatusCode::INTERNAL_SERVER_ERROR, OURS),
    }
}

/// A value at `place` that cannot be taken. The message names the place, unless it begins with it.
fn faulty(status: StatusCode, code: Code, place: &str, why: &str) -> Refusal {
    let message = if why.starts_with(place) { why.to_owned() } else { format!("{place}: {why}") };
    let detail = ErrorDetail {
        message: why.to_owned(),
        code: Some(code.word().to_owned()),
        place: Some(place.to_owned()),
        context: Context::new(),
    };
    Refusal::new(status, VALIDATION, message).with(detail)
}

fn missing_scope(scope: Scope) -> Refusal {
    let names = scope::names_granting(scope);
    let message = match names.as_slice() {
        [] => format!("The token lacks the scope '{scope}'."),
        names => format!("The token needs one of these scopes: {}.", names.join(", ")),
    };
    let names = names.into_iter().map(str::to_owned).collect();
    let context = Context::from([("requiredGranularScopes", names)]);
    let detail = ErrorDetail { message: message.clone(), context, ..ErrorDetail::default() };
    let links = BTreeMap::from([("scopes", "/docs")]);
    Refusal { links, ..Refusal::new(StatusCode::FORBIDDEN, "MISSING_SCOPES", message) }.with(detail)
}

/// What stands where the caller wanted to put something, by its id.
fn in_the_way(what: What, no: i64, error: &Error) -> ErrorDetail {
    let name = if what == What::Folder { "existingFolderId" } else { "existingFileId" };
    let context = Context::from([(name, vec![no.to_string()])]);
    ErrorDetail { message: error.to_string(), context, ..ErrorDetail::default() }
}

#[cfg(test)]
mod tests;
