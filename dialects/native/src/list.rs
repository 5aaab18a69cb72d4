//! Pages of lists: where they begin, how many items they hold, and how the next one is told.

use crate::types;
use attache_core::{Order, Start};
use attache_http::{PublicUrl, Query, RequestInfo, encode, json_answer};
use attache_model::error::Code;
use attache_model::limits::Limits;
use attache_model::page::{Next, Page};
use attache_model::{Error, Result};
use axum::response::Response;
use http::header::LINK;
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use utoipa::IntoParams;

/// Items on a page that names no limit.
const DEFAULT_LIMIT: u64 = 100;

/// Which page of a list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it only describes the query; a test holds its names against those that are read")]
pub(crate) struct PageParams {
    /// Most items on the page: 1 to 1000, 100 where it is not given.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
    /// `next_cursor` of the page before, with all other parameters as they were.
    cursor: Option<String>,
}

/// The names of the parameters of a page.
pub(crate) const PAGE: [&str; 2] = ["limit", "cursor"];

/// Most items on the page.
///
/// # Errors
/// [`Code::ParameterInvalid`] outside 1 to the limit `page_items`.
pub(crate) fn limit(query: &Query, limits: &Limits) -> Result<u32> {
    let most = limits.page_items;
    let wanted = format!("a whole number from 1 to {most}");
    let limit = query.parsed::<u64>("limit", &wanted)?.unwrap_or(DEFAULT_LIMIT.min(most));
    match u32::try_from(limit) {
        Ok(limit) if limit >= 1 && u64::from(limit) <= most => Ok(limit),
        _ => Err(Error::malformed(Code::ParameterInvalid, "limit", format!("'{limit}' is not {wanted}"))),
    }
}

/// The values of a list parameter: `None` when it was not given, and an empty list, of which nothing is one, when it was
/// given without a value.
///
/// # Errors
/// Those of `read`, which is also given an empty value that stands beside others.
pub(crate) fn values<T>(query: &Query, name: &str, read: impl Fn(&str) -> Result<T>) -> Result<Option<Vec<T>>> {
    let mut given = query.each(name).peekable();
    if given.peek().is_none() {
        return Ok(None);
    }
    match query.list(name).next() {
        Some(_) => given.map(read).collect::<Result<_>>().map(Some),
        None => Ok(Some(Vec::new())),
    }
}

/// A number from 0 that the database can hold; `wanted` says what it counts.
///
/// # Errors
/// [`Code::ParameterInvalid`] below and above, and for what is no number.
pub(crate) fn whole(query: &Query, name: &str, wanted: &str) -> Result<Option<i64>> {
    match query.parsed::<i64>(name, wanted)? {
        Some(number) if number < 0 => {
            Err(Error::malformed(Code::ParameterInvalid, name, format!("'{number}' is not {wanted}")))
        }
        number => Ok(number),
    }
}

/// Where the page begins.
///
/// # Errors
/// [`Code::DuplicateParameter`]; what the cursor is worth is core's to say.
pub(crate) fn start(query: &Query) -> Result<Start> {
    Ok(query.one("cursor")?.map_or(Start::First, |cursor| Start::Cursor(cursor.to_owned())))
}

/// One of `keys`, with `-` before it for descending order.
///
/// # Errors
/// [`Code::SortInvalid`] that names the keys.
pub(crate) fn order<S: Copy>(text: &str, keys: &[(&str, S)]) -> Result<Order<S>> {
    let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
    match keys.iter().find(|(key, _)| *key == name) {
        Some((_, by)) => Ok(Order { by: *by, descending }),
        None => {
            let known: Vec<_> = keys.iter().map(|(key, _)| *key).collect();
            let why = format!("known are {}, with '-' before them for descending order", known.join(", "));
            Err(Error::malformed(Code::SortInvalid, "sort", why))
        }
    }
}

/// The answer for a page, with a `Link` to the next one.
pub(crate) fn answer<T: Serialize>(page: Page<T>, query: &Query, public: &PublicUrl) -> Response {
    answer_as(page, query, public, |items, next_cursor| types::Page { items, next_cursor })
}

/// As [`answer`], in a body that holds more than the page.
pub(crate) fn answer_as<T, B: Serialize>(
    page: Page<T>,
    query: &Query,
    public: &PublicUrl,
    body: impl FnOnce(Vec<T>, Option<String>) -> B,
) -> Response {
    let next_cursor = match page.next {
        Some(Next::Cursor(cursor)) => Some(cursor),
        Some(Next::Offset(_)) | None => None,
    };
    let link = next_cursor.as_deref().and_then(|cursor| next_link(cursor, query, public));
    let mut answer = json_answer(StatusCode::OK, &body(page.items, next_cursor));
    if let Some(link) = link {
        answer.headers_mut().insert(LINK, link);
    }
    answer
}

/// RFC 8288: the same request with the next cursor.
fn next_link(cursor: &str, query: &Query, public: &PublicUrl) -> Option<HeaderValue> {
    let mut link = format!("<{public}{}?", RequestInfo::current().path);
    for (name, value) in query.iter().filter(|(name, _)| *name != "cursor") {
        link.push_str(&format!("{}={}&", encode(name), encode(value)));
    }
    link.push_str(&format!("cursor={}>; rel=\"next\"", encode(cursor)));
    HeaderValue::from_str(&link).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str) -> Result<u32> {
        limit(&Query::parse(query).unwrap(), &Limits::default())
    }

    #[test]
    fn a_page_of_the_limit_is_given_and_one_more_is_refused() {
        assert_eq!(asked("limit=1000").unwrap(), 1000);
        assert_eq!(asked("").unwrap(), 100);
        for bad in ["limit=1001", "limit=0", "limit=-1", "limit=x", "limit=99999999999", "limit=1&limit=2"] {
            assert!(asked(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_number_is_taken_to_the_last_one_that_the_database_holds() {
        let read = |query: &str| whole(&Query::parse(query).unwrap(), "after", "a whole number");
        assert_eq!(read("after=9223372036854775807").unwrap(), Some(i64::MAX));
        assert_eq!(read("after=0").unwrap(), Some(0));
        assert_eq!(read("").unwrap(), None);
        for bad in ["after=-1", "after=9223372036854775808", "after=x", "after="] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_document_names_the_parameters_that_are_read() {
        let documented: Vec<_> = PageParams::into_params(|| None).into_iter().map(|parameter| parameter.name).collect();
        assert_eq!(documented, PAGE);
    }

    #[test]
    fn the_next_page_is_told_in_the_body_and_as_a_link_with_the_same_filters() {
        let query = Query::parse("name=a%26b&cursor=old&limit=2").unwrap();
        let public = PublicUrl::parse("https://files.example.com").unwrap();
        let page = Page { items: vec![1, 2], next: Some(Next::Cursor("new=".into())) };
        let answer = answer(page, &query, &public);
        let link = answer.headers()[LINK].to_str().unwrap();
        assert_eq!(link, "<https://files.example.com?name=a%26b&limit=2&cursor=new%3D>; rel=\"next\"");
    }
}
