//! Links from one page of a list to its neighbours.

use super::asked::Part;
use super::hal::{Link, Links, link};
use attache_http::{PublicUrl, Query};
use http::Uri;

/// The links of a page: to itself, and to the pages around it where there are any.
pub(crate) fn links(public: &PublicUrl, uri: &Uri, query: &Query, part: Part, more: bool) -> Links {
    let to = |page: u64| {
        let set = [("page", page.to_string()), ("limit", part.limit.to_string())];
        Link { href: link(public, uri, query, &set) }
    };
    let mut links = Links::from([("self", to(part.page))]);
    if part.page > 1 {
        links.insert("first", to(1));
        links.insert("prev", to(part.page - 1));
    }
    if more {
        links.insert("next", to(part.page.saturating_add(1)));
    }
    links
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links_of(text: &str, more: bool) -> Vec<(&'static str, String)> {
        let public = PublicUrl::parse("https://crm.example.com").unwrap();
        let uri: Uri = format!("/api/v4/leads?{text}").parse().unwrap();
        let query = Query::parse(text).unwrap();
        let links = links(&public, &uri, &query, Part::of(&query).unwrap(), more);
        links.into_iter().map(|(name, link)| (name, link.href)).collect()
    }

    #[test]
    fn the_next_page_asks_the_same_and_there_is_none_behind_the_last() {
        let base = "https://crm.example.com/api/v4/leads?filter%5Bid%5D=7";
        assert_eq!(
            links_of("filter[id]=7&limit=999", true),
            [("next", format!("{base}&page=2&limit=250")), ("self", format!("{base}&page=1&limit=250"))]
        );
        let names: Vec<_> = links_of("page=3", false).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["first", "prev", "self"]);
    }
}
