//! Sessions of browsers: the cookie that holds one, and the rules under which it lets a request in.
//!
//! A browser sends a cookie by itself, whoever made it ask. So a request that the cookie lets in must come from a page of
//! this server, and one that changes something must carry a header that pages of other sites cannot send.

use crate::PublicUrl;
use crate::dialect::bearer;
use attache_core::{Credential, Session};
use attache_model::error::Code;
use attache_model::token::Secret;
use attache_model::{Error, Result};
use http::header::COOKIE;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method};

/// The cookie's name.
pub const NAME: &str = "attache_session";
/// The header that a request with the cookie carries when it changes something; its value is `1`.
pub const HEADER: HeaderName = HeaderName::from_static("x-attache-session");

const SITE: &str = "sec-fetch-site";

/// The credential of a request to a dialect that our own pages use: the token in `Authorization`, else the session in the
/// cookie. Where both are there the token counts alone, because a page sends it on purpose.
///
/// # Errors
/// [`Code::HeaderInvalid`] for an `Authorization` that cannot be read; [`Code::CrossSite`] for a cookie that came from a page
/// that is not ours.
pub fn bearer_or_session(parts: &Parts) -> Result<Option<Credential>> {
    if let Some(token) = bearer(parts)? {
        return Ok(Some(token));
    }
    let Some(session) = cookie(&parts.headers) else { return Ok(None) };
    from_our_page(&parts.headers)?;
    let reads = matches!(parts.method, Method::GET | Method::HEAD);
    if !reads && parts.headers.get(&HEADER).is_none_or(|value| value != "1") {
        return Err(fault(HEADER.as_str(), "send it with the value 1 beside the cookie, or send a token instead"));
    }
    Ok(Some(Credential::Session(Secret::new(session))))
}

/// Demands that a request comes from a page of this server, from no page at all (an address that was typed in), or from
/// something that is no browser.
///
/// # Errors
/// [`Code::CrossSite`].
pub fn from_our_page(headers: &HeaderMap) -> Result<()> {
    match headers.get(SITE).map(HeaderValue::as_bytes) {
        None | Some(b"same-origin" | b"none") => Ok(()),
        Some(_) => {
            Err(fault(SITE, "a page of another site made this request; sessions are for this server's own pages"))
        }
    }
}

fn fault(header: &str, why: &str) -> Error {
    Error::malformed(Code::CrossSite, header, why)
}

/// The session in the cookie. Where the cookie is there twice somebody else may have set one of them, so neither counts.
fn cookie(headers: &HeaderMap) -> Option<&str> {
    let texts = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = texts.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut ours = pairs.filter(|(name, _)| *name == NAME).map(|(_, value)| value);
    ours.next().filter(|value| !value.is_empty() && ours.next().is_none())
}

/// `Set-Cookie` for a session.
pub fn kept(session: &Session, public: &PublicUrl) -> HeaderValue {
    set(session.secret.reveal(), session.seconds, public)
}

/// `Set-Cookie` that takes it away.
pub fn cleared(public: &PublicUrl) -> HeaderValue {
    set("", 0, public)
}

fn set(value: &str, seconds: u64, public: &PublicUrl) -> HeaderValue {
    let secure = if public.as_str().starts_with("https://") { "; Secure" } else { "" };
    let text = format!("{NAME}={value}; HttpOnly; SameSite=Strict; Path=/; Max-Age={seconds}{secure}");
    // A sealed text is base64url: this cannot fail, and if it did nobody would be signed in.
    let mut value = HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    fn shown(method: Method, headers: &[(&str, &str)]) -> Result<Option<Credential>> {
        let request = Request::builder().method(method);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        bearer_or_session(&request.body(()).unwrap().into_parts().0)
    }

    fn session(found: Result<Option<Credential>>) -> Option<String> {
        match found.unwrap() {
            Some(Credential::Session(secret)) => Some(secret.reveal().to_owned()),
            Some(Credential::Token(secret)) => panic!("{} is a token", secret.reveal()),
            None => None,
        }
    }

    #[test]
    fn a_cookie_lets_in_to_read_without_more() {
        for cookies in ["attache_session=abc", "a=b; attache_session=abc; c=d"] {
            assert_eq!(session(shown(Method::GET, &[("cookie", cookies)])).as_deref(), Some("abc"), "{cookies}");
        }
        let typed = [("cookie", "attache_session=abc"), ("sec-fetch-site", "none")];
        assert_eq!(session(shown(Method::HEAD, &typed)).as_deref(), Some("abc"));
    }

    #[test]
    fn what_is_no_session_lets_nobody_in() {
        for cookies in ["", "attache_session", "attache_session=", "xattache_session=abc", "Attache_Session=abc"] {
            assert_eq!(session(shown(Method::GET, &[("cookie", cookies)])), None, "{cookies}");
        }
    }

    #[test]
    fn of_two_sessions_neither_counts() {
        assert_eq!(session(shown(Method::GET, &[("cookie", "attache_session=a; attache_session=b")])), None);
        let two = [("cookie", "attache_session=a"), ("cookie", "attache_session=b")];
        assert_eq!(session(shown(Method::GET, &two)), None);
    }

    #[test]
    fn a_change_needs_the_header_that_other_sites_cannot_send() {
        let cookie = ("cookie", "attache_session=abc");
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            for headers in [&[cookie][..], &[cookie, ("x-attache-session", "0")], &[cookie, ("x-attache-session", "")]]
            {
                let refused = shown(method.clone(), headers).unwrap_err();
                assert!(matches!(refused, Error::Malformed { code: Code::CrossSite, .. }), "{method} {headers:?}");
            }
            let confirmed = [cookie, ("x-attache-session", "1"), ("sec-fetch-site", "same-origin")];
            assert_eq!(session(shown(method, &confirmed)).as_deref(), Some("abc"));
        }
    }

    #[test]
    fn pages_of_other_sites_are_turned_away_whatever_they_send() {
        for site in ["cross-site", "same-site", "nonsense"] {
            let headers = [("cookie", "attache_session=abc"), ("x-attache-session", "1"), ("sec-fetch-site", site)];
            for method in [Method::GET, Method::POST] {
                assert!(shown(method, &headers).is_err(), "{site}");
            }
        }
    }

    #[test]
    fn a_token_beside_the_cookie_counts_alone() {
        let headers = [("cookie", "attache_session=abc"), ("authorization", "Bearer att_1")];
        let Ok(Some(Credential::Token(token))) = shown(Method::POST, &headers) else { panic!("the token counts") };
        assert_eq!(token.reveal(), "att_1");
    }

    #[test]
    fn the_cookie_is_for_this_server_alone_and_leaves_over_https_where_that_is_spoken() {
        let public = |text| PublicUrl::parse(text).unwrap();
        let plain = set("abc", 60, &public("http://127.0.0.1:8080"));
        assert_eq!(plain, "attache_session=abc; HttpOnly; SameSite=Strict; Path=/; Max-Age=60");
        let gone = cleared(&public("https://files.example.com"));
        assert_eq!(gone, "attache_session=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0; Secure");
    }
}
