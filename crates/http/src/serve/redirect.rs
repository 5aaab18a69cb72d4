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
    *method == Method::GET && judges_alike && is_harmless && !is_script(asked) && !is_our_page(asked)
}

/// Whether a script in a browser asks: it may read answers of another origin only where that origin says so.
fn is_script(asked: &HeaderMap) -> bool {
    let mode = asked.get("sec-fetch-mode").map(HeaderValue::as_bytes);
    // Browsers send both; others that send a mode alone follow everywhere.
    asked.contains_key(ORIGIN) || asked.contains_key("sec-fetch-site") && matches!(mode, Some(b"cors" | b"same-origin"))
}

/// Whether a page of this server shows it: our pages load nothing from anywhere else, the store's address included.
fn is_our_page(asked: &HeaderMap) -> bool {
    let is = |name, value: &str| asked.get(name).is_some_and(|found| found == value);
    is("sec-fetch-site", "same-origin") && !is("sec-fetch-mode", "navigate")
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

#[cfg(test)]
mod tests {
    use super::super::{Show, Tag};
    use super::*;
    use attache_model::Time;
    use http::HeaderName;

    fn told(media_type: &str, show: Show) -> Content {
        Content {
            len: 10 << 20,
            tag: Tag::new("v1"),
            last_modified: Time(784_111_777_000_000),
            media_type: media_type.to_owned(),
            name: "caf\u{e9}.bin".to_owned(),
            show,
            cache: Cache::Ask,
            embed: false,
            sha256: None,
            headers: HeaderMap::new(),
        }
    }

    fn asked(headers: &[(&'static str, &'static str)]) -> HeaderMap {
        let header = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        headers.iter().map(header).collect()
    }

    fn leads(method: &Method, headers: &[(&'static str, &'static str)], is_part: bool) -> bool {
        serves(method, &asked(headers), &told("image/png", Show::Inline), is_part)
    }

    #[test]
    fn whoever_just_wants_the_bytes_is_led_to_them() {
        assert!(leads(&Method::GET, &[("accept", "*/*"), ("authorization", "Bearer x")], false));
        assert!(leads(&Method::GET, &[("range", "bytes=0-9999999")], true));
        // A browser that goes there, or shows it in a page of another site.
        for site in ["none", "same-origin"] {
            assert!(leads(&Method::GET, &[("sec-fetch-site", site), ("sec-fetch-mode", "navigate")], false), "{site}");
        }
        assert!(leads(&Method::GET, &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")], false));
        // Node's own client, which is no browser.
        assert!(leads(&Method::GET, &[("sec-fetch-mode", "cors")], false));
    }

    #[test]
    fn nobody_is_led_to_a_store_that_would_judge_otherwise() {
        assert!(!leads(&Method::HEAD, &[], false));
        for condition in ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"] {
            assert!(!leads(&Method::GET, &[(condition, "\"v0\"")], false), "{condition}");
        }
        assert!(!leads(&Method::GET, &[("range", "bytes=1-2"), ("if-range", "\"v1\"")], true));
        // Several ranges, or none that can be read: we answer with the whole.
        assert!(!leads(&Method::GET, &[("range", "bytes=0-1,3-4")], false));
    }

    #[test]
    fn what_our_own_pages_show_stays_here() {
        for range in [&[][..], &[("range", "bytes=0-9999999")]] {
            let shown = [&[("sec-fetch-site", "same-origin"), ("sec-fetch-mode", "no-cors")], range].concat();
            assert!(!leads(&Method::GET, &shown, !range.is_empty()), "{range:?}");
        }
    }

    #[test]
    fn scripts_in_browsers_are_not_led_where_they_may_not_read() {
        assert!(!leads(&Method::GET, &[("origin", "https://crm.example")], false));
        for mode in ["cors", "same-origin"] {
            assert!(
                !leads(&Method::GET, &[("sec-fetch-site", "same-origin"), ("sec-fetch-mode", mode)], false),
                "{mode}"
            );
        }
    }

    #[test]
    fn text_that_is_shown_stays_here_and_text_that_is_saved_does_not() {
        let shown = |media_type, show| serves(&Method::GET, &HeaderMap::new(), &told(media_type, show), false);
        assert!(!shown("text/plain", Show::Inline));
        assert!(!shown("text/html", Show::AsPlainText));
        for media_type in ["text/plain", "text/html", "image/svg+xml", "image/png", "nonsense"] {
            assert!(shown(media_type, Show::Download), "{media_type}");
        }
    }

    #[test]
    fn a_link_gives_the_harmless_form_and_the_name() {
        for hostile in ["text/html", "image/svg+xml", "application/javascript", "image/png\r\nX-Evil: 1"] {
            let wish = wish(&told(hostile, Show::Inline));
            assert_eq!(wish.media_type, "application/octet-stream", "{hostile}");
            assert_eq!(wish.disposition, "attachment; filename=\"caf_.bin\"; filename*=UTF-8''caf%C3%A9.bin");
        }
        let picture = wish(&told("image/png", Show::Inline));
        assert_eq!((&*picture.media_type, picture.disposition.starts_with("inline;")), ("image/png", true));
    }

    #[test]
    fn a_link_ends_no_later_than_what_it_gives_may_be_kept() {
        let life = |cache| wish(&Content { cache, ..told("image/png", Show::Inline) }).life;
        assert_eq!(life(Cache::Private(Duration::from_secs(7))).as_secs(), 7);
        assert_eq!(life(Cache::Private(Duration::ZERO)).as_secs(), 1);
        assert_eq!(life(Cache::Ask), Duration::MAX);
    }

    #[test]
    fn the_way_there_is_kept_by_nobody_and_tells_nobody_where_it_began() {
        let content = Content { headers: asked(&[("x-robots-tag", "noindex")]), ..told("text/html", Show::Download) };
        let answer = to("https://store.example/files/blobs/aa/bb?X-Amz-Signature=0f", &content).unwrap();
        assert_eq!(answer.status(), 302);
        for (name, value) in [
            ("location", "https://store.example/files/blobs/aa/bb?X-Amz-Signature=0f"),
            ("cache-control", "no-store"),
            ("content-length", "0"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("cross-origin-resource-policy", "same-site"),
            ("x-robots-tag", "noindex"),
        ] {
            assert_eq!(answer.headers()[name], value, "{name}");
        }
        assert!(to("https://store.example/\r\nX-Evil: 1", &content).is_none());
    }
}
