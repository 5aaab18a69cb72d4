//! Who asks, on every face: `Authorization: Bearer`, else `X-Keap-API-Key`, else the query's `access_token`. One that is
//! there and wrong is not made good by the next.

use attache_core::Credential;
use attache_http::Query;
use attache_http::dialect::bearer;
use attache_model::Result;
use attache_model::token::Secret;
use http::header::AUTHORIZATION;
use http::request::Parts;

/// The header that carries keys.
const KEY: &str = "x-keap-api-key";
/// The parameter that carries a token for clients that can set no header.
const TOKEN: &str = "access_token";

/// The credential of a request. A header that shows none which can be read is none: the gateway tells the two apart by
/// nothing else.
pub(crate) fn credential(parts: &Parts) -> Option<Credential> {
    if parts.headers.contains_key(AUTHORIZATION) {
        return bearer(parts).ok().flatten();
    }
    if let Some(key) = parts.headers.get(KEY) {
        let text = key.to_str().ok()?.trim();
        return (!text.is_empty()).then(|| Credential::Token(Secret::new(text)));
    }
    let query = Query::parse(parts.uri.query().unwrap_or_default()).ok()?;
    query.first(TOKEN).filter(|text| !text.is_empty()).map(|text| Credential::Token(Secret::new(text)))
}

/// Whether a request shows a credential at all, be it one that can be read or not.
pub(crate) fn is_shown(parts: &Parts) -> bool {
    let query = || Query::parse(parts.uri.query().unwrap_or_default());
    [AUTHORIZATION.as_str(), KEY].iter().any(|name| parts.headers.contains_key(*name))
        || query().is_ok_and(|query| query.first(TOKEN).is_some_and(|text| !text.is_empty()))
}

/// As [`credential`], in the form of a dialect's own question.
pub(crate) fn asked(parts: &Parts) -> Result<Option<Credential>> {
    Ok(credential(parts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Request;

    fn shown(target: &str, headers: &[(&str, &str)]) -> Option<String> {
        let request = headers.iter().fold(Request::get(target), |request, (name, value)| request.header(*name, *value));
        match credential(&request.body(()).unwrap().into_parts().0)? {
            Credential::Token(token) => Some(token.reveal().to_owned()),
            Credential::Session(_) => panic!("sessions are not for this dialect"),
        }
    }

    #[test]
    fn c01_the_bearer_wins_over_the_key_and_the_key_over_the_parameter() {
        let (bearer, key) = (("Authorization", "Bearer b"), ("X-Keap-API-Key", "k"));
        assert_eq!(shown("/x?access_token=q", &[bearer, key]).as_deref(), Some("b"));
        assert_eq!(shown("/x?access_token=q", &[key]).as_deref(), Some("k"));
        assert_eq!(shown("/x?access_token=q", &[]).as_deref(), Some("q"));
        assert_eq!(shown("/x", &[]), None);
    }

    #[test]
    fn c01_a_header_without_a_bearer_token_is_not_made_good_by_what_comes_after_it() {
        assert_eq!(shown("/x?access_token=q", &[("Authorization", "Basic YTpi"), ("X-Keap-API-Key", "k")]), None);
        assert_eq!(shown("/x?access_token=q", &[("X-Keap-API-Key", "")]), None);
    }

    #[test]
    fn c01_a_credential_that_cannot_be_read_is_shown_all_the_same() {
        let is = |target: &str, headers: &[(&str, &str)]| {
            let request =
                headers.iter().fold(Request::post(target), |request, (name, value)| request.header(*name, *value));
            is_shown(&request.body(()).unwrap().into_parts().0)
        };
        assert!(is("/x", &[("Authorization", "Basic YTpi")]) && is("/x", &[("X-Keap-API-Key", "")]));
        assert!(is("/x?access_token=q", &[]));
        assert!(!is("/x?access_token=&app=ab1", &[]) && !is("/x", &[("Cookie", "token=q")]));
    }
}
