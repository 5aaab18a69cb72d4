//! Answers that lead into the store instead of carrying a content's bytes.
//!
//! The store judges the request again, by its own words and times, and sends none of the headers that we send. So an
//! answer leads there only when that makes no difference to whoever asked.

use super::condition::Conditions;
use super::{Cache, Content, Form, disposition, form, put, restrain};
use attache_blobs::LinkWish;
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_LENGTH, LOCATION, ORIGIN, RANGE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use std::time::Duration;

/// Whether a redirect gives the asker what an answer of ours would. `is_part` says that a range was asked for which the
/// content has.
pub(super) fn serves(method: &Method, asked: &HeaderMap, told: &Content, is_part: bool) -> bool {
    let judges_alike = !Conditions::are_in(asked) && asked.contains_key(RANGE) == is_part;
    // Without `nosniff` text can be taken for something else; the other types that are shown cannot.
    let Form { media_type, inline } = form(&told.media_type, told.show);
    let is_harmless = !(inline && media_type.starts_with("text/"));
    *method == Method::GET && judges_alike && is_harmless && !is_script(asked)
}

/// Whether a script in a browser asks: it may read answers of another origin only where that origin says so.
fn is_script(asked: &HeaderMap) -> bool {
    let mode = asked.get("sec-fetch-mode").map(HeaderValue::as_bytes);
    // Browsers send both; others that send a mode alone follow everywhere.
    asked.contains_key(ORIGIN) || asked.contains_key("sec-fetch-site") && matches!(mode, Some(b"cors" | b"same-origin"))
}

/// What the link is to give: what we would have told, and no longer than the content may be kept.
pub(super) fn wish(told: &Content) -> LinkWish {
    let Form { media_type, inline } = form(&told.media_type, told.show);
    let life = match told.cache {
        Cache::Private(life) => life.max(Duration::from_secs(1)),
        Cache::Never | Cache::Ask | Cache::Public(_) | Cache::Immutable => Duration::MAX,
    };
    LinkWish { life, disposition: disposition(inline, &told.name), media_type }
}

/// The answer that leads to `link`; `None` for a link that is no header's value.
pub(super) fn to(link: &str, told: &Content) -> Option<Response> {
    let mut response = Response::new(axum::body::Body::empty());
    // What every client and browser follows with GET.
    *response.status_mut() = StatusCode::FOUND;
    let headers = response.headers_mut();
    *headers = told.headers.clone();
    restrain(headers, told);
    headers.insert(LOCATION, HeaderValue::from_str(link).ok()?);
    headers.insert(CONTENT_LENGTH, HeaderValue::from(0));
    // The next one who asks is to be judged anew.
    put(headers, CACHE_CONTROL, "no-store");
    Some(response)
}
