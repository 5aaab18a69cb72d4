//! Reading requests: path segments, JSON bodies and conditions, strictly.

use crate::Fail;
use attache_core::Condition;
use attache_http::body::{self, Cap};
use attache_http::json::{self, Members};
use attache_http::serve::Conditions;
use attache_model::error::Code;
use attache_model::limits::Limits;
use attache_model::{Error, Result};
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path};
use http::HeaderMap;
use http::request::Parts;
use serde::de::DeserializeOwned;

/// The decoded variable segments of the path.
pub(crate) struct At<T>(pub(crate) T);

impl<T, S> FromRequestParts<S> for At<T>
where
    T: DeserializeOwned + Send,
    S: Send + Sync,
{
    type Rejection = Fail;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fail> {
        let fault = |error: PathRejection| Error::malformed(Code::Utf8Invalid, "path", error.body_text());
        let Path(segments) = Path::from_request_parts(parts, state).await.map_err(fault)?;
        Ok(At(segments))
    }
}

/// A JSON body, with unknown and doubled members refused.
///
/// # Errors
/// Those of [`json::read`].
pub(crate) async fn json<T: DeserializeOwned>(headers: &HeaderMap, body: Body, limits: &Limits) -> Result<T> {
    json::read(headers, body, Members::Once, limits).await
}

/// As [`json`], where an empty body is the default value.
///
/// # Errors
/// Those of [`json::read`].
pub(crate) async fn json_or_default<T>(headers: &HeaderMap, body: Body, limits: &Limits) -> Result<T>
where
    T: DeserializeOwned + Default,
{
    let bytes = body::whole(headers, body, Cap::json(limits), limits).await?;
    if bytes.is_empty() {
        return Ok(T::default());
    }
    json::read(headers, Body::from(bytes), Members::Once, limits).await
}

/// Refuses a body where none is expected, so that nobody believes that it was heeded.
///
/// # Errors
/// [`Code::BodyTooLarge`] for a body of any byte.
pub(crate) async fn nothing(headers: &HeaderMap, body: Body, limits: &Limits) -> Result<()> {
    body::whole(headers, body, Cap { bytes: 0, code: Code::BodyTooLarge }, limits).await.map(drop)
}

/// `If-Match` as a condition of a change.
pub(crate) fn condition(headers: &HeaderMap) -> Condition {
    Conditions::of(headers).if_match().map_or(Condition::Always, Condition::Matches)
}

/// The path behind `/by-path/`, each segment decoded by itself, so that an encoded slash stays part of a name (and is
/// refused with it).
///
/// # Errors
/// [`Code::Utf8Invalid`], [`Code::NameInvalid`] for an encoded slash.
pub(crate) fn path_behind(raw: &str) -> Result<Vec<String>> {
    let (_, path) = raw.split_once("/by-path/").unwrap_or_default();
    let decode = |segment: &str| {
        let text = percent_encoding::percent_decode_str(segment).decode_utf8();
        let text = text.map_err(|_| Error::malformed(Code::Utf8Invalid, "path", "the encoded bytes are not UTF-8"))?;
        attache_model::name::check(&text)
    };
    path.split('/').map(decode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_of_a_path_are_decoded_one_by_one() {
        assert_eq!(path_behind("/v1/files/by-path/a%20b/c.txt").unwrap(), ["a b", "c.txt"]);
    }

    #[test]
    fn an_encoded_slash_or_dot_dot_does_not_make_another_path() {
        for bad in ["a%2Fb", "..%2f..%2fx", "a/../b", "a//b", "a%5Cb", "a/%00"] {
            let error = path_behind(&format!("/v1/files/by-path/{bad}")).unwrap_err();
            assert!(matches!(error, Error::Invalid { code: Code::NameInvalid, .. }), "{bad}");
        }
        let error = path_behind("/v1/files/by-path/%ff").unwrap_err();
        assert!(matches!(error, Error::Malformed { code: Code::Utf8Invalid, .. }));
    }

    #[tokio::test]
    async fn a_body_where_none_is_expected_is_refused() {
        let limits = Limits::default();
        assert!(nothing(&HeaderMap::new(), Body::empty(), &limits).await.is_ok());
        assert!(nothing(&HeaderMap::new(), Body::from("{}"), &limits).await.is_err());
    }
}
