//! Pages of a list, and the links between them. There is always a next one: scripts go on until a page is empty, and
//! begin anew when they are told of none.

use super::FILES;
use super::filter::{Filter, given};
use attache_http::{PublicUrl, Query};
use attache_model::error::Code;
use attache_model::{Error, Result};

/// Most files on a page, and how many are on one that is not asked to be smaller.
const LIMIT_MAX: u32 = 1000;

/// Which page is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) limit: u32,
    pub(super) offset: u32,
}

impl Page {
    /// Reads `limit` and `offset`.
    ///
    /// # Errors
    /// [`Code::ParameterInvalid`] for what is no number, is negative or has more than 31 bits.
    pub(super) fn of(query: &Query) -> Result<Page> {
        let limit = match number(query, "limit")? {
            0 => LIMIT_MAX,
            limit => limit.min(LIMIT_MAX),
        };
        Ok(Page { limit, offset: number(query, "offset")? })
    }

    fn next(self) -> Page {
        Page { offset: self.offset.saturating_add(self.limit), ..self }
    }

    fn previous(self) -> Page {
        Page { offset: self.offset.saturating_sub(self.limit), ..self }
    }

    /// The addresses of the page after this one and of the one before it.
    pub(super) fn links(self, public: &PublicUrl, filter: &Filter) -> [String; 2] {
        [self.next(), self.previous()].map(|page| {
            let (limit, offset) = (page.limit.to_string(), page.offset.to_string());
            let asked = [("limit", limit.as_str()), ("offset", offset.as_str())];
            let carried = filter.carried.iter().map(|(name, text)| (*name, text.as_str()));
            let path = FILES.trim_start_matches('/').split('/').chain([""]);
            public.link_with(path, asked.into_iter().chain(carried))
        })
    }
}

fn number(query: &Query, name: &str) -> Result<u32> {
    let Some(text) = given(query, name) else { return Ok(0) };
    let number = text.parse::<i32>().ok().and_then(|number| u32::try_from(number).ok());
    number.ok_or_else(|| {
        let why = format!("{name} is '{}'; it must be a number from 0 to {}", text.escape_debug(), i32::MAX);
        Error::malformed(Code::ParameterInvalid, name, why)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(query: &str) -> Result<Page> {
        Page::of(&Query::parse(query).unwrap())
    }

    fn links(query: &str) -> [String; 2] {
        let public = PublicUrl::parse("https://files.example.com").unwrap();
        let query = Query::parse(query).unwrap();
        Page::of(&query).unwrap().links(&public, &Filter::of(&query).unwrap())
    }

    #[test]
    fn c14_no_limit_a_limit_of_nothing_and_one_that_is_too_large_are_1000() {
        for query in ["", "limit=", "limit=0", "limit=1000", "limit=1001", "limit=2147483647"] {
            assert_eq!(page(query).unwrap(), Page { limit: 1000, offset: 0 }, "{query}");
        }
        assert_eq!(page("limit=999&offset=3").unwrap(), Page { limit: 999, offset: 3 });
    }

    #[test]
    fn c14_numbers_below_0_and_what_is_no_number_are_refused() {
        for query in ["limit=-1", "offset=-1", "limit=ten", "offset=1.5", "limit=2147483648", "offset=0x1"] {
            assert!(matches!(page(query), Err(Error::Malformed { code: Code::ParameterInvalid, .. })), "{query}");
        }
    }

    #[test]
    fn there_is_always_a_next_page_and_never_one_before_the_first() {
        let [next, previous] = links("");
        assert_eq!(next, "https://files.example.com/crm/rest/v1/files/?limit=1000&offset=1000");
        assert_eq!(previous, "https://files.example.com/crm/rest/v1/files/?limit=1000&offset=0");
        let [next, previous] = links("offset=15&limit=10&contactId=7&name=*a%26b");
        assert_eq!(next, "https://files.example.com/crm/rest/v1/files/?limit=10&offset=25&contact_id=7&name=%2Aa%26b");
        assert_eq!(
            previous,
            "https://files.example.com/crm/rest/v1/files/?limit=10&offset=5&contact_id=7&name=%2Aa%26b"
        );
    }
}
