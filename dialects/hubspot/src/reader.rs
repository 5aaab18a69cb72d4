//! Reading the parameters of a query one by one; an empty one is as if absent, and every fault names the parameter.

use crate::text;
use attache_core::Span;
use attache_http::Query;
use attache_model::error::Code;
use attache_model::{Error, Result, Time};

const TIME_WANTED: &str = "a time such as '2026-01-31T12:00:00.000Z', or milliseconds since 1970";

/// The parameters of a query.
pub(crate) struct Reader<'q>(&'q Query);

impl<'q> Reader<'q> {
    /// Of this query.
    pub(crate) fn of(query: &'q Query) -> Reader<'q> {
        Reader(query)
    }

    /// A text.
    pub(crate) fn text(&self, name: &str) -> Option<&'q str> {
        self.0.first(name).filter(|text| !text.is_empty())
    }

    fn parsed<T>(&self, name: &str, parse: impl Fn(&str) -> Option<T>, wanted: &str) -> Result<Option<T>> {
        let Some(text) = self.text(name) else { return Ok(None) };
        parse(text).map(Some).ok_or_else(|| unreadable(name, text, wanted))
    }

    /// A boolean.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>> {
        self.parsed(name, text::flag, "true or false")
    }

    /// A whole number.
    pub(crate) fn number(&self, name: &str) -> Result<Option<i64>> {
        self.parsed(name, text::number, "a whole number")
    }

    /// A whole number within bounds; `i64::MAX` is no bound.
    pub(crate) fn bounded(&self, name: &str, least: i64, most: i64) -> Result<Option<i64>> {
        let within = |text: &str| text::number(text).filter(|number| (least..=most).contains(number));
        let wanted = match most {
            i64::MAX => format!("a whole number from {least}"),
            most => format!("a whole number from {least} to {most}"),
        };
        self.parsed(name, within, &wanted)
    }

    /// The ids that any of `names` lists; `None` when there are none, which is no filter.
    pub(crate) fn ids(&self, names: &[&str]) -> Result<Option<Vec<i64>>> {
        let mut ids = Vec::new();
        for name in names {
            for text in self.0.list(name) {
                ids.push(text::id(text).ok_or_else(|| unreadable(name, text, "an id of decimal digits"))?);
            }
        }
        Ok((!ids.is_empty()).then_some(ids))
    }

    /// The span that `nameGte` and `nameLte` bound.
    pub(crate) fn ends(&self, name: &str) -> Result<Option<Span>> {
        let from = self.number(&format!("{name}Gte"))?;
        let to = self.number(&format!("{name}Lte"))?;
        Ok(span(from, to))
    }

    /// The span that `name`, `nameGte` and `nameLte` leave together.
    pub(crate) fn numbers(&self, name: &str) -> Result<Option<Span>> {
        let exactly = self.number(name)?;
        let ends = self.ends(name)?.unwrap_or_default();
        Ok(span(later(exactly, ends.from), earlier(exactly, ends.to)))
    }

    /// As [`Reader::numbers`], for times: each names a whole millisecond, bounds included.
    pub(crate) fn moments(&self, name: &str) -> Result<Option<Span>> {
        let read = |name: &str| self.parsed(name, text::moment, TIME_WANTED);
        let first = |time: Time| time.0;
        let last = |time: Time| time.0.saturating_add(999);
        let (exactly, gte, lte) = (read(name)?, read(&format!("{name}Gte"))?, read(&format!("{name}Lte"))?);
        Ok(span(later(exactly.map(first), gte.map(first)), earlier(exactly.map(last), lte.map(last))))
    }

    /// `before`: last changed strictly earlier.
    pub(crate) fn before(&self) -> Result<Option<Span>> {
        let before = self.parsed("before", text::moment, TIME_WANTED)?;
        Ok(before.map(|time| Span { from: None, to: Some(time.0.saturating_sub(1)) }))
    }
}

fn unreadable(name: &str, text: &str, wanted: &str) -> Error {
    Error::malformed(Code::ParameterInvalid, name, format!("'{}' is not {wanted}", text::shown(text)))
}

fn span(from: Option<i64>, to: Option<i64>) -> Option<Span> {
    (from.is_some() || to.is_some()).then_some(Span { from, to })
}

/// The later of two bounds, where either may be open.
fn later(a: Option<i64>, b: Option<i64>) -> Option<i64> {
    a.max(b)
}

/// The earlier of two bounds, where either may be open.
fn earlier(a: Option<i64>, b: Option<i64>) -> Option<i64> {
    a.into_iter().chain(b).min()
}
