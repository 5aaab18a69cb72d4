//! Whole answers, header by header.

use super::*;
use attache_model::Error;
use axum::body::to_bytes;
use futures_util::stream;
use http::header::{IF_MATCH, IF_NONE_MATCH, IF_RANGE};
use std::io;

fn content(bytes: &[u8]) -> Content {
    Content {
        len: bytes.len() as u64,
        tag: Tag::new("v1"),
        last_modified: Time(784_111_777_000_000),
        media_type: "image/png".to_owned(),
        name: "cat.png".to_owned(),
        show: Show::Inline,
        cache: Cache::Ask,
        embed: false,
        sha256: None,
        headers: HeaderMap::new(),
    }
}

async fn ask(method: Method, asked: &[(HeaderName, &str)], bytes: &'static [u8]) -> Result<Response> {
    let asked = asked.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap())).collect();
    serve(&method, &asked, &content(bytes), |range| async move {
        let range = usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap();
        Ok(Body::from(Bytes::from_static(&bytes[range])))
    })
    .await
}

async fn got(method: Method, asked: &[(HeaderName, &str)], bytes: &'static [u8]) -> (u16, HeaderMap, Bytes) {
    let (parts, body) = ask(method, asked, bytes).await.unwrap().into_parts();
    (parts.status.as_u16(), parts.headers, to_bytes(body, usize::MAX).await.unwrap())
}

#[tokio::test]
async fn the_whole_leaves_with_every_safe_header() {
    let (status, headers, body) = got(Method::GET, &[], b"0123456789").await;
    assert_eq!((status, &body[..]), (200, &b"0123456789"[..]));
    for (name, value) in [
        ("content-type", "image/png"),
        ("content-length", "10"),
        ("content-disposition", "inline; filename=\"cat.png\""),
        ("accept-ranges", "bytes"),
        ("etag", "\"v1\""),
        ("last-modified", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("cache-control", "private, no-cache"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("cross-origin-resource-policy", "same-site"),
        ("referrer-policy", "no-referrer"),
    ] {
        assert_eq!(headers[name], value, "{name}");
    }
}

#[tokio::test]
async fn one_range_is_a_206_of_just_these_bytes() {
    let (status, headers, body) = got(Method::GET, &[(RANGE, "bytes=2-4")], b"0123456789").await;
    assert_eq!((status, &body[..]), (206, &b"234"[..]));
    assert_eq!(headers[CONTENT_RANGE], "bytes 2-4/10");
    assert_eq!(headers[CONTENT_LENGTH], "3");
}

#[tokio::test]
async fn a_range_past_the_end_is_a_416_that_tells_the_length() {
    for range in ["bytes=10-", "bytes=-0", "bytes=18446744073709551615-"] {
        let (status, headers, body) = got(Method::GET, &[(RANGE, range)], b"0123456789").await;
        assert_eq!((status, body.len()), (416, 0), "{range}");
        assert_eq!(headers[CONTENT_RANGE], "bytes */10");
    }
    assert_eq!(got(Method::GET, &[(RANGE, "bytes=0-0")], b"").await.0, 416);
}

#[tokio::test]
async fn several_ranges_are_answered_with_the_whole_once() {
    let (status, headers, body) = got(Method::GET, &[(RANGE, "bytes=0-,0-,0-")], b"0123456789").await;
    assert_eq!((status, body.len()), (200, 10));
    assert!(!headers.contains_key(CONTENT_RANGE));
}

#[tokio::test]
async fn a_range_of_an_old_version_gets_the_whole_new_one() {
    let old = [(RANGE, "bytes=2-4"), (IF_RANGE, "\"v0\"")];
    assert_eq!(got(Method::GET, &old, b"0123456789").await.0, 200);
    let same = [(RANGE, "bytes=2-4"), (IF_RANGE, "\"v1\"")];
    assert_eq!(got(Method::GET, &same, b"0123456789").await.0, 206);
}

#[tokio::test]
async fn head_tells_the_whole_length_and_opens_nothing() {
    let asked = HeaderMap::from_iter([(RANGE, HeaderValue::from_static("bytes=2-4"))]);
    let opened = |_| async { panic!("HEAD must not read") };
    let response = serve(&Method::HEAD, &asked, &content(b"0123456789"), opened).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()[CONTENT_LENGTH], "10");
}

#[tokio::test]
async fn a_client_that_has_it_gets_a_304_with_the_tag_and_no_body() {
    let (status, headers, body) = got(Method::GET, &[(IF_NONE_MATCH, "\"v1\"")], b"0123456789").await;
    assert_eq!((status, body.len()), (304, 0));
    assert_eq!(headers[ETAG], "\"v1\"");
    assert!(!headers.contains_key(CONTENT_LENGTH) && !headers.contains_key(CONTENT_TYPE));
}

#[tokio::test]
async fn a_false_if_match_is_an_error_for_the_dialect_to_tell() {
    let asked = [(IF_MATCH, "\"v0\""), (RANGE, "bytes=0-1")];
    assert!(matches!(ask(Method::GET, &asked, b"0123456789").await, Err(Error::Precondition)));
}

#[tokio::test]
async fn small_content_that_breaks_while_it_is_read_is_an_error_and_not_half_an_answer() {
    let broken = |_| async {
        let chunks = [Ok(Bytes::from_static(b"01")), Err(io::Error::other("the disk has gone"))];
        Ok(Body::new(stream::iter(chunks), Some(10)))
    };
    let refused = serve(&Method::GET, &HeaderMap::new(), &content(b"0123456789"), broken).await.unwrap_err();
    assert!(matches!(refused, Error::Unavailable(_)), "it passes, and is no fault of whoever asks: {refused}");
    let short = |_| async { Ok(Body::from(Bytes::from_static(b"01"))) };
    assert!(serve(&Method::GET, &HeaderMap::new(), &content(b"0123456789"), short).await.unwrap_err().is_ours());
}

#[tokio::test]
async fn a_hosted_picture_may_be_embedded_and_a_hosted_script_may_not() {
    let reach = async |media_type: &str| {
        let mut content = content(b"x");
        content.media_type = media_type.to_owned();
        content.show = Show::AsPlainText;
        content.embed = true;
        let open = |_| async { Ok(Body::from(Bytes::from_static(b"x"))) };
        let response = serve(&Method::GET, &HeaderMap::new(), &content, open).await.unwrap();
        response.headers()["cross-origin-resource-policy"].clone()
    };
    assert_eq!(reach("image/png").await, "cross-origin");
    for kind in ["text/javascript", "application/javascript", "text/html", "text/plain", "application/pdf"] {
        assert_eq!(reach(kind).await, "same-site", "{kind}");
    }
}

#[tokio::test]
async fn a_digest_is_shown_in_the_standard_form_and_extra_headers_replace_nothing() {
    let mut content = content(b"x");
    content.sha256 = Some(Sha256([0; 32]));
    content.headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    content.headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("sniff"));
    let open = |_| async { Ok(Body::from(Bytes::from_static(b"x"))) };
    let response = serve(&Method::GET, &HeaderMap::new(), &content, open).await.unwrap();
    assert_eq!(response.headers()["repr-digest"], "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:");
    assert_eq!(response.headers()["x-robots-tag"], "noindex");
    assert_eq!(response.headers()[X_CONTENT_TYPE_OPTIONS], "nosniff");
}
