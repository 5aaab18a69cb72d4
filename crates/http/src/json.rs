//! JSON bodies, read with limits and with errors that name the member.

use crate::body::{self, Cap};
use attache_model::error::Code;
use attache_model::limits::Limits;
use attache_model::{Error, Result};
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use std::collections::HashSet;
use std::fmt;

/// What to do with a member that is there twice. Unknown members are the type's own matter
/// (`#[serde(deny_unknown_fields)]` on the native face, nothing on the vendors').
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Members {
    /// A doubled member is an error: our own faces.
    Once,
    /// The last one counts where the type lets it: faces whose vendors are lenient.
    LastWins,
}

/// Reads a request's JSON body, which is an object.
///
/// # Errors
/// [`Code::MediaTypeUnsupported`] unless the type is `application/json` or ends in `+json`; [`Code::ValueInvalid`] for an
/// array, those of [`body::whole`] and [`parse`].
pub async fn read<T: DeserializeOwned>(
    headers: &HeaderMap,
    body: axum::body::Body,
    members: Members,
    limits: &Limits,
) -> Result<T> {
    if !is_json(headers) {
        let why = "the body must be JSON with the content type application/json";
        return Err(Error::malformed(Code::MediaTypeUnsupported, "Content-Type", why));
    }
    let bytes = body::whole(headers, body, Cap::json(limits), limits).await?;
    let read = parse(&bytes, "body", members, limits)?;
    // Types take an array for their members in order, which nobody means.
    if !bytes.trim_ascii_start().starts_with(b"{") {
        return Err(Error::invalid("body", "it must be a JSON object"));
    }
    Ok(read)
}

/// Reads JSON from memory: a body, or a part of a form. `field` is what errors call the whole of it.
///
/// # Errors
/// [`Code::Utf8Invalid`] for bytes or escapes that are no text, [`Code::JsonInvalid`] for broken syntax, doubled
/// members and nesting past the limit, [`Code::UnknownField`] and [`Code::ValueInvalid`] for what `T` does not take.
pub fn parse<T: DeserializeOwned>(bytes: &[u8], field: &str, members: Members, limits: &Limits) -> Result<T> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| Error::malformed(Code::Utf8Invalid, field, "the JSON is not UTF-8 text"))?;
    let depth = usize::try_from(limits.json_depth).unwrap_or(usize::MAX);
    let mut walk = serde_json::Deserializer::from_str(text);
    Walk { left: depth, limit: depth, members }
        .deserialize(&mut walk)
        .and_then(|()| walk.end())
        .map_err(|error| unreadable(field, &error))?;
    let mut json = serde_json::Deserializer::from_str(text);
    serde_path_to_error::deserialize(&mut json).map_err(|error| unfit(field, &error))
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let Some(Ok(kind)) = value.map(str::parse::<mime::Mime>) else { return false };
    kind.essence_str() == "application/json" || kind.suffix() == Some(mime::JSON)
}

/// The text is not JSON that we read.
fn unreadable(field: &str, error: &serde_json::Error) -> Error {
    let why = error.to_string();
    // serde_json keeps its kinds of syntax errors to itself; a test holds these two texts.
    if why.contains("surrogate") || why.contains("unexpected end of hex escape") {
        return Error::malformed(
            Code::Utf8Invalid,
            field,
            "a \\u escape is half of a surrogate pair, which is no text",
        );
    }
    Error::malformed(Code::JsonInvalid, field, why)
}

/// The text is JSON, but not a `T`.
fn unfit(field: &str, error: &serde_path_to_error::Error<serde_json::Error>) -> Error {
    let path = error.path().to_string();
    let member = if path == "." { field } else { path.as_str() };
    let why = error.inner().to_string();
    // The position says nothing to a caller who is told the member.
    let why = why.split(" at line ").next().unwrap_or_default();
    if why.starts_with("duplicate field") {
        Error::malformed(Code::JsonInvalid, member, why)
    } else if why.starts_with("unknown field") {
        Error::malformed(Code::UnknownField, member, why)
    } else {
        Error::refuse(Code::ValueInvalid, member, why)
    }
}

/// One walk over the whole text before it is given to its type: depth and doubled members, whatever the type keeps.
#[derive(Clone, Copy)]
struct Walk {
    left: usize,
    limit: usize,
    members: Members,
}

impl Walk {
    fn deeper<E: serde::de::Error>(self) -> Result<Walk, E> {
        match self.left.checked_sub(1) {
            Some(left) => Ok(Walk { left, ..self }),
            None => Err(E::custom(format!("it is nested deeper than {} levels", self.limit))),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Walk {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let inner = self.deeper()?;
        while items.next_element_seed(inner)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let inner = self.deeper()?;
        let mut seen = HashSet::new();
        while let Some(name) = members.next_key::<String>()? {
            members.next_value_seed(inner)?;
            if self.members == Members::Once && seen.contains(&name) {
                return Err(serde::de::Error::custom(format!("the member '{}' is there twice", name.escape_debug())));
            }
            seen.insert(name);
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use serde::Deserialize;
    use std::collections::BTreeMap;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Plan {
        name: String,
        #[serde(default)]
        sizes: Vec<u32>,
    }

    fn plan(text: impl AsRef<[u8]>) -> Result<Plan> {
        parse(text.as_ref(), "body", Members::Once, &Limits::default())
    }

    fn refusal(text: impl AsRef<[u8]>) -> (Code, String) {
        match plan(text).unwrap_err() {
            Error::Malformed { code, field, .. } | Error::Invalid { code, field, .. } => (code, field),
            other => panic!("{other:?} has no code"),
        }
    }

    #[test]
    fn a_fault_is_told_with_the_member_it_is_in() {
        assert_eq!(refusal(r#"{"name": 7}"#), (Code::ValueInvalid, "name".to_owned()));
        assert_eq!(refusal(r#"{"name": "a", "sizes": [1, -2]}"#), (Code::ValueInvalid, "sizes[1]".to_owned()));
        assert_eq!(refusal(r#"{"name": "a", "tenant": 7}"#), (Code::UnknownField, "tenant".to_owned()));
        assert_eq!(refusal("{}"), (Code::ValueInvalid, "body".to_owned()));
        assert_eq!(plan("{}").unwrap_err().to_string(), "body: missing field `name`");
    }

    #[test]
    fn broken_syntax_is_refused() {
        for bad in ["", "{", "{\"name\":\"a\"} x", "[1,]", "NaN", r#"{"name":"a","sizes":[1e400]}"#] {
            assert_eq!(refusal(bad).0, Code::JsonInvalid, "{bad}");
        }
    }

    #[test]
    fn a_doubled_member_is_refused_even_where_the_type_would_keep_the_last() {
        let text = br#"{"a": "1", "\u0061": "2"}"#;
        let read = |members| parse::<BTreeMap<String, String>>(text, "body", members, &Limits::default());
        assert!(matches!(read(Members::Once), Err(Error::Malformed { code: Code::JsonInvalid, .. })));
        assert_eq!(read(Members::LastWins).unwrap()["a"], "2");
    }

    #[test]
    fn nesting_of_the_limit_passes_and_one_more_does_not() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        let read =
            |levels| parse::<serde_json::Value>(nested(levels).as_bytes(), "body", Members::Once, &Limits::default());
        assert!(read(32).is_ok());
        assert!(matches!(read(33), Err(Error::Malformed { code: Code::JsonInvalid, .. })));
        assert!(matches!(read(10_000), Err(Error::Malformed { code: Code::JsonInvalid, .. })));
    }

    #[test]
    fn text_that_is_no_unicode_is_refused() {
        for bad in [
            &b"{\"name\":\"\xff\"}"[..],
            br#"{"name":"\ud800"}"#,
            br#"{"name":"\ud800\u0041"}"#,
            br#"{"name":"\udc00"}"#,
        ] {
            assert_eq!(refusal(bad).0, Code::Utf8Invalid, "{}", String::from_utf8_lossy(bad));
        }
        assert_eq!(plan(r#"{"name":"\ud83d\ude00"}"#).unwrap().name, "\u{1f600}");
    }

    #[tokio::test]
    async fn only_json_types_are_read() {
        let read = async |kind: &'static str| {
            let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))]);
            super::read::<Plan>(&headers, r#"{"name":"a"}"#.into(), Members::Once, &Limits::default()).await
        };
        for good in ["application/json", "application/json; charset=utf-8", "application/merge-patch+json"] {
            assert!(read(good).await.is_ok(), "{good}");
        }
        for bad in ["text/plain", "application/x-www-form-urlencoded", "json", ""] {
            let error = read(bad).await.unwrap_err();
            assert!(matches!(error, Error::Malformed { code: Code::MediaTypeUnsupported, .. }), "{bad}");
        }
    }

    #[tokio::test]
    async fn an_array_is_not_taken_for_the_members_of_an_object() {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        let read = async |text: &'static str| {
            super::read::<Plan>(&headers, text.into(), Members::Once, &Limits::default()).await
        };
        assert!(read(" {\"name\":\"a\"}").await.is_ok());
        assert_eq!(read("[\"a\",[1]]").await.unwrap_err().to_string(), "body: it must be a JSON object");
    }

    #[tokio::test]
    async fn a_body_of_the_limit_passes_and_one_byte_more_does_not() {
        let limits = Limits { json_bytes: 12, ..Limits::default() };
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        let read = async |text: &'static str| super::read::<Plan>(&headers, text.into(), Members::Once, &limits).await;
        assert!(read(r#"{"name":"a"}"#).await.is_ok());
        let error = read(r#"{"name":"ab"}"#).await.unwrap_err();
        assert!(matches!(error, Error::TooLarge { code: Code::BodyTooLarge, limit: 12 }));
    }
}
