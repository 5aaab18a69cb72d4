//! What must hold of any bytes that claim to be a request or a query: the property tests and the fuzz target of `fuzz/`
//! ask the same.

use super::operation::Sent;
use super::request::{self, Asked, Kind};
use super::{LANGUAGE, answer, prepare};
use async_graphql::{Response as Came, Value, Variables};
use attache_model::limits::Limits;
use futures_util::FutureExt;

/// Whatever `bytes` are, they are answered as a request, and as a query with variables behind a zero byte.
pub fn any_bytes(bytes: &[u8]) {
    any_request(bytes);
    let Some(end) = bytes.iter().position(|byte| *byte == 0) else { return };
    if let (Ok(query), Ok(variables)) = (str::from_utf8(&bytes[..end]), str::from_utf8(&bytes[end + 1..])) {
        any_query(query, variables);
    }
}

/// Whatever `bytes` are as a body or an address, they are read or refused, and what was read is answered.
pub fn any_request(bytes: &[u8]) {
    let limits = Limits::default();
    for kind in [Kind::Json, Kind::Text] {
        match request::read(kind, bytes, &limits) {
            Ok(Asked::One(sent)) => answered(vec![sent], &limits),
            Ok(Asked::Several(sent)) => answered(sent, &limits),
            Err(_) => {}
        }
    }
    if let Ok(text) = str::from_utf8(bytes)
        && let Ok(Some(Asked::One(sent))) = request::from_address(text, &limits)
    {
        answered(vec![sent], &limits);
    }
}

/// Whatever `query` and the JSON of `variables` are, they are answered. Nobody asks: what needs a caller says so.
pub fn any_query(query: &str, variables: &str) {
    let variables = serde_json::from_str(variables).map(Variables::from_json).unwrap_or_default();
    answered(vec![Sent { query: query.to_owned(), variables, name: None }], &Limits::default());
}

/// Each operation has data or a reason, and no reason tells of the inside.
fn answered(sent: Vec<Sent>, limits: &Limits) {
    let Ok(ready) = prepare(sent, limits) else { return };
    for operation in ready {
        let came = match operation {
            Ok(operation) => LANGUAGE.schema.execute(operation.into_request()).now_or_never(),
            Err(refused) => Some(Came::from_errors(vec![refused])),
        };
        let Some(came) = came.map(answer::told) else { continue };
        assert!(came.data != Value::Null || !came.errors.is_empty(), "neither data nor a reason");
        for error in &came.errors {
            assert!(!error.message.is_empty() && !error.message.starts_with("internal:"), "{}", error.message);
            assert!(error.extensions.as_ref().is_some_and(|more| more.get("category").is_some()), "{}", error.message);
        }
    }
}
