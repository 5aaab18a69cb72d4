//! Searches of what is in memory: users, events, and the one owner of a file.

use super::args::{List, Relation, Search};
use super::condition::{Attributes, Condition, Rule, Tester, bounded, searched};
use super::moment;
use crate::error::refuse;
use attache_core::Span;
use attache_model::{Result, Time};

/// A value of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    Number(i64),
    Text(String),
    Moment(Time),
    Flag(bool),
    Missing,
}

impl Cell {
    /// Its text on the wire; `None` for null.
    fn text(&self) -> Option<String> {
        match self {
            Cell::Number(number) => Some(number.to_string()),
            Cell::Text(text) => Some(text.clone()),
            Cell::Moment(at) => Some(moment::shown(*at)),
            Cell::Flag(flag) => Some(flag.to_string()),
            Cell::Missing => None,
        }
    }

    fn fits(&self, rule: &Rule) -> bool {
        let within = |span: &Span, number: i64| {
            span.from.is_none_or(|from| from <= number) && span.to.is_none_or(|to| number <= to)
        };
        match (rule, self) {
            (Rule::Text { value, partial }, cell) => cell.text().is_some_and(|text| Rule::fits(value, *partial, &text)),
            (Rule::Number(span), Cell::Number(number)) => within(span, *number),
            (Rule::Moment(span), Cell::Moment(at)) => within(span, at.0),
            (Rule::Flag(wanted), Cell::Flag(flag)) => wanted == flag,
            (Rule::Set, cell) => *cell != Cell::Missing,
            (Rule::Number(_) | Rule::Moment(_) | Rule::Flag(_), _) => false,
        }
    }
}

/// What has attributes.
pub(super) trait Row {
    /// The attributes that it is searched by.
    const ATTRIBUTES: &'static Attributes;

    /// The value of one of [`Row::ATTRIBUTES`].
    fn cell(&self, attribute: &str) -> Cell;

    /// Whether a search for words, whose letter case does not count, finds it.
    fn has(&self, words: &str) -> bool;
}

/// The rows that searches and words leave.
///
/// # Errors
/// `Invalid` for searches that cannot be, whatever rows there are.
pub(super) fn found<R: Row>(
    mut rows: Vec<R>,
    searches: &List<Search>,
    path: &str,
    words: Option<&str>,
) -> Result<Vec<R>> {
    bounded(searches, &Vec::new())?;
    // Also where there is no row, a search that cannot be is one.
    searched(&Rows::<R>(None), searches, path)?;
    let words = words.filter(|words| !words.is_empty());
    rows.retain(|row| {
        searched(&Rows(Some(row)), searches, path).unwrap_or_default() && words.is_none_or(|words| row.has(words))
    });
    Ok(rows)
}

/// Tests one row; without a row, the conditions alone.
struct Rows<'r, R>(Option<&'r R>);

impl<R: Row> Tester for Rows<'_, R> {
    type Test = bool;

    fn condition(&self, condition: &Condition) -> Result<bool> {
        condition.check(R::ATTRIBUTES)?;
        let fits = |row: &R| row.cell(&condition.attribute).fits(&condition.rule);
        Ok(self.0.is_some_and(fits) != condition.negated)
    }

    fn relation(&self, _: &Relation, path: &str) -> Result<bool> {
        Err(refuse(format!("{path}.relation"), "there are no relations to search by here"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::args::ListArgs;
    use super::super::condition::Shape;
    use super::*;
    use serde_json::{Value, json};

    struct Cat(&'static str, i64);

    impl Row for Cat {
        const ATTRIBUTES: &'static Attributes = &[("name", Shape::Text), ("lives", Shape::Number)];

        fn cell(&self, attribute: &str) -> Cell {
            match attribute {
                "name" if self.0.is_empty() => Cell::Missing,
                "name" => Cell::Text(self.0.to_owned()),
                _ => Cell::Number(self.1),
            }
        }

        fn has(&self, words: &str) -> bool {
            Rule::fits(words, true, self.0)
        }
    }

    fn cats(search: Value, words: Option<&str>) -> Result<Vec<&'static str>> {
        let args: ListArgs = serde_json::from_value(Value::from_iter([("search", search)])).unwrap();
        let cats = vec![Cat("Minka", 9), Cat("Mohrle", 3), Cat("", 1)];
        Ok(found(cats, &args.search, "search", words)?.into_iter().map(|cat| cat.0).collect())
    }

    #[test]
    fn a_row_is_found_by_all_conditions_of_one_search() {
        let text = |value: &str, is: bool| json!({ "attribute": "name", "search_value": value, "match": is });
        assert_eq!(cats(json!([]), None).unwrap().len(), 3);
        assert_eq!(cats(json!({ "string_fields": text("m", true) }), None).unwrap(), ["Minka", "Mohrle"]);
        assert_eq!(cats(json!({ "string_fields": text("minka", false) }), None).unwrap(), ["Mohrle", ""]);
        let lives = json!({ "attribute": "lives", "search_value": 3, "operator": "GT" });
        assert_eq!(
            cats(json!({ "string_fields": text("m", true), "integer_fields": lives }), None).unwrap(),
            ["Minka"]
        );
        assert_eq!(
            cats(json!([{ "integer_fields": lives }, { "unset_fields": "name" }]), None).unwrap(),
            ["Minka", ""]
        );
        assert_eq!(cats(json!([]), Some("ohr")).unwrap(), ["Mohrle"]);
    }

    #[test]
    fn a_search_that_cannot_be_is_refused_also_where_nothing_is_searched() {
        let args: ListArgs = serde_json::from_value(json!({ "search": { "exists": "tail" } })).unwrap();
        let told = found(Vec::<Cat>::new(), &args.search, "search", None).map(|_| ()).unwrap_err().to_string();
        assert_eq!(told, "search.0.exists.0: 'tail' is no attribute here; known are name, lives");
        assert!(cats(json!({ "reverse_relation_filters": { "relation": "owner" } }), None).is_err());
    }
}
