//! What operations came to, as an answer: every error has its category and the id of the request, and none tells of the
//! inside.

use super::gap;
use crate::error::{Category, take_path};
use async_graphql::{ErrorExtensionValues, Response as Came, ServerError, Value};
use attache_http::dialect::{Failed, json_answer};
use attache_http::{Dialect, RequestInfo};
use axum::response::Response;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Serialize;

/// The type of answers for those who ask for it.
const GRAPHQL: &str = "application/graphql-response+json";
/// The type of answers for everybody else.
const JSON: &str = "application/json";
/// How many errors of one operation are told.
const ERRORS: usize = 20;
/// How the library begins what it says of mistakes of ours.
const OURS: &str = "internal:";

/// The answer to one operation.
pub(super) fn one(came: Came, headers: &HeaderMap) -> Response {
    let failed = word(&came);
    shown(&told(came), failed, headers)
}

/// The answer to several.
pub(super) fn several(came: Vec<Came>, headers: &HeaderMap) -> Response {
    let failed = came.iter().find_map(word);
    shown(&came.into_iter().map(told).collect::<Vec<_>>(), failed, headers)
}

fn shown(body: &impl Serialize, failed: Option<Failed>, headers: &HeaderMap) -> Response {
    let mut answer = json_answer(StatusCode::OK, body);
    if asks_for_graphql(headers) {
        answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(GRAPHQL));
    }
    if let Some(failed) = failed {
        answer.extensions_mut().insert(failed);
    }
    answer
}

/// The word for an operation's first error, for the log line and the counts.
fn word(came: &Came) -> Option<Failed> {
    came.errors.first().map(|error| Failed(category(error).word()))
}

/// An operation's result as it is shown.
pub(super) fn told(mut came: Came) -> Came {
    came.errors.iter_mut().for_each(take_path);
    gap::close(&mut came);
    let all = came.errors.len();
    came.errors.truncate(ERRORS);
    if all > ERRORS {
        came.errors.push(ServerError::new(format!("There are {} more errors.", all - ERRORS), None));
    }
    let request = RequestInfo::current();
    for error in &mut came.errors {
        complete(error, &request);
    }
    came
}

/// Gives an error what it lacks. Those of resolvers have everything; those of the library have a text alone.
fn complete(error: &mut ServerError, request: &RequestInfo) {
    let category = category(error);
    if category == Category::Internal && error.message.starts_with(OURS) {
        tracing::error!(
            dialect = <crate::GraphQl as Dialect>::NAME,
            request_id = request.id,
            cause = error.message,
            "a field has no value"
        );
        error.message = attache_model::Error::bug("a field has no value").to_string();
    }
    let extensions = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
    extensions.set("category", category.word());
    extensions.set("request_id", request.id.as_str());
}

fn category(error: &ServerError) -> Category {
    let given = error.extensions.as_ref().and_then(|extensions| extensions.get("category"));
    match given {
        Some(Value::String(word)) => Category::from_word(word).unwrap_or(Category::Graphql),
        _ if error.message.starts_with(OURS) => Category::Internal,
        _ => Category::Graphql,
    }
}

/// Whether a client that can take either type names the one of GraphQL before the other.
fn asks_for_graphql(headers: &HeaderMap) -> bool {
    let texts = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let types = texts.flat_map(|text| text.split(',')).filter_map(|item| item.trim().parse::<mime::Mime>().ok());
    let mut wanted = types.filter(|kind| !refused(kind));
    wanted.find(|kind| [GRAPHQL, JSON].contains(&kind.essence_str())).is_some_and(|kind| kind.essence_str() == GRAPHQL)
}

/// Whether an item of `Accept` says that it is not wanted.
fn refused(kind: &mime::Mime) -> bool {
    kind.get_param("q").and_then(|q| q.as_str().parse::<f32>().ok()) == Some(0.0)
}

#[cfg(test)]
mod tests;
