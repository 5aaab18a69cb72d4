//! Every error as a line of plain text: a stable word, then a sentence.
#![deny(clippy::wildcard_enum_match_arm)]

use crate::header::{TUS_MAX_SIZE, UPLOAD_OFFSET};
use attache_http::RequestInfo;
use attache_http::dialect::word;
use attache_model::Error;
use attache_model::error::Code;
use axum::response::{IntoResponse, Response};
use http::header::RETRY_AFTER;
use http::{HeaderName, HeaderValue, StatusCode};

/// Seconds after which a client that has too much open may come again.
const TOO_MANY_AGAIN: u64 = 60;

/// The answer to an error.
pub(crate) fn answer(error: &Error) -> Response {
    let mut answer = text(status(error), word(error), &error.to_string());
    if let Some((name, value)) = told(error) {
        answer.headers_mut().insert(name, HeaderValue::from(value));
    }
    answer
}

/// The number that puts a client right, where the error has one.
fn told(error: &Error) -> Option<(HeaderName, u64)> {
    if let Error::Offset { expected } = error {
        Some((UPLOAD_OFFSET, *expected))
    } else if let Error::TooLarge { code: Code::FileTooLarge, limit } = error {
        Some((TUS_MAX_SIZE, *limit))
    } else {
        matches!(error, Error::TooMany { .. }).then_some((RETRY_AFTER, TOO_MANY_AGAIN))
    }
}

/// The answer to a request that speaks another version of the protocol, or none.
pub(crate) fn wrong_version() -> Response {
    let why = "This is tus 1.0: send Tus-Resumable: 1.0.0; Tus-Version tells which versions are spoken.";
    text(StatusCode::PRECONDITION_FAILED, "version", why)
}

/// The answer to a method that an address does not have.
pub(crate) fn wrong_method(request: &RequestInfo) -> Response {
    let why = format!("{} is not possible here; the Allow header tells which methods are.", request.method);
    text(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", &why)
}

/// The answer to bytes for an upload that was made by joining others.
pub(crate) fn already_joined() -> Response {
    let why = "The upload was made by joining others; nothing can be added to it.";
    text(StatusCode::FORBIDDEN, "final", why)
}

fn text(status: StatusCode, word: &str, why: &str) -> Response {
    (status, format!("{word}: {why}\n")).into_response()
}

fn status(error: &Error) -> StatusCode {
    match error {
        Error::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
        Error::MissingScope(_) | Error::Expired | Error::Forged => StatusCode::FORBIDDEN,
        Error::NotFound(_) => StatusCode::NOT_FOUND,
        Error::Gone(_) => StatusCode::GONE,
        Error::Malformed { code: Code::MediaTypeUnsupported, .. } => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Error::Malformed { code: Code::CrossSite, .. } => StatusCode::FORBIDDEN,
        Error::Malformed { .. } | Error::Length { .. } | Error::Unsupported { .. } => StatusCode::BAD_REQUEST,
        Error::Invalid { .. } | Error::UrlRefused => StatusCode::UNPROCESSABLE_ENTITY,
        // No 5xx for what the account may not have: clients would send the same bytes again, to the same end.
        Error::TooLarge { .. } | Error::Quota { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        Error::Checksum => checksum_mismatch(),
        // Clients repeat after a 409 and after no other 4xx: they ask with HEAD where to go on, and do. So it is the
        // answer to a body that was cut too.
        Error::Offset { .. }
        | Error::Superseded
        | Error::Cut
        | Error::Exists { .. }
        | Error::State { .. }
        | Error::Held(_)
        | Error::InFlight => StatusCode::CONFLICT,
        Error::Precondition => StatusCode::PRECONDITION_FAILED,
        Error::TooMany { .. } | Error::Tries { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::Busy { .. } | Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        Error::StorageFull => StatusCode::INSUFFICIENT_STORAGE,
        Error::Damaged | Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// 460, which the protocol made for itself.
fn checksum_mismatch() -> StatusCode {
    StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use attache_model::error::examples::examples;

    async fn line(error: &Error) -> String {
        let answer = answer(error);
        let status = answer.status().as_u16();
        let body = axum::body::to_bytes(answer.into_body(), 1 << 10).await.unwrap();
        format!("{status} {}", String::from_utf8_lossy(&body))
    }

    #[tokio::test]
    async fn every_error_is_a_status_a_word_and_a_sentence() {
        let mut all = String::new();
        for (_, error) in examples() {
            all.push_str(&line(&error).await);
        }
        insta::assert_snapshot!(all);
    }

    #[test]
    fn a_wrong_offset_is_told_with_the_right_one_and_a_length_past_the_limit_with_the_limit() {
        assert_eq!(answer(&Error::Offset { expected: 5 }).headers()[UPLOAD_OFFSET], "5");
        let large = answer(&Error::TooLarge { code: Code::FileTooLarge, limit: 10 });
        assert_eq!(large.headers()[TUS_MAX_SIZE], "10");
    }

    #[test]
    fn errors_are_plain_text() {
        let answer = answer(&Error::Checksum);
        assert_eq!(answer.headers()["content-type"], "text/plain; charset=utf-8");
    }
}
