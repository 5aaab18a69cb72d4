//! The links that Keap's answers show: `/{key}`, for whoever has the address. A public file's key is all there is to it;
//! a private file's link has a signature that ends soon.
//!
//! A path of one segment that is no key is not ours: it is answered as if these links were not there.

use crate::content::told;
use crate::key::{Key, SIGNATURE};
use crate::{App, Reply};
use attache_core::{Content, Redeemed};
use attache_http::dialect::json_answer;
use attache_http::serve::{Cache, Show, serve_file};
use attache_http::{Dialect, Metrics, Params, RequestInfo, mount, serve};
use attache_model::{Error, Time, What};
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::routing::{any, get};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use serde::Serialize;
use std::time::Duration;
use tower::ServiceExt;

/// Where links lead.
const PATH: &str = "/{key}";
/// Longest time that a browser keeps what a signed link gave, so that taking it back works soon.
const KEPT: Duration = Duration::from_secs(60);
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// Links to files.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Link {}

impl Dialect for Link {
    const NAME: &'static str = "keap_link";

    fn envelope(error: &Error, _: &RequestInfo) -> axum::response::Response {
        json_answer(status(error), &Message { message: error.to_string() })
    }
}

#[derive(Serialize)]
struct Message {
    message: String,
}

/// The links; whatever else has one segment is answered by `otherwise`.
pub(crate) fn router(app: App, metrics: &Metrics, otherwise: Router) -> Router {
    let links = Router::new().route(PATH, get(fetch));
    split(mount::<Link, App>(links, &[], metrics).with_state(app), otherwise)
}

/// Paths of one segment: keys go to `links`, all others to `otherwise`.
fn split(links: Router, otherwise: Router) -> Router {
    let split = async move |mut request: Request| {
        if key(request.uri()).is_some() {
            return links.oneshot(request).await;
        }
        // What it matched is not its route.
        request.extensions_mut().remove::<MatchedPath>();
        otherwise.oneshot(request).await
    };
    Router::new().route(PATH, any(split))
}

/// The key that an address is, to the letter.
fn key(uri: &Uri) -> Option<Key> {
    uri.path().strip_prefix('/')?.parse().ok()
}

/// `GET /{key}`.
async fn fetch(
    State(app): State<App>,
    uri: Uri,
    query: Params<Link>,
    method: Method,
    headers: HeaderMap,
) -> Reply<Link> {
    let key = key(&uri).ok_or(Error::NotFound(What::Route))?;
    let signatures: Vec<&str> = query.all(SIGNATURE).collect();
    let (content, told) = match signatures[..] {
        [] => {
            let content = app.core.public_file(key.account, key.file).await?;
            (content.clone(), of_public(&content))
        }
        [signature] => {
            let redeemed = app.core.redeem(signature).await?;
            check(&redeemed, key)?;
            let told = of_private(&redeemed, app.core.clock().now());
            (redeemed.content, told)
        }
        // One of them could only mean to stand in for the other.
        _ => return Err(Error::Forged.into()),
    };
    Ok(serve_file(&method, &headers, &told, &content).await?)
}

/// Demands that a signature was made for this link: for the file, all of it.
fn check(redeemed: &Redeemed, key: Key) -> Result<(), Error> {
    let is_same = redeemed.account == key.account && redeemed.content.file.id == key.file;
    if is_same && redeemed.size.is_none() { Ok(()) } else { Err(Error::Forged) }
}

/// A public file may be made private at any moment, so whoever has it asks each time whether it still is.
fn of_public(content: &Content) -> serve::Content {
    let mut told = serve::Content { embed: true, ..told(content, Show::Inline) };
    if !content.file.access.is_indexable() {
        told.headers.insert(ROBOTS, HeaderValue::from_static("noindex"));
    }
    told
}

fn of_private(redeemed: &Redeemed, now: Time) -> serve::Content {
    let show = if redeemed.download { Show::Download } else { Show::Inline };
    let cache = Cache::Private(life(redeemed.expires_at, now));
    let mut told = serve::Content { cache, ..told(&redeemed.content, show) };
    told.headers.insert(ROBOTS, HeaderValue::from_static("noindex, nofollow"));
    told
}

/// How long an answer may be kept: never past the link's end.
fn life(end: Time, now: Time) -> Duration {
    let left = u64::try_from(end.seconds().saturating_sub(now.seconds())).unwrap_or(0);
    Duration::from_secs(left).min(KEPT)
}

fn status(error: &Error) -> StatusCode {
    match error {
        Error::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
        Error::Forged | Error::Expired | Error::MissingScope(_) => StatusCode::FORBIDDEN,
        Error::NotFound(_) | Error::Gone(_) => StatusCode::NOT_FOUND,
        Error::Precondition => StatusCode::PRECONDITION_FAILED,
        Error::Malformed { .. }
        | Error::Invalid { .. }
        | Error::TooLarge { .. }
        | Error::Checksum
        | Error::Length { .. }
        | Error::Cut
        | Error::UrlRefused
        | Error::TooMany { .. } => StatusCode::BAD_REQUEST,
        Error::Unsupported { .. } => StatusCode::METHOD_NOT_ALLOWED,
        Error::Exists { .. }
        | Error::State { .. }
        | Error::Held(_)
        | Error::Offset { .. }
        | Error::Superseded
        | Error::InFlight
        | Error::Quota { .. } => StatusCode::CONFLICT,
        Error::Tries { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::Busy { .. } | Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
        Error::StorageFull => StatusCode::INSUFFICIENT_STORAGE,
        Error::Damaged | Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::{Body, to_bytes};

    const KEY: &str = "/at1-00000000-0000-0000-0000-00000000000a-v2";

    #[test]
    fn sg20_an_answer_is_never_kept_past_the_end_of_its_link() {
        let now = Time::from_millis(1_000_000);
        assert_eq!(life(now.plus(Duration::from_secs(900)), now), KEPT);
        assert_eq!(life(now.plus(Duration::from_secs(7)), now).as_secs(), 7);
        assert_eq!(life(now.minus(Duration::from_secs(7)), now).as_secs(), 0);
    }

    #[test]
    fn c08_only_a_whole_path_that_is_a_key_is_a_link() {
        let is_key = |path: &str| key(&path.parse().unwrap()).is_some();
        assert!(is_key(KEY));
        for path in ["/", "/at1", "/healthz", &format!("{KEY}/"), &format!("/{KEY}"), &KEY[..40]] {
            assert!(!is_key(path), "{path}");
        }
    }

    /// Who answers a request.
    async fn answered(method: Method, path: &str) -> String {
        let links = Router::new().route(PATH, get(async |uri: Uri| format!("link {uri}")));
        let says = async |request: Request| {
            let matched = request.extensions().get::<MatchedPath>().is_some();
            format!("{} {} {matched}", request.method(), request.uri().path())
        };
        let otherwise = Router::new().fallback(says);
        let router = split(links, otherwise.clone()).route("/healthz", get(async || "up")).merge(otherwise);
        let request = Request::builder().method(method).uri(path.parse::<Uri>().unwrap());
        let answer = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let status = answer.status().as_u16();
        let body = to_bytes(answer.into_body(), 1 << 10).await.unwrap();
        format!("{status} {}", str::from_utf8(&body).unwrap())
    }

    #[tokio::test]
    async fn what_is_no_key_is_answered_as_if_there_were_no_links() {
        assert_eq!(answered(Method::GET, KEY).await, format!("200 link {KEY}"));
        assert_eq!(answered(Method::DELETE, KEY).await, "405 ");
        assert_eq!(answered(Method::GET, "/healthz").await, "200 up");
        for path in ["/favicon.ico", "/at1", "/", "/a/b", "/%ff"] {
            assert_eq!(answered(Method::GET, path).await, format!("200 GET {path} false"));
            assert_eq!(answered(Method::PUT, path).await, format!("200 PUT {path} false"));
        }
    }

    #[test]
    fn a_link_past_its_time_is_forbidden_and_a_file_that_is_gone_is_not_there() {
        for (error, wanted) in [
            (Error::Forged, 403),
            (Error::Expired, 403),
            (Error::NotFound(What::File), 404),
            (Error::Precondition, 412),
            (Error::StorageFull, 507),
        ] {
            assert_eq!(status(&error).as_u16(), wanted, "{error:?}");
        }
    }
}
