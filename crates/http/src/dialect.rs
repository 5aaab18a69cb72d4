//! What a dialect is to this crate, and how an error becomes an answer in its words.

use crate::request::{REQUEST_ID, RequestInfo};
use attache_core::{Caller, Core, Credential};
use attache_model::error::{Code, Shown};
use attache_model::token::Secret;
use attache_model::{Error, Result};
use axum::response::{IntoResponse, Response};
use http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use std::marker::PhantomData;
use std::time::Duration;

/// The wire of one vendor, or our own.
pub trait Dialect: Send + Sync + 'static {
    /// Its name in metrics and log lines, such as `hubspot`.
    const NAME: &'static str;

    /// The credential that a request shows, `None` when it shows none. The default takes `Authorization: Bearer`; no
    /// dialect takes a token from the query unless its vendor's clients can do nothing else.
    ///
    /// # Errors
    /// [`Code::HeaderInvalid`] when it shows more than one or one that cannot be read.
    fn credential(parts: &Parts) -> Result<Option<Credential>> {
        bearer(parts)
    }

    /// Who acts, once the credential let `caller` in. The default is the caller; a vendor may let a request name another
    /// user of the same account.
    ///
    /// # Errors
    /// Those of `core` for a user that may not be acted as.
    fn acting(core: &Core, caller: Caller, parts: &Parts) -> impl Future<Output = Result<Caller>> + Send {
        let _ = (core, parts);
        async { Ok(caller) }
    }

    /// The answer to an error, in the dialect's words. It is one `match` without `_`. The request id header, the
    /// challenge of a 401 and `Retry-After` are added by [`Fail`], where the envelope has not set them.
    fn envelope(error: &Error, request: &RequestInfo) -> Response;
}

/// Reads `Authorization: Bearer <token>`.
///
/// # Errors
/// [`Code::HeaderInvalid`] when the header is there twice, is not text, or has no token after `Bearer`.
pub fn bearer(parts: &Parts) -> Result<Option<Credential>> {
    let fault = |why: &str| Err(Error::malformed(Code::HeaderInvalid, "Authorization", why));
    let mut values = parts.headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return fault("the header was sent twice; send it once");
    }
    let Ok(text) = value.to_str() else { return fault("the header is not plain ASCII text") };
    match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
            let token = token.trim_matches(' ');
            if token.is_empty() || token.contains(' ') {
                return fault("one token without blanks must follow 'Bearer'");
            }
            Ok(Some(Credential::Token(Secret::new(token))))
        }
        _ => fault("only 'Bearer <token>' is understood"),
    }
}

/// An error on its way out of a handler of dialect `D`. Handlers return `Result<_, Fail<D>>` and use `?` on
/// [`attache_model::Result`].
pub struct Fail<D>(pub Error, PhantomData<fn() -> D>);

impl<D> Fail<D> {
    /// Wraps an error.
    pub fn new(error: Error) -> Fail<D> {
        Fail(error, PhantomData)
    }
}

impl<D> From<Error> for Fail<D> {
    fn from(error: Error) -> Fail<D> {
        Fail::new(error)
    }
}

impl<D: Dialect> std::fmt::Debug for Fail<D> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Fail<{}>({:?})", D::NAME, self.0)
    }
}

/// The word of an error that was answered; a mark in the answer's extensions for the log line and the metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed(pub &'static str);

/// Nobody knows the token that was shown; a mark as [`Failed`]. One whose time is over is known: clients refresh it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unknown;

/// Marks the answer to an error for the log line, the metrics and the count of unknown tokens. [`Fail`] does; an answer that a
/// dialect made of an error in another way needs it.
pub fn mark(answer: &mut Response, error: &Error) {
    answer.extensions_mut().insert(Failed(word(error)));
    if matches!(error, Error::Unauthenticated(Shown::Unknown)) {
        answer.extensions_mut().insert(Unknown);
    }
}

impl<D: Dialect> IntoResponse for Fail<D> {
    fn into_response(self) -> Response {
        let request = RequestInfo::current();
        if let Error::Unavailable(cause) | Error::Internal(cause) = &self.0 {
            tracing::error!(dialect = D::NAME, request_id = request.id, cause = %cause, "request failed");
        }
        let mut response = D::envelope(&self.0, &request);
        mark(&mut response, &self.0);
        let status = response.status();
        let headers = response.headers_mut();
        if let Ok(id) = HeaderValue::from_str(&request.id) {
            headers.entry(REQUEST_ID).or_insert(id);
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.entry(WWW_AUTHENTICATE).or_insert(HeaderValue::from_static("Bearer"));
        }
        if let Some(after) = retry_after(&self.0) {
            headers.entry(RETRY_AFTER).or_insert(HeaderValue::from(after.as_secs().max(1)));
        }
        response
    }
}

/// When to come again for what is away: a database or an object store is usually back by then, and nobody knows.
const AWAY: Duration = Duration::from_secs(5);

/// How long a client should wait before it tries again, for errors that pass by themselves.
fn retry_after(error: &Error) -> Option<Duration> {
    match error {
        Error::Busy { after } | Error::Tries { after } => Some(*after),
        Error::InFlight => Some(Duration::from_secs(1)),
        Error::Unavailable(_) => Some(AWAY),
        _ => None,
    }
}

/// A stable word for an error, in metrics and log lines: the code's where it has one.
pub fn word(error: &Error) -> &'static str {
    match error {
        Error::Unauthenticated(_) => "unauthenticated",
        Error::MissingScope(_) => "missing_scope",
        Error::NotFound(_) => "not_found",
        Error::Exists { .. } => "exists",
        Error::Malformed { code, .. } | Error::Invalid { code, .. } | Error::TooLarge { code, .. } => code.word(),
        Error::Quota { .. } => "quota",
        Error::Checksum => "checksum",
        Error::Length { .. } => "length",
        Error::Cut => "cut",
        Error::Precondition => "precondition",
        Error::State { .. } => "state",
        Error::Held(_) => "held",
        Error::Offset { .. } => "offset",
        Error::Superseded => "superseded",
        Error::Gone(_) => "gone",
        Error::TooMany { .. } => "too_many",
        Error::Expired => "expired",
        Error::Forged => "forged",
        Error::UrlRefused => "url_refused",
        Error::Unsupported { .. } => "unsupported",
        Error::InFlight => "in_flight",
        Error::Tries { .. } => "too_many_tries",
        Error::Busy { .. } => "busy",
        Error::StorageFull => "storage_full",
        Error::Damaged => "digest_mismatch",
        Error::Unavailable(_) => "unavailable",
        Error::Internal(_) => "internal",
    }
}

/// An answer with a JSON body, for envelopes and handlers. A value that cannot be written as JSON becomes an empty 500
/// and a line in the log.
pub fn json_answer(status: StatusCode, value: &impl serde::Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(body) => (status, [(CONTENT_TYPE, "application/json")], body).into_response(),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written as JSON");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use http::Request;

    /// A dialect for the tests of this crate: the word and the sentence, with plain statuses.
    pub(crate) struct Plain;

    impl Dialect for Plain {
        const NAME: &'static str = "plain";

        fn envelope(error: &Error, request: &RequestInfo) -> Response {
            let status = match error {
                Error::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
                Error::MissingScope(_) => StatusCode::FORBIDDEN,
                Error::NotFound(_) => StatusCode::NOT_FOUND,
                Error::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
                Error::Cut => StatusCode::REQUEST_TIMEOUT,
                Error::Busy { .. } => StatusCode::SERVICE_UNAVAILABLE,
                Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
                _ => StatusCode::BAD_REQUEST,
            };
            json_answer(status, &serde_json::json!({ "error": word(error), "request": request.id }))
        }
    }

    fn shown(headers: &[(&str, &str)]) -> Result<Option<Credential>> {
        let mut request = Request::get("/");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        bearer(&request.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn a_bearer_token_is_found_whatever_the_case_of_the_scheme() {
        for value in ["Bearer att_1", "bearer att_1", "BEARER  att_1"] {
            let Ok(Some(Credential::Token(token))) = shown(&[("Authorization", value)]) else {
                panic!("{value} shows a token")
            };
            assert_eq!(token.reveal(), "att_1");
        }
        assert!(shown(&[]).unwrap().is_none());
    }

    #[test]
    fn two_credentials_or_an_unreadable_one_are_refused() {
        let two = [("Authorization", "Bearer a"), ("Authorization", "Bearer b")];
        for headers in [
            &two[..],
            &[("Authorization", "Basic YTpi")],
            &[("Authorization", "Bearer ")],
            &[("Authorization", "Bearer a b")],
        ] {
            let error = shown(headers).unwrap_err();
            assert!(matches!(error, Error::Malformed { code: Code::HeaderInvalid, .. }), "{headers:?}");
        }
    }

    #[test]
    fn every_failure_names_its_request_and_a_401_names_the_way_in() {
        let answer = Fail::<Plain>::new(Error::Unauthenticated(Shown::Nothing)).into_response();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(answer.headers()[WWW_AUTHENTICATE], "Bearer");
        assert!(answer.headers().contains_key(REQUEST_ID));
        assert_eq!(answer.extensions().get::<Failed>(), Some(&Failed("unauthenticated")));
    }

    #[test]
    fn a_busy_server_says_when_to_come_back() {
        let answer = Fail::<Plain>::new(Error::Busy { after: Duration::from_secs(7) }).into_response();
        assert_eq!(answer.headers()[RETRY_AFTER], "7");
    }

    #[test]
    fn what_is_away_is_to_be_asked_again_soon() {
        let away = Error::unavailable("use the volume", std::io::Error::other("no route"));
        assert_eq!(Fail::<Plain>::new(away).into_response().headers()[RETRY_AFTER], "5");
        let broken = Fail::<Plain>::new(Error::bug("two and two is five")).into_response();
        assert!(!broken.headers().contains_key(RETRY_AFTER));
    }
}
