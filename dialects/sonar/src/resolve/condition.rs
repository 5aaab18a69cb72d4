//! What searches ask, whatever they are on: conditions on attributes, put together as clients put them. What a condition
//! is on files, owners and others is for those to say.

use super::args::{List, Operator, Relation, Search};
use super::moment::{compared, compared_days, compared_seconds};
use crate::error::refuse;
use attache_core::Span;
use attache_model::name::fold;
use attache_model::{Error, Result};
use std::collections::BTreeMap;

/// Most conditions in the searches and filters of one list, each search and each filter counted too: a database takes
/// no statement of any depth.
pub(super) const CONDITIONS: usize = 200;

/// The attributes that something is searched by, and what they hold.
pub(super) type Attributes = [(&'static str, Shape)];

/// What an attribute holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Number,
    Text,
    Moment,
    Flag,
}

/// One condition.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Condition {
    /// Where its attribute stands in the arguments.
    pub(super) path: String,
    pub(super) attribute: String,
    pub(super) rule: Rule,
    /// Whether what does not fit is looked for.
    pub(super) negated: bool,
}

/// What a value must be.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Rule {
    /// Its text is this one, or has it somewhere; letter case never counts.
    Text { value: String, partial: bool },
    /// In a span of numbers.
    Number(Span),
    /// In a span of time, in microseconds.
    Moment(Span),
    /// This.
    Flag(bool),
    /// There.
    Set,
}

impl Rule {
    /// Whether a value's text fits, where texts are compared.
    pub(super) fn fits(value: &str, partial: bool, text: &str) -> bool {
        let (value, text) = (fold(value), fold(text));
        if partial { text.contains(&value) } else { text == value }
    }
}

impl Condition {
    /// Demands an attribute that there is, and one that can be compared so.
    ///
    /// # Errors
    /// `Invalid` at the attribute.
    pub(super) fn check(&self, attributes: &Attributes) -> Result<()> {
        let shape = attributes.iter().find(|(name, _)| *name == self.attribute).map(|(_, shape)| *shape);
        let shape =
            shape.ok_or_else(|| unknown(&self.path, &self.attribute, attributes.iter().map(|(name, _)| *name)))?;
        let field = match (&self.rule, shape) {
            (Rule::Text { .. } | Rule::Set, _)
            | (Rule::Number(_), Shape::Number)
            | (Rule::Moment(_), Shape::Moment)
            | (Rule::Flag(_), Shape::Flag) => return Ok(()),
            (_, Shape::Number) => "integer_fields",
            (_, Shape::Text) => "string_fields",
            (_, Shape::Moment) => "datetime_fields",
            (_, Shape::Flag) => "boolean_fields",
        };
        Err(refuse(&self.path, format!("'{}' is compared in {field}", self.attribute)))
    }
}

/// The refusal of an attribute that there is not.
pub(super) fn unknown<'n>(path: &str, name: &str, known: impl Iterator<Item = &'n str>) -> Error {
    let known: Vec<&str> = known.collect();
    refuse(path, format!("'{}' is no attribute here; known are {}", name.escape_debug(), known.join(", ")))
}

/// What can be put together of several.
pub(super) trait Test: Sized {
    /// All of these; of none, always.
    fn all(tests: Vec<Self>) -> Self;
    /// One of these; of none, never.
    fn any(tests: Vec<Self>) -> Self;
}

impl Test for bool {
    fn all(tests: Vec<bool>) -> bool {
        tests.into_iter().all(|holds| holds)
    }

    fn any(tests: Vec<bool>) -> bool {
        tests.into_iter().any(|holds| holds)
    }
}

/// What makes tests of conditions.
pub(super) trait Tester {
    /// The tests.
    type Test: Test;

    /// A condition, with whether it is negated.
    ///
    /// # Errors
    /// `Invalid` for an attribute that there is not, or that cannot be compared so.
    fn condition(&self, condition: &Condition) -> Result<Self::Test>;

    /// A filter by a relation, which stands at `path`.
    ///
    /// # Errors
    /// `Invalid` for a relation that there is not.
    fn relation(&self, relation: &Relation, path: &str) -> Result<Self::Test>;
}

/// Searches, of which one must hold. Where there is none, everything is found.
pub(super) fn searched<T: Tester>(tester: &T, searches: &List<Search>, path: &str) -> Result<T::Test> {
    let mut any = Vec::new();
    for (at, search) in searches.iter().enumerate().filter_map(|(at, search)| Some((at, search.as_ref()?))) {
        let path = format!("{path}.{at}");
        let conditions = conditions(search, &path);
        let mut all = conditions.iter().map(|condition| tester.condition(condition)).collect::<Result<Vec<_>>>()?;
        all.push(related(tester, &search.reverse_relation_filters, &format!("{path}.reverse_relation_filters"))?);
        any.push(T::Test::all(all));
    }
    Ok(if any.is_empty() { T::Test::all(any) } else { T::Test::any(any) })
}

/// Filters by relations: those of one group must all hold, of several groups one.
pub(super) fn related<T: Tester>(tester: &T, filters: &List<Relation>, path: &str) -> Result<T::Test> {
    let mut groups: BTreeMap<&str, Vec<T::Test>> = BTreeMap::new();
    for (at, filter) in filters.iter().enumerate().filter_map(|(at, filter)| Some((at, filter.as_ref()?))) {
        let test = tester.relation(filter, &format!("{path}.{at}"))?;
        groups.entry(filter.group.as_deref().unwrap_or("1")).or_default().push(test);
    }
    let groups: Vec<T::Test> = groups.into_values().map(T::Test::all).collect();
    Ok(if groups.is_empty() { T::Test::all(groups) } else { T::Test::any(groups) })
}

/// Demands no more than [`CONDITIONS`].
///
/// # Errors
/// `Invalid` at the searches.
pub(super) fn bounded(searches: &List<Search>, filters: &List<Relation>) -> Result<()> {
    if weight(searches) + filters.iter().flatten().map(relation_weight).sum::<usize>() > CONDITIONS {
        return Err(refuse("search", format!("it has more than {CONDITIONS} conditions")));
    }
    Ok(())
}

fn weight(searches: &List<Search>) -> usize {
    let one = |search: &Search| {
        let ranges = search.integer_fields.len() + search.float_fields.len() + search.datetime_fields.len();
        let others = search.string_fields.len() + search.date_fields.len() + search.boolean_fields.len();
        let filters: usize = search.reverse_relation_filters.iter().flatten().map(relation_weight).sum();
        1 + ranges + others + search.exists.len() + search.unset_fields.len() + filters
    };
    searches.iter().flatten().map(one).sum()
}

fn relation_weight(relation: &Relation) -> usize {
    1 + weight(&relation.search)
}

/// The conditions of a search that stands at `path`.
fn conditions(search: &Search, path: &str) -> Vec<Condition> {
    let mut found = Vec::new();
    let mut add = |path: String, attribute: &str, rule: Rule, negated: bool| {
        found.push(Condition { path, attribute: attribute.to_owned(), rule, negated });
    };
    let field = |list: &str, at: usize| format!("{path}.{list}.{at}.attribute");
    for (at, each) in given(&search.string_fields) {
        let rule = Rule::Text { value: each.search_value.clone(), partial: each.partial_matching.unwrap_or(true) };
        add(field("string_fields", at), &each.attribute, rule, !each.matches);
    }
    for (at, each) in given(&search.integer_fields) {
        let (span, negated) = compared(each.operator, each.search_value.0, each.search_value.0);
        add(field("integer_fields", at), &each.attribute, Rule::Number(span), negated);
    }
    for (at, each) in given(&search.float_fields) {
        let (span, negated) =
            compared(each.operator, whole(each.search_value.floor()), whole(each.search_value.ceil()));
        add(field("float_fields", at), &each.attribute, Rule::Number(span), negated);
    }
    for (at, each) in given(&search.datetime_fields) {
        let (span, negated) = compared_seconds(each.operator, each.search_value.0);
        add(field("datetime_fields", at), &each.attribute, Rule::Moment(span), negated);
    }
    for (at, each) in given(&search.date_fields) {
        let (span, negated) = compared_days(each.operator, each.search_value);
        add(field("date_fields", at), &each.attribute, Rule::Moment(span), negated);
    }
    for (at, each) in given(&search.boolean_fields) {
        let negated = each.operator == Some(Operator::Neq);
        add(field("boolean_fields", at), &each.attribute, Rule::Flag(each.search_value), negated);
    }
    for (list, attributes, negated) in [("exists", &search.exists, false), ("unset_fields", &search.unset_fields, true)]
    {
        for (at, attribute) in given(attributes) {
            add(format!("{path}.{list}.{at}"), attribute, Rule::Set, negated);
        }
    }
    found
}

/// The items that are not null, with their places.
fn given<T>(list: &List<T>) -> impl Iterator<Item = (usize, &T)> {
    list.iter().enumerate().filter_map(|(at, item)| Some((at, item.as_ref()?)))
}

/// The nearest whole number that there is.
#[expect(clippy::cast_possible_truncation, reason = "beyond the ends it is the end, which compares the same")]
fn whole(number: f64) -> i64 {
    number as i64
}

#[cfg(test)]
mod tests;
