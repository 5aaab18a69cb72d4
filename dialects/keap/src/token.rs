//! OAuth's one address, `POST /token`: a client trades a code or a refresh token for a token and the next refresh token.
//! Codes come from `attache grant create`; there is no page to log in at.
#![deny(clippy::wildcard_enum_match_arm)]

use crate::header::HOST;
use crate::key::tenant;
use crate::{App, Reply};
use attache_core::Granted;
use attache_http::body::{self, Cap};
use attache_http::dialect::json_answer;
use attache_http::{Dialect, Metrics, Query, RequestInfo, base64, mount};
use attache_model::error::Code;
use attache_model::limits::Limits;
use attache_model::token::Secret;
use attache_model::{Error, Result, What};
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, PRAGMA, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Serialize;

/// The wire of OAuth's token address (RFC 6749, sections 4.1.3, 5 and 6), as Keap words it.
#[derive(Debug)]
pub(crate) enum Oauth {}

impl Dialect for Oauth {
    const NAME: &'static str = "keap_oauth";

    fn envelope(error: &Error, _: &RequestInfo) -> Response {
        Refusal::of(error).answer()
    }
}

pub(crate) fn router(metrics: &Metrics) -> Router<App> {
    let routes = Router::new().route("/token", post(trade)).route("/token/", post(trade));
    mount::<Oauth, _>(routes, &[], metrics)
}

async fn trade(State(app): State<App>, headers: HeaderMap, body: Body) -> Reply<Oauth> {
    let form = read(&headers, body, app.core.limits()).await?;
    let asked = match Asked::read(&headers, &form)? {
        Ok(asked) => asked,
        Err(refusal) => return Ok(refusal.answer()),
    };
    let Asked { client, secret, voucher, .. } = &asked;
    let granted = match asked.kind {
        Kind::Code => app.core.redeem_code(client, secret, voucher).await,
        Kind::Refresh => app.core.refresh(client, secret, voucher).await,
    };
    match granted {
        Ok(granted) => Ok(shown(&granted, app.core.limits())),
        Err(Error::NotFound(What::Grant)) => Ok(Refusal::bad("invalid_grant", asked.kind.worthless()).answer()),
        Err(error) => Err(error.into()),
    }
}

/// The parameters of a form. A body of JSON has none, as Keap sees it.
async fn read(headers: &HeaderMap, body: Body, limits: &Limits) -> Result<Query> {
    let bytes = body::whole(headers, body, Cap::json(limits), limits).await?;
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.to_ascii_lowercase().contains("json") {
        return Ok(Query::default());
    }
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| Error::malformed(Code::Utf8Invalid, "body", "the form is not UTF-8 text"))?;
    Query::parse(text)
}

/// What is traded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Code,
    Refresh,
}

impl Kind {
    /// The parameter that carries it.
    fn parameter(self) -> &'static str {
        match self {
            Kind::Code => "code",
            Kind::Refresh => "refresh_token",
        }
    }

    /// What is said of one that is worth nothing.
    fn worthless(self) -> &'static str {
        match self {
            Kind::Code => "Invalid authorization code",
            Kind::Refresh => "Invalid refresh token",
        }
    }
}

/// A trade that is asked for.
#[derive(Debug)]
struct Asked {
    kind: Kind,
    client: String,
    secret: Secret,
    voucher: Secret,
}

impl Asked {
    fn read(headers: &HeaderMap, form: &Query) -> Result<Result<Asked, Refusal>> {
        let kind = match form.one("grant_type")?.unwrap_or_default() {
            "authorization_code" => Kind::Code,
            "refresh_token" => Kind::Refresh,
            "" => return Ok(Err(Refusal::bad("invalid_request", "response_type or grant_type is required"))),
            _ => {
                let known = "grant_type is authorization_code or refresh_token";
                return Ok(Err(Refusal::bad("unsupported_grant_type", known)));
            }
        };
        let Some((client, secret)) = client(headers, form)? else { return Ok(Err(Refusal::client())) };
        let Some(voucher) = form.one(kind.parameter())?.filter(|text| !text.is_empty()) else {
            return Ok(Err(Refusal::bad("invalid_request", format!("{} is required", kind.parameter()))));
        };
        Ok(Ok(Asked { kind, client, secret, voucher: Secret::new(voucher) }))
    }
}

/// The client's name and secret: from the header of Basic authentication, else from the form.
fn client(headers: &HeaderMap, form: &Query) -> Result<Option<(String, Secret)>> {
    if let Some(text) = basic(headers) {
        let pair = base64::decode("Authorization", text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let shown = pair.as_deref().and_then(|pair| pair.split_once(':'));
        return Ok(shown.map(|(id, secret)| (id.to_owned(), Secret::new(secret))));
    }
    let (id, secret) = (form.one("client_id")?, form.one("client_secret")?);
    Ok(id.zip(secret).map(|(id, secret)| (id.to_owned(), Secret::new(secret))))
}

/// What stands after `Basic`.
fn basic(headers: &HeaderMap) -> Option<&str> {
    let (scheme, text) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("basic").then_some(text.trim())
}

/// What a trade gave.
#[derive(Serialize)]
struct Shown<'g> {
    access_token: &'g str,
    token_type: &'static str,
    expires_in: u64,
    refresh_token: &'g str,
    scope: String,
}

fn shown(granted: &Granted, limits: &Limits) -> Response {
    unkept(json_answer(
        StatusCode::OK,
        &Shown {
            access_token: granted.token.reveal(),
            token_type: "bearer",
            expires_in: limits.grant_token_life,
            refresh_token: granted.refresh.reveal(),
            scope: format!("full|{}.{HOST}", tenant(granted.account)),
        },
    ))
}

/// An answer that no cache on the way may keep.
fn unkept(mut answer: Response) -> Response {
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer.headers_mut().insert(PRAGMA, HeaderValue::from_static("no-cache"));
    answer
}

/// A refusal in OAuth's words.
#[derive(Debug, Serialize)]
struct Refusal {
    #[serde(skip)]
    status: StatusCode,
    error: &'static str,
    error_description: String,
}

impl Refusal {
    fn new(status: StatusCode, error: &'static str, description: impl Into<String>) -> Refusal {
        Refusal { status, error, error_description: description.into() }
    }

    fn bad(error: &'static str, description: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::BAD_REQUEST, error, description)
    }

    /// For a client that is unknown, or shows no or another secret.
    fn client() -> Refusal {
        Refusal::new(StatusCode::UNAUTHORIZED, "invalid_client", "Client credentials are invalid")
    }

    fn of(error: &Error) -> Refusal {
        let request = |status| Refusal::new(status, "invalid_request", error.to_string());
        match error {
            Error::Unauthenticated(_) => Refusal::client(),
            Error::NotFound(What::Grant) => Refusal::bad("invalid_grant", error.to_string()),
            Error::NotFound(_) | Error::Gone(_) => request(StatusCode::NOT_FOUND),
            Error::TooLarge { .. } | Error::Quota { .. } => request(StatusCode::PAYLOAD_TOO_LARGE),
            Error::Cut => request(StatusCode::REQUEST_TIMEOUT),
            Error::MissingScope(_)
            | Error::Exists { .. }
            | Error::Malformed { .. }
            | Error::Invalid { .. }
            | Error::Checksum
            | Error::Length { .. }
            | Error::Precondition
            | Error::State { .. }
            | Error::Held(_)
            | Error::Offset { .. }
            | Error::Superseded
            | Error::TooMany { .. }
            | Error::Expired
            | Error::Forged
            | Error::UrlRefused
            | Error::Unsupported { .. }
            | Error::InFlight => request(StatusCode::BAD_REQUEST),
            Error::Busy { .. } | Error::Tries { .. } | Error::StorageFull | Error::Unavailable(_) => {
                Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", error.to_string())
            }
            Error::Damaged | Error::Internal(_) => {
                Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", error.to_string())
            }
        }
    }

    fn answer(&self) -> Response {
        let mut answer = json_answer(self.status, self);
        if self.status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Basic realm=\"token\"");
            answer.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        unkept(answer)
    }
}

#[cfg(test)]
mod tests;
