//! What an account holds. Kommo's pages ask for this and nobody documents the answers; these are the plainest ones.

use super::Drive;
use crate::Reply;
use attache_http::{Viewing, json_answer};
use http::StatusCode;
use serde_json::json;

/// `GET /v1.0/files/count`.
pub(crate) async fn count(who: Viewing<Drive>) -> Reply<Drive> {
    let (usage, _) = who.view()?.usage().await?;
    Ok(json_answer(StatusCode::OK, &json!({ "count": usage.files })))
}

/// `GET /v1.0/files/stats`: bytes that are used, and the most that may be; `null` is without a limit.
pub(crate) async fn stats(who: Viewing<Drive>) -> Reply<Drive> {
    let (usage, quota) = who.view()?.usage().await?;
    let shown = json!({ "count": usage.files, "used": usage.bytes, "limit": quota.bytes });
    Ok(json_answer(StatusCode::OK, &shown))
}
