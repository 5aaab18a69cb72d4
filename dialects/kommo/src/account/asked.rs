//! What a question for a list asks: pages, and parameters with names in brackets, whose arrays come in several spellings.

use attache_http::Query;
use attache_model::error::Code;
use attache_model::{Error, Result};

/// Items on a page where nobody says.
pub(crate) const LIMIT: u32 = 50;
/// Most items on a page; who asks for more gets as many.
pub(crate) const LIMIT_MAX: u32 = 250;

/// Which part of a list is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// Its number, from 1.
    pub(crate) page: u64,
    /// Most items in it.
    pub(crate) limit: u32,
}

impl Part {
    /// From `page` and `limit`.
    ///
    /// # Errors
    /// `ParameterInvalid` for what is no number from 1.
    pub(crate) fn of(query: &Query) -> Result<Part> {
        let page = number(query, "page", 1)?.unwrap_or(1).unsigned_abs();
        Ok(Part { page, limit: limit(query)? })
    }

    /// How many items stand before it.
    pub(crate) fn offset(self) -> u64 {
        (self.page - 1).saturating_mul(u64::from(self.limit))
    }
}

/// Most items that are asked for.
///
/// # Errors
/// `ParameterInvalid` for what is no number from 1.
pub(crate) fn limit(query: &Query) -> Result<u32> {
    let limit = number(query, "limit", 1)?.and_then(|limit| u32::try_from(limit).ok().or(Some(LIMIT_MAX)));
    Ok(limit.unwrap_or(LIMIT).min(LIMIT_MAX))
}

/// A whole number from `least`; an empty one is as if absent.
///
/// # Errors
/// `ParameterInvalid` for what is none.
pub(crate) fn number(query: &Query, name: &str, least: i64) -> Result<Option<i64>> {
    query.first(name).filter(|text| !text.is_empty()).map(|text| whole(name, text, least)).transpose()
}

/// The whole numbers from `least` that an array holds.
///
/// # Errors
/// `ParameterInvalid` for one that is none.
pub(crate) fn numbers(query: &Query, name: &str, least: i64) -> Result<Vec<i64>> {
    list(query, name).map(|text| whole(name, text, least)).collect()
}

/// The values of an array: `name`, `name[]` and `name[7]` are all the same, and a value may hold several between commas.
pub(crate) fn list<'q>(query: &'q Query, name: &'q str) -> impl Iterator<Item = &'q str> {
    let values = query.iter().filter(move |(full, _)| is_of(full, name)).flat_map(|(_, value)| value.split(','));
    values.map(str::trim).filter(|value| !value.is_empty())
}

/// Whether an array was asked for at all, be it with empty values.
pub(crate) fn is_given(query: &Query, name: &str) -> bool {
    query.iter().any(|(full, _)| is_of(full, name))
}

/// Whether a parameter with the name `full` belongs to the array `name`.
fn is_of(full: &str, name: &str) -> bool {
    full.strip_prefix(name).is_some_and(|rest| rest.is_empty() || is_index(rest))
}

/// `[]` or `[12]`.
fn is_index(text: &str) -> bool {
    let index = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    index.is_some_and(|index| index.bytes().all(|b| b.is_ascii_digit()))
}

fn whole(name: &str, text: &str, least: i64) -> Result<i64> {
    let number = text.parse().ok().filter(|number| *number >= least);
    number.ok_or_else(|| unreadable(name, text, &format!("a whole number from {least}")))
}

/// The fault of a parameter.
pub(crate) fn unreadable(name: &str, text: &str, wanted: &str) -> Error {
    let shown: String = text.chars().take(64).collect();
    Error::malformed(Code::ParameterInvalid, name, format!("'{}' is not {wanted}", shown.escape_debug()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Query {
        Query::parse(text).unwrap()
    }

    #[test]
    fn a_page_is_50_items_and_never_more_than_250() {
        for (asked, part) in [
            ("", (1, 50)),
            ("page=3&limit=25", (3, 25)),
            ("limit=250", (1, 250)),
            ("limit=251", (1, 250)),
            ("limit=99999999999", (1, 250)),
            ("page=&limit=", (1, 50)),
        ] {
            let read = Part::of(&query(asked)).unwrap();
            assert_eq!((read.page, read.limit), part, "{asked}");
        }
        assert_eq!(Part { page: 3, limit: 25 }.offset(), 50);
        assert_eq!(Part { page: u64::MAX, limit: 250 }.offset(), u64::MAX);
    }

    #[test]
    fn a_page_that_cannot_be_is_refused() {
        for asked in ["page=0", "page=-1", "limit=0", "limit=x", "page=1.5"] {
            let error = Part::of(&query(asked)).unwrap_err();
            assert!(matches!(error, Error::Malformed { code: Code::ParameterInvalid, .. }), "{asked}");
        }
    }

    #[test]
    fn arrays_are_read_in_every_spelling() {
        for asked in [
            "filter[id]=7&filter[id]=8",
            "filter[id]=7,8",
            "filter[id][]=7&filter[id][]=8",
            "filter[id][0]=7&filter[id][5]=8",
            "filter%5Bid%5D%5B0%5D=7&filter%5Bid%5D%5B1%5D=8",
        ] {
            assert_eq!(numbers(&query(asked), "filter[id]", 1).unwrap(), [7, 8], "{asked}");
        }
        assert_eq!(numbers(&query("filter[id][from]=7&filter[ids]=8"), "filter[id]", 1).unwrap(), [0; 0]);
        assert!(numbers(&query("filter[id][]=x"), "filter[id]", 1).is_err());
        assert!(is_given(&query("filter[id][]="), "filter[id]"));
    }
}
