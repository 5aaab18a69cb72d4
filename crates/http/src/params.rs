//! Query parameters, read strictly: a list keeps every value, a single value given twice is an error.

use crate::dialect::{Dialect, Fail};
use attache_model::error::Code;
use attache_model::{Error, Result};
use axum::extract::FromRequestParts;
use http::request::Parts;
use percent_encoding::percent_decode;
use std::borrow::Cow;
use std::fmt::Display;
use std::marker::PhantomData;
use std::ops::Deref;
use std::str::FromStr;

/// The parameters of a query, decoded, in the order they were sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Decodes a raw query (`a=1&b=x+y%20z`); empty pieces between `&` are passed over.
    ///
    /// # Errors
    /// [`Code::Utf8Invalid`] when a name or value is not UTF-8 once decoded.
    pub fn parse(raw: &str) -> Result<Query> {
        let pairs = raw.split('&').filter(|piece| !piece.is_empty()).map(|piece| {
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            let name = decode("query", name)?;
            let value = decode(&name, value)?;
            Ok((name, value))
        });
        pairs.collect::<Result<_>>().map(Query)
    }

    /// Every value of `name`, in order: for repeated keys.
    pub fn all<'q>(&'q self, name: &'q str) -> impl Iterator<Item = &'q str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Every value of `name`, where each may also hold several between commas.
    pub fn each<'q>(&'q self, name: &'q str) -> impl Iterator<Item = &'q str> {
        self.all(name).flat_map(|value| value.split(',')).map(str::trim)
    }

    /// As [`Query::each`], with empty values left out: for faces that do not mind them.
    pub fn list<'q>(&'q self, name: &'q str) -> impl Iterator<Item = &'q str> {
        self.each(name).filter(|value| !value.is_empty())
    }

    /// The first value of `name`, for faces that do not mind more.
    pub fn first(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The value of `name`.
    ///
    /// # Errors
    /// [`Code::DuplicateParameter`] when it was given more than once.
    pub fn one(&self, name: &str) -> Result<Option<&str>> {
        let mut values = self.0.iter().filter(|(n, _)| n == name).map(|(_, value)| value.as_str());
        let first = values.next();
        if values.next().is_some() {
            return Err(Error::malformed(Code::DuplicateParameter, name, "it was given more than once; give it once"));
        }
        Ok(first)
    }

    /// The value of `name` as a `T`; `wanted` says what would be right, such as `a whole number`.
    ///
    /// # Errors
    /// As [`Query::one`], and [`Code::ParameterInvalid`] when it is not a `T`.
    pub fn parsed<T: FromStr>(&self, name: &str, wanted: impl Display) -> Result<Option<T>> {
        let Some(text) = self.one(name)? else { return Ok(None) };
        let parsed = text.parse().map_err(|_| {
            Error::malformed(Code::ParameterInvalid, name, format!("'{}' is not {wanted}", text.escape_debug()))
        });
        parsed.map(Some)
    }

    /// Refuses every parameter that is not in `known`: for strict faces.
    ///
    /// # Errors
    /// [`Code::UnknownParameter`] that names it and those that are known.
    pub fn only(&self, known: &[&str]) -> Result<()> {
        match self.0.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some((name, _)) => {
                let why = match known {
                    [] => "it is not known; this operation takes no parameters".to_owned(),
                    known => format!("it is not known; known are {}", known.join(", ")),
                };
                Err(Error::malformed(Code::UnknownParameter, name.escape_debug().to_string(), why))
            }
        }
    }

    /// All names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

fn decode(field: &str, text: &str) -> Result<String> {
    let blanks = text.replace('+', " ");
    percent_decode(blanks.as_bytes())
        .decode_utf8()
        .map(Cow::into_owned)
        .map_err(|_| Error::malformed(Code::Utf8Invalid, field, "the percent-encoded bytes are not UTF-8"))
}

/// A handler's argument that is the request's [`Query`]; a fault in it is answered in the words of `D`.
pub struct Params<D>(pub Query, PhantomData<fn() -> D>);

impl<D> Deref for Params<D> {
    type Target = Query;

    fn deref(&self) -> &Query {
        &self.0
    }
}

impl<D: Dialect, S: Sync> FromRequestParts<S> for Params<D> {
    type Rejection = Fail<D>;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Fail<D>> {
        let query = Query::parse(parts.uri.query().unwrap_or_default())?;
        Ok(Params(query, PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_form_decoded() {
        let query = Query::parse("name=a+b%2Bc&&flag&p=%2Flib%2F%C3%A4").unwrap();
        assert_eq!(query.first("name"), Some("a b+c"));
        assert_eq!(query.first("flag"), Some(""));
        assert_eq!(query.first("p"), Some("/lib/\u{e4}"));
    }

    #[test]
    fn a_repeated_key_and_a_comma_list_are_the_same_list() {
        let query = Query::parse("ids=1&ids=2,%203,&x=9").unwrap();
        assert_eq!(query.list("ids").collect::<Vec<_>>(), ["1", "2", "3"]);
        assert_eq!(query.each("ids").collect::<Vec<_>>(), ["1", "2", "3", ""]);
        assert_eq!(query.all("ids").collect::<Vec<_>>(), ["1", "2, 3,"]);
    }

    #[test]
    fn a_single_value_given_twice_is_refused() {
        let query = Query::parse("limit=1&limit=2").unwrap();
        let error = query.parsed::<u64>("limit", "a whole number").unwrap_err();
        assert!(matches!(error, Error::Malformed { code: Code::DuplicateParameter, .. }));
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_refused_with_what_would_be_right() {
        let query = Query::parse("limit=-1").unwrap();
        let error = query.parsed::<u64>("limit", "a whole number").unwrap_err();
        assert_eq!(error.to_string(), "limit: '-1' is not a whole number");
        assert_eq!(query.parsed::<u64>("after", "a whole number").unwrap(), None);
    }

    #[test]
    fn unknown_parameters_are_refused_where_the_face_is_strict() {
        let query = Query::parse("limit=1&lmit=2").unwrap();
        assert!(query.only(&["limit", "lmit"]).is_ok());
        let error = query.only(&["limit", "after"]).unwrap_err();
        assert_eq!(error.to_string(), "lmit: it is not known; known are limit, after");
    }

    #[test]
    fn bytes_that_are_not_utf8_are_refused() {
        let error = Query::parse("name=%ff").unwrap_err();
        assert!(matches!(error, Error::Malformed { code: Code::Utf8Invalid, .. }));
    }
}
