//! The parameters of the drive's list: filters, order and page, as tests that core understands.

use super::period::PERIODS;
use crate::account::asked::{Part, is_given, list, number, unreadable};
use crate::account::entity::Entity;
use attache_core::{FileQuery, FileSort, FileTest, Life, Order, Span, Start};
use attache_http::Query;
use attache_model::link::Record;
use attache_model::{FileId, Result, Time, UserNo};

const MICROS: i64 = 1_000_000;

const SORTS: &[(&str, FileSort)] = &[
    ("size", FileSort::Size),
    ("created_at", FileSort::Created),
    ("updated_at", FileSort::Updated),
    ("name", FileSort::Name),
];

/// The question that the query asks at the time `now`.
///
/// # Errors
/// `ParameterInvalid` that names the first parameter that cannot be read.
pub(crate) fn read(query: &Query, part: Part, now: Time) -> Result<FileQuery> {
    let life = life(query);
    let tests = tests(query, now)?;
    let order = match order(query)? {
        Some(order) => vec![order],
        // Numbers are given out in the order of time, and have an index that spans the trash too.
        None if life == Life::Either => vec![newest(FileSort::No)],
        None => vec![newest(FileSort::Created), newest(FileSort::No)],
    };
    Ok(FileQuery { tests, order, start: Start::Offset(part.offset()), limit: part.limit, life })
}

const fn newest(by: FileSort) -> Order<FileSort> {
    Order { by, descending: true }
}

fn life(query: &Query) -> Life {
    if is_given(query, "filter[deleted]") {
        return Life::Trashed;
    }
    if list(query, "with").any(|word| word == "deleted") { Life::Either } else { Life::Living }
}

fn tests(query: &Query, now: Time) -> Result<Vec<FileTest>> {
    let mut tests = Vec::new();
    tests.extend(ids(query)?.map(FileTest::IdIn));
    tests.extend(text(query, "filter[name]").map(|name| FileTest::NameLike(name.to_owned())));
    tests.extend(text(query, "filter[term]").map(|term| FileTest::Term(term.to_owned())));
    tests.extend(extensions(query).map(FileTest::ExtensionIn));
    // Files come in through the API alone; none has a chat or a form as its source.
    tests.extend(whole(query, "filter[source_id]", "a whole number")?.map(|_| FileTest::NoIn(Vec::new())));
    tests.extend(size(query)?.map(FileTest::Size));
    tests.extend(date(query, now)?);
    tests.extend(users(query, "filter[created_by]")?.map(FileTest::CreatedBy));
    tests.extend(users(query, "filter[updated_by]")?.map(FileTest::UpdatedBy));
    tests.extend(record(query)?.map(FileTest::InTab));
    Ok(tests)
}

/// A text; an empty one is as if absent.
fn text<'q>(query: &'q Query, name: &str) -> Option<&'q str> {
    query.first(name).filter(|text| !text.is_empty())
}

/// A whole number, negative ones too.
fn whole(query: &Query, name: &str, wanted: &str) -> Result<Option<i64>> {
    let read = |text: &str| text.trim().parse().map_err(|_| unreadable(name, text, wanted));
    text(query, name).map(read).transpose()
}

/// One of the words of a table.
fn word<T: Copy>(query: &Query, name: &str, words: &[(&str, T)]) -> Result<Option<T>> {
    text(query, name).map(|text| one_of(name, text, words)).transpose()
}

fn one_of<T: Copy>(name: &str, text: &str, words: &[(&str, T)]) -> Result<T> {
    let found = words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning);
    found.ok_or_else(|| {
        let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        unreadable(name, text, &format!("one of {}", words.join(", ")))
    })
}

/// What all values of an array come to; `None` when there are none, which is no filter.
fn all<T>(query: &Query, name: &str, wanted: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<Vec<T>>> {
    let read = |text| read(text).ok_or_else(|| unreadable(name, text, wanted));
    let values = list(query, name).map(read).collect::<Result<Vec<T>>>()?;
    Ok((!values.is_empty()).then_some(values))
}

fn ids(query: &Query) -> Result<Option<Vec<FileId>>> {
    all(query, "filter[uuid]", "a uuid", |text| text.parse().ok())
}

fn users(query: &Query, name: &str) -> Result<Option<Vec<UserNo>>> {
    all(query, name, "the number of a user", |text| text.parse().ok().map(UserNo))
}

/// Extensions without their dot. A filter that is there and holds nothing asks for files without one.
fn extensions(query: &Query) -> Option<Vec<String>> {
    const NAME: &str = "filter[extensions]";
    let mut all: Vec<String> = list(query, NAME).map(|text| text.trim_start_matches('.').to_owned()).collect();
    if all.is_empty() && is_given(query, NAME) {
        all.push(String::new());
    }
    (!all.is_empty()).then_some(all)
}

fn size(query: &Query) -> Result<Option<Span>> {
    let unit = number(query, "filter[size][unit]", 1)?.unwrap_or(1);
    let bytes = |name| Ok(number(query, name, 0)?.map(|number: i64| number.saturating_mul(unit)));
    let (from, to) = (bytes("filter[size][from]")?, bytes("filter[size][to]")?);
    Ok(span(from, to))
}

/// A named period wins over the two ends.
fn date(query: &Query, now: Time) -> Result<Option<FileTest>> {
    let of_update = word(query, "filter[date][type]", &[("created_at", false), ("updated_at", true)])?;
    let test = if of_update == Some(true) { FileTest::Updated } else { FileTest::Created };
    let period = word(query, "filter[date][date_preset]", PERIODS)?;
    let second = |name| whole(query, name, "a time in seconds since 1970");
    let from = second("filter[date][from]")?.map(|at| at.saturating_mul(MICROS));
    let to = second("filter[date][to]")?.map(|at| at.saturating_mul(MICROS).saturating_add(MICROS - 1));
    Ok(period.map(|period| period.span(now)).or(span(from, to)).map(test))
}

fn span(from: Option<i64>, to: Option<i64>) -> Option<Span> {
    (from.is_some() || to.is_some()).then_some(Span { from, to })
}

/// The record whose tab is asked for.
fn record(query: &Query) -> Result<Option<Record>> {
    const KIND: &str = "filter[entity_type]";
    const ID: &str = "filter[entity_id]";
    let kinds = Entity::ALL.map(|entity| (entity.word(), entity));
    match (word(query, KIND, &kinds)?, number(query, ID, 1)?) {
        (Some(entity), Some(id)) => entity.record(id).map(Some),
        (None, None) => Ok(None),
        (Some(_), None) => Err(unreadable(ID, "", "the id that the type needs beside it")),
        (None, Some(_)) => Err(unreadable(KIND, "", "the type that the id needs beside it")),
    }
}

/// `order[size]=asc`, or the key alone in `filter[order_by]`, which begins with the greatest.
fn order(query: &Query) -> Result<Option<Order<FileSort>>> {
    const DIRECTIONS: &[(&str, bool)] = &[("asc", false), ("desc", true)];
    for (key, value) in query.iter() {
        let Some(by) = key.strip_prefix("order[").and_then(|rest| rest.strip_suffix(']')) else { continue };
        let by = one_of("order", by, SORTS)?;
        return Ok(Some(Order { by, descending: one_of(key, value, DIRECTIONS)? }));
    }
    Ok(word(query, "filter[order_by]", SORTS)?.map(newest))
}

#[cfg(test)]
mod tests;
