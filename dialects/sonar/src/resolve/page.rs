//! Pages of lists, counted from 1.

use super::Field;
use super::args::Paginator;
use crate::error::refuse;
use async_graphql::Value;
use attache_core::Start;
use attache_model::Result;

/// How many rows a page has where nobody says.
const ROWS: u64 = 100;

/// Which rows of a list are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Page {
    number: u64,
    size: u64,
}

impl Page {
    /// The page that is asked for, of at most `most` rows.
    ///
    /// # Errors
    /// `Invalid` for one before the first, and for one without rows.
    pub(super) fn of(paginator: Option<&Paginator>, most: u64) -> Result<Page> {
        let Some(asked) = paginator else {
            return Ok(Page { number: 1, size: ROWS.min(most) });
        };
        let least = |field: &str, value: i64| match u64::try_from(value) {
            Ok(value) if value > 0 => Ok(value),
            _ => Err(refuse(format!("paginator.{field}"), "it is at least 1")),
        };
        let number = least("page", asked.page)?;
        Ok(Page { number, size: least("records_per_page", asked.records_per_page)?.min(most) })
    }

    /// How many rows come before it; no more than a database counts.
    pub(super) fn offset(self) -> u64 {
        (self.number - 1).saturating_mul(self.size).min(i64::MAX.unsigned_abs())
    }

    /// How many rows it has at most.
    pub(super) fn limit(self) -> u32 {
        u32::try_from(self.size).unwrap_or(u32::MAX)
    }

    /// Where it begins, for core.
    pub(super) fn start(self) -> Start {
        Start::Offset(self.offset())
    }

    /// How many rows a list has of which this page has so many; `None` where that does not tell.
    pub(super) fn total(self, rows: usize) -> Option<u64> {
        let rows = rows as u64;
        (rows < self.size && (rows > 0 || self.number == 1)).then(|| self.offset() + rows)
    }

    /// Its rows of all of a list's.
    pub(super) fn of_all<T>(self, all: Vec<T>) -> Vec<T> {
        let before = usize::try_from(self.offset()).unwrap_or(usize::MAX);
        all.into_iter().skip(before).take(usize::try_from(self.size).unwrap_or(usize::MAX)).collect()
    }
}

/// Where in a list an answer is. How many rows there are is known only where somebody asked for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PageInfo {
    page: Page,
    total: u64,
}

impl PageInfo {
    pub(super) const fn new(page: Page, total: Option<u64>) -> PageInfo {
        let total = match total {
            Some(total) => total,
            None => 0,
        };
        PageInfo { page, total }
    }
}

/// What a page's place shows.
pub(super) const FIELDS: &[Field<PageInfo>] = &[
    ("page", |info| int(info.page.number)),
    ("total_pages", |info| int(info.total.div_ceil(info.page.size))),
    ("total_count", |info| int(info.total)),
    ("records_per_page", |info| int(info.page.size)),
];

/// As an `Int`, which has 32 bits; beyond them it is the greatest.
fn int(number: u64) -> Value {
    i32::try_from(number).unwrap_or(i32::MAX).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(number: i64, size: i64) -> Result<Page> {
        Page::of(Some(&Paginator { page: number, records_per_page: size }), 10_000)
    }

    fn told(page: Page, total: u64) -> [i32; 4] {
        let info = PageInfo::new(page, Some(total));
        [0, 1, 2, 3].map(|at| match FIELDS[at].1(&info) {
            Value::Number(number) => i32::try_from(number.as_i64().unwrap()).unwrap(),
            other => panic!("{other}"),
        })
    }

    #[test]
    fn s15_a_list_without_a_paginator_is_its_first_hundred() {
        assert_eq!(Page::of(None, 10_000).unwrap(), page(1, 100).unwrap());
        assert_eq!(Page::of(None, 5).unwrap().limit(), 5);
    }

    #[test]
    fn s15_a_page_that_is_too_large_is_cut_and_says_so() {
        for (asked, given) in [(9_999, 9_999), (10_000, 10_000), (10_001, 10_000), (i64::MAX, 10_000)] {
            let page = page(3, asked).unwrap();
            assert_eq!((page.limit(), page.offset()), (given, 2 * u64::from(given)));
            assert_eq!(told(page, 0)[3], i32::try_from(given).unwrap());
        }
    }

    #[test]
    fn s15_pages_and_their_rows_begin_at_one() {
        for (number, size, field) in
            [(0, 1, "page"), (-1, 1, "page"), (1, 0, "records_per_page"), (1, i64::MIN, "records_per_page")]
        {
            let told = page(number, size).unwrap_err().to_string();
            assert_eq!(told, format!("paginator.{field}: it is at least 1"));
        }
        assert!(page(1, 1).is_ok());
    }

    #[test]
    fn the_last_page_may_be_shorter_and_nothing_is_no_page() {
        assert_eq!(told(page(2, 50).unwrap(), 101), [2, 3, 101, 50]);
        assert_eq!(told(page(1, 50).unwrap(), 100), [1, 2, 100, 50]);
        assert_eq!(told(page(1, 25).unwrap(), 0), [1, 0, 0, 25]);
        assert_eq!(told(page(i64::from(i32::MAX), 10_000).unwrap(), u64::MAX), [i32::MAX, i32::MAX, i32::MAX, 10_000]);
    }

    #[test]
    fn a_page_that_is_not_full_tells_how_many_rows_there_are() {
        let second = page(2, 10).unwrap();
        assert_eq!([second.total(0), second.total(3), second.total(10)], [None, Some(13), None]);
        assert_eq!(page(1, 10).unwrap().total(0), Some(0));
    }

    #[test]
    fn the_rows_of_a_page_are_those_behind_the_pages_before() {
        assert_eq!(page(2, 3).unwrap().of_all((0..7).collect::<Vec<_>>()), [3, 4, 5]);
        assert_eq!(page(3, 3).unwrap().of_all((0..7).collect::<Vec<_>>()), [6]);
        assert!(page(9, 3).unwrap().of_all((0..7).collect::<Vec<_>>()).is_empty());
    }
}
