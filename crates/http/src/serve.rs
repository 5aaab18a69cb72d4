//! Answering with a file's content: conditions, one range, and headers that keep a hostile file harmless.

mod condition;
mod disposition;
mod range;
mod redirect;
#[cfg(any(test, feature = "fuzz"))]
pub(crate) mod trial;

pub use condition::{Conditions, Tag};
pub use disposition::{Show, disposition};

use crate::digest;
use attache_blobs::Body;
use attache_model::digest::Sha256;
use attache_model::{Result, Time};
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use condition::Verdict;
use disposition::{Form, form};
use futures_util::StreamExt;
use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, ETAG, HeaderName, LAST_MODIFIED, RANGE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use range::Wanted;
use std::ops::Range;
use std::time::Duration;

/// Content up to this many bytes leaves in one piece together with its head: one write, one packet train.
const ONE_PIECE: u64 = 256 << 10;

/// What is told about some content, and how it may be shown and kept.
#[derive(Clone, Debug)]
pub struct Content {
    /// Length in bytes.
    pub len: u64,
    /// Names exactly these bytes: it must change whenever they do.
    pub tag: Tag,
    /// When they last changed.
    pub last_modified: Time,
    /// What the bytes are, as stored. Types that a browser would run leave as `application/octet-stream`.
    pub media_type: String,
    /// The name that a download gets; any text.
    pub name: String,
    /// Whether a browser may show it.
    pub show: Show,
    /// Who may keep it and for how long.
    pub cache: Cache,
    /// Lets pages of other sites embed what is shown (a hosted picture); downloads and plain text stay on this site.
    pub embed: bool,
    /// Shown as `Repr-Digest` when given.
    pub sha256: Option<Sha256>,
    /// Further headers, such as `X-Robots-Tag`. They cannot replace those of this module.
    pub headers: HeaderMap,
}

/// `Cache-Control` of content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cache {
    /// Nobody keeps it.
    Never,
    /// The asking client may keep it, but asks each time whether it still holds. Right for what needs a token.
    Ask,
    /// The asking client may keep it for so long; no shared cache may.
    Private(Duration),
    /// Everybody may keep it for so long.
    Public(Duration),
    /// Everybody may keep it for ever: the URL names a version.
    Immutable,
}

impl Cache {
    fn value(self) -> HeaderValue {
        let text = match self {
            Cache::Never => "no-store".to_owned(),
            Cache::Ask => "private, no-cache".to_owned(),
            Cache::Private(life) => format!("private, max-age={}", life.as_secs()),
            Cache::Public(life) => format!("public, max-age={}", life.as_secs()),
            Cache::Immutable => "public, max-age=31536000, immutable".to_owned(),
        };
        HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("no-store"))
    }
}

/// As [`serve`], for content that is in memory.
///
/// # Errors
/// As [`serve`].
pub async fn serve_bytes(method: &Method, asked: &HeaderMap, content: &Content, bytes: &Bytes) -> Result<Response> {
    let part = |range: Range<u64>| match (usize::try_from(range.start), usize::try_from(range.end)) {
        (Ok(start), Ok(end)) if start <= end && end <= bytes.len() => Ok(Body::from(bytes.slice(start..end))),
        _ => Err(attache_model::Error::bug("a range outside of what is in memory was asked for")),
    };
    serve(method, asked, content, |range| std::future::ready(part(range))).await
}

/// Answers a GET or HEAD for `content`. `open` gives the bytes of a range and is called at most once, and only when
/// bytes are to be sent.
///
/// A false `If-Match` or `If-Unmodified-Since` is [`attache_model::Error::Precondition`], to be told in the dialect's
/// words. A range that cannot be satisfied is a 416 without body. Several ranges and malformed ones are answered with
/// the whole, as RFC 9110 allows.
///
/// # Errors
/// [`attache_model::Error::Precondition`], and those of `open`.
pub async fn serve<F>(
    method: &Method,
    asked: &HeaderMap,
    content: &Content,
    open: impl FnOnce(Range<u64>) -> F,
) -> Result<Response>
where
    F: Future<Output = Result<Body>>,
{
    match judged(method, asked, content)? {
        Judged::Answered(answer) => Ok(*answer),
        Judged::Wanted(part) => sent(method, content, part, open).await,
    }
}

/// As [`serve`], for the content of a file: an answer with many bytes may lead into the store instead, where the operator
/// wants that and the store can. Right where whoever asks follows redirects.
///
/// # Errors
/// As [`serve`].
pub async fn serve_file(
    method: &Method,
    asked: &HeaderMap,
    content: &Content,
    file: &attache_core::Content,
) -> Result<Response> {
    let part = match judged(method, asked, content)? {
        Judged::Answered(answer) => return Ok(*answer),
        Judged::Wanted(part) => part,
    };
    if redirect::serves(method, asked, content, part.is_range) {
        let link = file.link(part.bytes.end - part.bytes.start, redirect::wish(content)).await?;
        if let Some(answer) = link.and_then(|link| redirect::to(&link, content)) {
            return Ok(answer);
        }
    }
    sent(method, content, part, |range| file.read(range)).await
}

/// What a request comes to.
enum Judged {
    /// No bytes are to be sent.
    Answered(Box<Response>),
    /// These are.
    Wanted(Part),
}

/// Bytes that are to be sent.
struct Part {
    bytes: Range<u64>,
    /// A range was asked for, and these are it.
    is_range: bool,
}

fn judged(method: &Method, asked: &HeaderMap, content: &Content) -> Result<Judged> {
    let conditions = Conditions::of(asked);
    match conditions.judge(&content.tag, content.last_modified) {
        Verdict::Send => {}
        Verdict::NotModified => return Ok(Judged::Answered(Box::new(not_modified(content)))),
        Verdict::Failed => return Err(attache_model::Error::Precondition),
    }
    // A range is defined for GET alone, and counts only while If-Range names what we have.
    let ranged = *method == Method::GET && conditions.range_holds(&content.tag);
    Ok(match if ranged { Wanted::of(asked.get_all(RANGE), content.len) } else { Wanted::Whole } {
        Wanted::Whole => Judged::Wanted(Part { bytes: 0..content.len, is_range: false }),
        Wanted::Part(bytes) => Judged::Wanted(Part { bytes, is_range: true }),
        Wanted::Nothing => Judged::Answered(Box::new(unsatisfiable(content))),
    })
}

/// The answer with the bytes of a part.
async fn sent<F>(method: &Method, content: &Content, part: Part, open: impl FnOnce(Range<u64>) -> F) -> Result<Response>
where
    F: Future<Output = Result<Body>>,
{
    let Part { bytes, is_range } = part;
    let body = match *method {
        Method::HEAD => axum::body::Body::empty(),
        _ => outgoing(open, bytes.clone()).await?,
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    *headers = told(content);
    describe(headers, content);
    headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.end - bytes.start));
    if is_range {
        put(headers, CONTENT_RANGE, &format!("bytes {}-{}/{}", bytes.start, bytes.end - 1, content.len));
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}

/// The bytes of a range as a body. Small ones are read first, so that a fault while reading is still an honest error.
async fn outgoing<F>(open: impl FnOnce(Range<u64>) -> F, bytes: Range<u64>) -> Result<axum::body::Body>
where
    F: Future<Output = Result<Body>>,
{
    let len = bytes.end - bytes.start;
    if len == 0 {
        return Ok(axum::body::Body::empty());
    }
    let mut body = open(bytes).await?;
    if len > ONE_PIECE {
        return Ok(axum::body::Body::from_stream(body));
    }
    let mut piece = Bytes::new();
    // It breaks off where it is kept: whoever asks has nothing to do with it.
    while let Some(chunk) = body.next().await.transpose().map_err(attache_core::broken)? {
        piece = if piece.is_empty() {
            chunk
        } else {
            let mut joined = BytesMut::from(piece);
            joined.extend_from_slice(&chunk);
            joined.freeze()
        };
    }
    if piece.len() as u64 != len {
        return Err(attache_model::Error::bug("the opened content has another length than its record"));
    }
    Ok(piece.into())
}

/// Headers that tell which content this is: on 200, 206 and 304.
fn told(content: &Content) -> HeaderMap {
    let mut headers = content.headers.clone();
    headers.insert(CACHE_CONTROL, content.cache.value());
    put(&mut headers, ETAG, &content.tag.quoted());
    put(&mut headers, LAST_MODIFIED, &condition::http_date(content.last_modified));
    headers
}

/// Headers that tell what it is and keep it harmless.
fn describe(headers: &mut HeaderMap, content: &Content) {
    let Form { media_type, inline } = form(&content.media_type, content.show);
    let fallback = HeaderValue::from_static("application/octet-stream");
    headers.insert(CONTENT_TYPE, HeaderValue::try_from(media_type).unwrap_or(fallback));
    put(headers, CONTENT_DISPOSITION, &disposition(inline, &content.name));
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    restrain(headers, content);
    if let Some(digest) = content.sha256.as_ref().and_then(digest::shown) {
        headers.insert(HeaderName::from_static("repr-digest"), digest);
    }
}

/// Headers that tell browsers what not to do with it.
fn restrain(headers: &mut HeaderMap, content: &Content) {
    let Form { media_type, inline } = form(&content.media_type, content.show);
    let embeds = content.embed && inline && !media_type.starts_with("text/");
    let reach = if embeds { "cross-origin" } else { "same-site" };
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static(reach));
}

fn not_modified(content: &Content) -> Response {
    let mut response = Response::new(axum::body::Body::empty());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    *response.headers_mut() = told(content);
    response
}

fn unsatisfiable(content: &Content) -> Response {
    let mut response = Response::new(axum::body::Body::empty());
    *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
    *response.headers_mut() = told(content);
    put(response.headers_mut(), CONTENT_RANGE, &format!("bytes */{}", content.len));
    response
}

/// Sets a header from a text that this module made. One that is no header value is left out: never a panic here.
fn put(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests;
