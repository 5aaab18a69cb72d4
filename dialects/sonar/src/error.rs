//! Every error in Sonar's words: its category, a sentence, and the value that was wrong. GraphQL tells it among the
//! `errors` of an answer, REST by a status and the same list.

mod kind;

pub(crate) use kind::Category;

use crate::scope;
use async_graphql::dynamic::ResolverContext;
use async_graphql::{ErrorExtensionValues, PathSegment, ServerError, Value};
use attache_http::RequestInfo;
use attache_http::dialect::json_answer;
use attache_model::Error;
use axum::response::Response;
use http::StatusCode;
use kind::kind;
use serde_json::{Map, Value as Json, json};

/// Where an error keeps its path on the way.
const PATH: &str = "path";

/// An error in Sonar's words.
struct Told<'e> {
    category: Category,
    /// Where a status can be told.
    status: StatusCode,
    message: String,
    /// The value that was wrong and why.
    validation: Option<(&'e str, &'e str)>,
}

/// A value that is not allowed: `path` says where, such as `input.fileable_id`, and `text` what would be right.
pub(crate) fn refuse(path: impl Into<String>, text: impl Into<String>) -> Error {
    Error::invalid(path, text)
}

/// An error of a resolver, at the field that it resolves. The caller gives it its path.
pub(crate) fn server_error(error: &Error, ctx: &ResolverContext<'_>) -> ServerError {
    let request = RequestInfo::current();
    if let Error::Unavailable(cause) | Error::Internal(cause) = error {
        tracing::error!(dialect = "sonar_graphql", request_id = request.id, cause = %cause, "resolver failed");
    }
    let told = tell(error);
    let mut failed = ServerError::new(told.message.clone(), Some(ctx.ctx.item.pos));
    let mut extensions = ErrorExtensionValues::default();
    for (name, value) in extensions_of(&told, &request) {
        extensions.set(name, Value::from_json(value).unwrap_or_default());
    }
    failed.extensions = Some(extensions);
    failed
}

/// As [`server_error`], for a field that may not be null: its resolver fails with this. The library gives such an error no
/// path, so it travels with the rest until [`take_path`].
pub(crate) fn failure(error: &Error, ctx: &ResolverContext<'_>) -> async_graphql::Error {
    let ServerError { message, path, extensions, .. } = ctx.ctx.set_error_path(server_error(error, ctx));
    let path = path.into_iter().map(|segment| match segment {
        PathSegment::Field(name) => Value::from(name),
        PathSegment::Index(at) => Value::from(at),
    });
    let mut extensions = extensions.unwrap_or_default();
    extensions.set(PATH, Value::List(path.collect()));
    async_graphql::Error { message, source: None, extensions: Some(extensions) }
}

/// Gives an error the path that it carries from [`failure`].
pub(crate) fn take_path(error: &mut ServerError) {
    let Some(extensions) = &mut error.extensions else { return };
    let Some(Value::List(path)) = extensions.get(PATH).cloned() else { return };
    extensions.unset(PATH);
    error.path = path.into_iter().filter_map(segment).collect();
}

fn segment(value: Value) -> Option<PathSegment> {
    match value {
        Value::String(name) => Some(PathSegment::Field(name)),
        Value::Number(at) => at.as_u64().and_then(|at| usize::try_from(at).ok()).map(PathSegment::Index),
        _ => None,
    }
}

/// The answer of REST to an error.
pub(crate) fn rest(error: &Error, request: &RequestInfo) -> Response {
    let told = tell(error);
    json_answer(told.status, &envelope(&told, request))
}

/// The answer of GraphQL to an error that no operation came to.
pub(crate) fn graph(error: &Error, request: &RequestInfo) -> Response {
    let told = tell(error);
    json_answer(told.status, &envelope(&told, request))
}

/// The body of both faces: one sentence for those who look no further, and the list for those who do.
fn envelope(told: &Told<'_>, request: &RequestInfo) -> Json {
    let mut body = json!({
        "message": told.message,
        "errors": [{ "message": told.message, "extensions": extensions_of(told, request) }],
    });
    if told.category == Category::Authentication {
        body["data"] = Json::Null;
    }
    body
}

/// What an error carries for programs.
fn extensions_of(told: &Told<'_>, request: &RequestInfo) -> Map<String, Json> {
    let mut extensions = Map::new();
    extensions.insert("category".to_owned(), told.category.word().into());
    extensions.insert("request_id".to_owned(), request.id.as_str().into());
    if let Some((path, why)) = told.validation {
        extensions.insert("validation".to_owned(), json!({ path: [why] }));
    }
    extensions
}

fn tell(error: &Error) -> Told<'_> {
    let (category, status) = kind(error);
    let message = match error {
        Error::Unauthenticated(_) => "Unauthenticated.".to_owned(),
        Error::MissingScope(lacked) => match scope::granting(*lacked) {
            Some(name) => format!("The token lacks the permission {name}."),
            None => error.to_string(),
        },
        _ => error.to_string(),
    };
    let validation = match error {
        Error::Invalid { field, why, .. } if category == Category::Validation => Some((field.as_str(), why.as_str())),
        _ => None,
    };
    Told { category, status, message, validation }
}

#[cfg(test)]
mod tests;
