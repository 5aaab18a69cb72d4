//! The page of an intake link, where somebody without an account sends files in. It is whole without its script, which
//! only adds progress and dropping files onto the page.

mod form;
mod page;
mod words;

use crate::assets::harmless;
use crate::{Reply, Site};
use attache_http::RequestInfo;
use attache_model::intake::Standing;
use attache_model::{Error, What};
use axum::Router;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use form::Came;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use maud::Markup;

/// What the page may load: its own style and script. Its form goes to where it came from, and nobody may frame it.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; \
    base-uri 'none'; frame-ancestors 'none'";

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The page, and what lies beside it. No link looks like those two names: a seal has no dots.
pub(crate) fn routes() -> Router<Site> {
    Router::new()
        .route("/intake/page.css", get(async || beside("text/css; charset=utf-8", STYLE)))
        .route("/intake/page.js", get(async || beside("text/javascript; charset=utf-8", SCRIPT)))
        .route("/intake/{sealed}", get(show).post(send))
}

/// The sealed part of the address.
type Sealed = Result<Path<String>, PathRejection>;

/// A text that cannot even be read leads to what every text that we did not seal leads to.
fn seal(sealed: Sealed) -> Result<String, Error> {
    sealed.map(|Path(sealed)| sealed).map_err(|_| Error::NotFound(What::Intake))
}

async fn show(State(site): State<Site>, sealed: Sealed) -> Reply {
    let visitor = site.core.visit_intake(&seal(sealed)?).await?;
    match visitor.standing() {
        Standing::Open => Ok(answer(StatusCode::OK, page::ask(&visitor, &[], None))),
        ended => Ok(answer(StatusCode::GONE, page::ended(&visitor, &[], ended))),
    }
}

async fn send(State(site): State<Site>, sealed: Sealed, headers: HeaderMap, body: Body) -> Reply {
    let visitor = site.core.visit_intake(&seal(sealed)?).await?;
    let came = form::read(visitor.clone(), &headers, body, site.core.limits()).await;
    let (visitor, files, fault) = match came {
        Came::Refused(error) => (visitor, Vec::new(), Some(error)),
        Came::Files { visitor, files, broken } => (*visitor, files, broken),
    };
    fault.iter().chain(files.iter().filter_map(|file| file.end.as_ref().err())).for_each(log);
    let status = status(&files, fault.as_ref());
    let page = match visitor.standing() {
        Standing::Open => page::ask(&visitor, &files, fault.as_ref()),
        ended => page::ended(&visitor, &files, ended),
    };
    let mut answer = answer(status, page);
    if let Some(Error::Busy { after }) = fault {
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(after.as_secs().max(1)));
    }
    Ok(answer)
}

/// Faults of ours are told here alone: the page says nothing of them.
fn log(error: &Error) {
    if let Error::Unavailable(cause) | Error::Internal(cause) = error {
        let request = RequestInfo::current();
        tracing::error!(request_id = request.id, %cause, "a file of an intake could not be taken");
    }
}

/// 200 when something came, else what kept the first file from coming.
fn status(files: &[form::File], fault: Option<&Error>) -> StatusCode {
    if files.iter().any(|file| file.end.is_ok()) {
        return StatusCode::OK;
    }
    let refused = files.iter().find_map(|file| file.end.as_ref().err());
    match fault.or(refused) {
        Some(error) => words::status(error),
        None => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

fn answer(status: StatusCode, page: Markup) -> Response {
    let mut answer = (status, page.into_string()).into_response();
    let headers = answer.headers_mut();
    harmless(headers);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow"));
    answer
}

/// What the page loads.
fn beside(kind: &'static str, text: &'static str) -> Response {
    let mut answer = text.into_response();
    let headers = answer.headers_mut();
    harmless(headers);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    answer
}
