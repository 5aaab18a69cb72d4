//! Sessions of browsers: opened with a token, shown, and ended. Who has one may do what the token may.

use crate::types::{SessionPlan, SignedIn, SignedInTo};
use crate::{Admitted, Answer, Params, Site, read};
use attache_core::Caller;
use attache_http::dialect::json_answer;
use attache_http::once::Unrepeatable;
use attache_http::session;
use attache_model::Scope;
use attache_model::token::Secret;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, SET_COOKIE};
use http::{HeaderMap, HeaderValue, StatusCode};

/// Open a session
///
/// For browsers: the answer sets the cookie `attache_session`, which lets requests of this server's own pages in as the token
/// would. Every request with it that is not a GET or HEAD carries `X-Attache-Session: 1`. The session ends after 12 hours, and
/// with its token.
#[utoipa::path(post, path = "/v1/session", tag = "Account", operation_id = "openSession", security(()),
    request_body = SessionPlan,
    responses(
        (status = 200, description = "Who is signed in.", body = SignedIn,
            headers(("Set-Cookie" = String, description = "The session."))),
        (status = 401, description = "The token is unknown, expired or taken back.", body = crate::error::Problem,
            content_type = "application/problem+json"),
    ))]
pub(crate) async fn open(State(site): State<Site>, query: Params, headers: HeaderMap, body: Body) -> Answer {
    query.only(&[])?;
    // A page of another site must not sign anybody in: it could choose as whom.
    session::from_our_page(&headers)?;
    let asked: SessionPlan = read::json(&headers, body, site.core.limits()).await?;
    let opened = site.core.open_session(&Secret::new(asked.token)).await?;
    let mut answer = shown(&site, &opened.caller).await?;
    answer.headers_mut().insert(SET_COOKIE, session::kept(&opened, &site.public));
    answer
        .extensions_mut()
        .insert(Unrepeatable("the session was opened and its cookie was set once; open another one"));
    Ok(answer)
}

/// Show who is signed in
#[utoipa::path(get, path = "/v1/session", tag = "Account", operation_id = "getSession",
    responses((status = 200, description = "Who is signed in.", body = SignedIn)))]
pub(crate) async fn get_one(State(site): State<Site>, who: Admitted, query: Params) -> Answer {
    query.only(&[])?;
    shown(&site, &who.caller).await
}

/// End the session
///
/// The cookie is cleared. The token goes on working.
#[utoipa::path(delete, path = "/v1/session", tag = "Account", operation_id = "endSession", security(()),
    responses((status = 204, description = "The browser has no session any more.")))]
pub(crate) async fn end(State(site): State<Site>, query: Params, headers: HeaderMap) -> Answer {
    query.only(&[])?;
    session::from_our_page(&headers)?;
    let mut answer = StatusCode::NO_CONTENT.into_response();
    answer.headers_mut().insert(SET_COOKIE, session::cleared(&site.public));
    Ok(answer)
}

async fn shown(site: &Site, caller: &Caller) -> Result<Response, crate::Fail> {
    let account = site.core.account(caller).await?;
    let shown = SignedIn {
        account: SignedInTo {
            no: account.no.0,
            name: account.name,
            user: caller.actor().0,
            scopes: caller.scopes().iter().map(Scope::word).collect(),
        },
    };
    let mut answer = json_answer(StatusCode::OK, &shown);
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(answer)
}
