//! What an operation came to, as an answer.

use async_graphql::Response as Came;
use attache_http::dialect::json_answer;
use axum::response::Response;
use http::StatusCode;

pub(super) fn answer(came: Came) -> Response {
    json_answer(StatusCode::OK, &came)
}
