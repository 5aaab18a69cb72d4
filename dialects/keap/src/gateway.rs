//! What Keap's gateway answers before a request reaches an API: whoever shows no valid credential gets a fault in JSON,
//! on every path.

use crate::App;
use attache_http::dialect::json_answer;
use attache_http::{Dialect, Fail};
use attache_model::error::Shown;
use attache_model::{Error, What};
use axum::extract::{Request, State};
use axum::response::Response;
use http::StatusCode;
use serde::Serialize;

#[derive(Serialize)]
struct Envelope {
    fault: Fault,
}

#[derive(Serialize)]
struct Fault {
    faultstring: &'static str,
    detail: Detail,
}

#[derive(Serialize)]
struct Detail {
    errorcode: &'static str,
}

/// A fault of the gateway.
pub(crate) fn fault(status: StatusCode, faultstring: &'static str, errorcode: &'static str) -> Response {
    json_answer(status, &Envelope { fault: Fault { faultstring, detail: Detail { errorcode } } })
}

/// The answer to somebody who was not let in.
pub(crate) fn refused(shown: Shown) -> Response {
    let (text, code) = match shown {
        Shown::Nothing => ("Invalid access token", "oauth.v2.InvalidAccessToken"),
        Shown::Unknown => ("Invalid Access Token", "keymanagement.service.invalid_access_token"),
        Shown::Expired => ("Access Token expired", "keymanagement.service.access_token_expired"),
    };
    fault(StatusCode::UNAUTHORIZED, text, code)
}

/// An unknown path below `D`'s: whoever is not let in hears that first.
pub(crate) async fn no_route<D: Dialect>(State(app): State<App>, request: Request) -> Fail<D> {
    Fail::new(not_let_in::<D>(&app, request).await.unwrap_or(Error::NotFound(What::Route)))
}

/// A method that a path of `D`'s does not have: whoever is not let in hears that first.
pub(crate) async fn wrong_method<D: Dialect>(State(app): State<App>, request: Request) -> Fail<D> {
    let why = format!("{} is not possible here; the Allow header tells which methods are", request.method());
    Fail::new(not_let_in::<D>(&app, request).await.unwrap_or(Error::Unsupported { why }))
}

/// What keeps a request's sender out.
async fn not_let_in<D: Dialect>(app: &App, request: Request) -> Option<Error> {
    match D::credential(&request.into_parts().0) {
        Ok(Some(credential)) => app.core.admit(&credential).await.err(),
        Ok(None) => Some(Error::Unauthenticated(Shown::Nothing)),
        Err(error) => Some(error),
    }
}
