//! For the tests of dialects: a request to answer errors to, and answers as snapshots show them.
#![expect(clippy::unwrap_used, reason = "an answer that cannot be shown has failed its test")]

use crate::RequestInfo;
use axum::response::Response;
use http::Method;
use uuid::Uuid;

/// What is known of a request of this method and path, the same at every run.
pub fn request(method: Method, path: &str) -> RequestInfo {
    RequestInfo { id: "job-17".to_owned(), uuid: Uuid::nil(), method, path: path.to_owned() }
}

/// Status, headers and JSON body of an answer, a line each.
///
/// # Panics
/// When the body is not JSON.
pub async fn told(answer: Response) -> String {
    let (head, body) = answer.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let json: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let headers = head.headers.iter().map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap()));
    format!("{}\n{}\n{}", head.status, headers.collect::<String>(), serde_json::to_string_pretty(&json).unwrap())
}
