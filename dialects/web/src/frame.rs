//! The record panel for other systems' pages: its script, and the page that is shown in an iframe.

use crate::assets::{self, Kept, harmless};
use crate::{Reply, Site};
use attache_core::Core;
use attache_model::{AccountNo, Error, What};
use axum::Router;
use axum::extract::{RawQuery, State};
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use http::{HeaderMap, HeaderName, HeaderValue};

/// What the page may load. Who may frame it stands behind it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; \
    connect-src 'self'; media-src 'self' blob:; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; \
    frame-ancestors";

/// The script says in it which record it is about, by the address, and gets its token from there or from the page around.
const PAGE: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
    <meta name=\"color-scheme\" content=\"light dark\"><title>Files</title>\
    <script type=\"module\" src=\"/panel.js\"></script></head><body><attache-files frame></attache-files></body></html>";

/// The script and the page.
pub(crate) fn routes() -> Router<Site> {
    Router::new().route("/panel.js", get(script)).route("/panel", get(page))
}

/// Pages of every origin may load it; it knows no secret.
async fn script(asked: HeaderMap) -> Reply {
    let script = assets::find("panel.js").ok_or(Error::NotFound(What::Route))?;
    let mut answer = script.give(&asked, Kept::Asked)?;
    let anybody = HeaderValue::from_static("cross-origin");
    answer.headers_mut().insert(HeaderName::from_static("cross-origin-resource-policy"), anybody);
    answer.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    Ok(answer)
}

async fn page(State(core): State<Core>, RawQuery(query): RawQuery) -> Reply {
    let origins = match account(query.as_deref().unwrap_or_default()) {
        Some(account) => core.panel_origins(account).await?,
        None => String::new(),
    };
    let mut answer = Html(PAGE).into_response();
    let headers = answer.headers_mut();
    harmless(headers);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let policy = HeaderValue::try_from(format!("{POLICY} 'self' {origins}"));
    headers.insert(CONTENT_SECURITY_POLICY, policy.unwrap_or(HeaderValue::from_static("frame-ancestors 'none'")));
    Ok(answer)
}

/// The account whose record is shown, as the address says.
fn account(query: &str) -> Option<AccountNo> {
    let mut parts = query.split('&');
    parts.find_map(|part| part.strip_prefix("account=")?.parse().ok()).map(AccountNo)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_stands_anywhere_in_the_query() {
        assert_eq!(account("record=contact%2F42&account=7"), Some(AccountNo(7)));
        assert_eq!(account("record=contact%2F42"), None);
        assert_eq!(account("account=x"), None);
    }
}
