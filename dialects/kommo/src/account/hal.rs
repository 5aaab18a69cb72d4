//! The frame of answers on the account's host: HAL, with links, pages and embedded lists.

use attache_http::{PublicUrl, Query, json_answer};
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode, Uri};
use serde::Serialize;
use std::collections::BTreeMap;

/// The media type of its answers.
const HAL: &str = "application/hal+json";

/// One link.
#[derive(Debug, Serialize)]
pub(crate) struct Link {
    pub(crate) href: String,
}

/// Links by what they lead to.
pub(crate) type Links = BTreeMap<&'static str, Link>;

/// The links of something that has an address of its own.
pub(crate) fn to_self(href: String) -> Links {
    Links::from([("self", Link { href })])
}

/// Items under the name of their list.
pub(crate) type Embedded<T> = BTreeMap<&'static str, Vec<T>>;

/// A list, or a page of one.
#[derive(Debug, Serialize)]
struct Listed<T> {
    #[serde(rename = "_page", skip_serializing_if = "Option::is_none")]
    page: Option<u64>,
    #[serde(rename = "_links")]
    links: Links,
    #[serde(rename = "_embedded")]
    embedded: Embedded<T>,
}

/// An answer with a body.
pub(crate) fn answer(status: StatusCode, value: &impl Serialize) -> Response {
    let mut response = json_answer(status, value);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(HAL));
    response
}

/// The answer to a batch: each item, under the list's name.
pub(crate) fn done<T: Serialize>(href: String, name: &'static str, items: Vec<T>) -> Response {
    answer(StatusCode::OK, &Listed { page: None, links: to_self(href), embedded: Embedded::from([(name, items)]) })
}

/// The answer to a question for a list: 204 where there is nothing.
pub(crate) fn listed<T: Serialize>(name: &'static str, items: Vec<T>, page: Option<u64>, links: Links) -> Response {
    if items.is_empty() {
        return StatusCode::NO_CONTENT.into_response();
    }
    answer(StatusCode::OK, &Listed { page, links, embedded: Embedded::from([(name, items)]) })
}

/// The address of `uri` on this server, with the parameters of `query` but those in `set`, which have these values.
pub(crate) fn link(public: &PublicUrl, uri: &Uri, query: &Query, set: &[(&str, String)]) -> String {
    let segments = uri.path().split('/').skip(1);
    let kept = query.iter().filter(|(name, _)| !set.iter().any(|(other, _)| other == name));
    public.link_with(segments, kept.chain(set.iter().map(|(name, value)| (*name, value.as_str()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_asks_the_same_but_for_what_is_set() {
        let public = PublicUrl::parse("https://crm.example.com/").unwrap();
        let uri: Uri = "/api/v4/leads/notes?filter[id][0]=7&page=1&filter%5Bnote_type%5D=a%26b".parse().unwrap();
        let query = Query::parse(uri.query().unwrap()).unwrap();
        assert_eq!(
            link(&public, &uri, &query, &[("page", "2".to_owned()), ("limit", "50".to_owned())]),
            "https://crm.example.com/api/v4/leads/notes?filter%5Bid%5D%5B0%5D=7&filter%5Bnote_type%5D=a%26b&page=2&limit=50"
        );
    }

    #[test]
    fn an_empty_list_is_no_content() {
        let answer = listed::<u8>("leads", Vec::new(), Some(1), Links::new());
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
        assert!(!answer.headers().contains_key(CONTENT_TYPE));
    }
}
