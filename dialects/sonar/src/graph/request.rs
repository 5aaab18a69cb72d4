//! What clients send: operations one by one or several in a list, in a body or in the address, with variables in each of
//! the forms that clients give them.

use super::operation::Sent;
use async_graphql::Variables;
use attache_http::Query;
use attache_http::json::{self, Members};
use attache_model::error::Code;
use attache_model::limits::Limits;
use attache_model::{Error, Result};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

/// What a request asks for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Asked {
    /// One operation.
    One(Sent),
    /// Operations that are answered with a list.
    Several(Vec<Sent>),
}

/// The types of body that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Operations in JSON.
    Json,
    /// The text of a query alone.
    Text,
}

/// Reads the body of a request, which is of the type `kind`.
///
/// # Errors
/// [`Error::Malformed`] for one that does not hold what it should.
pub(super) fn read(kind: Kind, body: &[u8], limits: &Limits) -> Result<Asked> {
    match kind {
        Kind::Text => {
            let text = str::from_utf8(body)
                .map_err(|_| Error::malformed(Code::Utf8Invalid, "body", "the query is not UTF-8 text"))?;
            Ok(Asked::One(Sent { query: text.to_owned(), ..Sent::default() }))
        }
        Kind::Json => match json::parse(body, "body", Members::LastWins, limits)? {
            Value::Array(items) if items.is_empty() => {
                Err(wrong("body", "an empty list has no operation in it; send one at least"))
            }
            Value::Array(items) => {
                items.into_iter().map(|item| one(item, limits)).collect::<Result<_>>().map(Asked::Several)
            }
            item => one(item, limits).map(Asked::One),
        },
    }
}

/// Reads the query of an address; `None` when there is none in it.
///
/// # Errors
/// [`Error::Malformed`] for what cannot be read.
pub(super) fn from_address(query: &str, limits: &Limits) -> Result<Option<Asked>> {
    let params = Query::parse(query)?;
    let Some(text) = params.one("query")? else { return Ok(None) };
    let variables = params.one("variables")?.map_or(Value::Null, Value::from);
    let name = params.one("operationName")?;
    Ok(Some(Asked::One(Sent {
        query: text.to_owned(),
        variables: variables_of(variables, limits)?,
        name: chosen(name),
    })))
}

/// The type of a request's body.
///
/// # Errors
/// [`Code::MediaTypeUnsupported`] for one that is not read.
pub(super) fn kind(headers: &HeaderMap) -> Result<Kind> {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    match value.map(str::parse::<mime::Mime>) {
        Some(Ok(kind)) if kind.essence_str() == "application/graphql" => Ok(Kind::Text),
        Some(Ok(kind)) if kind.essence_str() == "application/json" || kind.suffix() == Some(mime::JSON) => {
            Ok(Kind::Json)
        }
        _ => {
            let why = "a query comes as JSON with the content type application/json";
            Err(Error::malformed(Code::MediaTypeUnsupported, "Content-Type", why))
        }
    }
}

fn one(item: Value, limits: &Limits) -> Result<Sent> {
    let Value::Object(mut members) = item else {
        return Err(wrong("body", "an operation is an object with the member 'query'"));
    };
    let query =
        text(&mut members, "query")?.ok_or_else(|| wrong("query", "it is missing; send the text of a query"))?;
    let name = text(&mut members, "operationName")?;
    let variables = variables_of(members.remove("variables").unwrap_or_default(), limits)?;
    Ok(Sent { query, variables, name: chosen(name.as_deref()) })
}

/// The member `name`, where it has a value.
fn text(members: &mut Map<String, Value>, name: &str) -> Result<Option<String>> {
    match members.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(wrong(name, "it must be a string")),
    }
}

/// The name of an operation; the empty one names none.
fn chosen(name: Option<&str>) -> Option<String> {
    name.filter(|name| !name.is_empty()).map(str::to_owned)
}

/// Variables in an object, in the JSON text of one, or in the empty list that PHP makes of an empty object.
fn variables_of(sent: Value, limits: &Limits) -> Result<Variables> {
    let value = match sent {
        Value::String(text) if text.trim().is_empty() => Value::Null,
        Value::String(text) => json::parse(text.as_bytes(), "variables", Members::LastWins, limits)?,
        other => other,
    };
    match value {
        Value::Null => Ok(Variables::default()),
        Value::Array(items) if items.is_empty() => Ok(Variables::default()),
        value @ Value::Object(_) => Ok(Variables::from_json(value)),
        _ => Err(wrong("variables", "they must be an object whose members are the variables")),
    }
}

fn wrong(field: &str, why: &str) -> Error {
    Error::malformed(Code::ValueInvalid, field, why)
}

#[cfg(test)]
mod tests;
