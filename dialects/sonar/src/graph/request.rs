//! What clients send: a query, its variables, and which of its operations is meant.

use async_graphql::{Request, Variables};
use attache_http::json::{self, Members};
use attache_model::Result;
use attache_model::limits::Limits;
use http::HeaderMap;
use serde::Deserialize;

/// One operation to run.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Operation {
    query: String,
    #[serde(default)]
    variables: Option<serde_json::Value>,
    #[serde(default)]
    operation_name: Option<String>,
}

impl Operation {
    pub(super) fn into_request(self) -> Request {
        let mut request = Request::new(self.query);
        if let Some(variables) = self.variables {
            request = request.variables(Variables::from_json(variables));
        }
        request.operation_name = self.operation_name;
        request
    }
}

/// Reads a request's body.
pub(super) fn read(_: &HeaderMap, body: &[u8], limits: &Limits) -> Result<Operation> {
    json::parse(body, "body", Members::LastWins, limits)
}
