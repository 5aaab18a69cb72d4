//! Selections that stand twice in one place, made one of. The library would run each of them and lay the results over each
//! other: the same work for nothing, and a change twice. Those that differ in more than in what they select are left, for
//! the rule that there may be no such two.

use async_graphql::parser::types::{Directive, DocumentOperations, ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Name, Positioned};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::mem;

/// Merges the selections of a whole document.
pub(super) fn merge(document: &mut ExecutableDocument) {
    match &mut document.operations {
        DocumentOperations::Single(only) => merge_set(&mut only.node.selection_set.node),
        DocumentOperations::Multiple(named) => {
            named.values_mut().for_each(|operation| merge_set(&mut operation.node.selection_set.node));
        }
    }
    for fragment in document.fragments.values_mut() {
        merge_set(&mut fragment.node.selection_set.node);
    }
}

/// What two selections of one place have in common when they are of the same.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    Field(Name),
    Spread(Name),
    Inline(Option<Name>),
}

fn merge_set(set: &mut SelectionSet) {
    let mut kept: Vec<Positioned<Selection>> = Vec::new();
    let mut places = HashMap::new();
    for mut selection in mem::take(&mut set.items) {
        match places.entry(key(&selection.node)) {
            Entry::Vacant(place) => {
                place.insert(kept.len());
            }
            Entry::Occupied(place) => {
                let first = &mut kept[*place.get()].node;
                if is_same(first, &selection.node) {
                    join(first, &mut selection.node);
                    continue;
                }
            }
        }
        kept.push(selection);
    }
    kept.iter_mut().filter_map(|selection| inner(&mut selection.node)).for_each(merge_set);
    set.items = kept;
}

fn key(selection: &Selection) -> Key {
    match selection {
        Selection::Field(field) => Key::Field(field.node.response_key().node.clone()),
        Selection::FragmentSpread(spread) => Key::Spread(spread.node.fragment_name.node.clone()),
        Selection::InlineFragment(fragment) => {
            Key::Inline(fragment.node.type_condition.as_ref().map(|condition| condition.node.on.node.clone()))
        }
    }
}

/// Whether two selections with the same key differ in nothing but what they select.
fn is_same(first: &Selection, other: &Selection) -> bool {
    let asks_same = match (first, other) {
        (Selection::Field(first), Selection::Field(other)) => {
            first.node.name == other.node.name && first.node.arguments == other.node.arguments
        }
        _ => true,
    };
    asks_same && are_same(first.directives(), other.directives())
}

fn are_same(first: &[Positioned<Directive>], other: &[Positioned<Directive>]) -> bool {
    first.len() == other.len()
        && first
            .iter()
            .zip(other)
            .all(|(first, other)| first.node.name == other.node.name && first.node.arguments == other.node.arguments)
}

/// Adds what `other` selects to `first`.
fn join(first: &mut Selection, other: &mut Selection) {
    if let (Some(into), Some(from)) = (inner(first), inner(other)) {
        into.items.append(&mut from.items);
    }
}

/// What a selection selects, but for a fragment by name.
fn inner(selection: &mut Selection) -> Option<&mut SelectionSet> {
    match selection {
        Selection::Field(field) => Some(&mut field.node.selection_set.node),
        Selection::InlineFragment(fragment) => Some(&mut fragment.node.selection_set.node),
        Selection::FragmentSpread(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;

    /// A selection in the words of a query, without arguments and directives.
    fn told(set: &SelectionSet) -> String {
        let each = set.items.iter().map(|selection| match &selection.node {
            Selection::Field(field) => match told(&field.node.selection_set.node) {
                inner if inner.is_empty() => field.node.response_key().to_string(),
                inner => format!("{}{{{inner}}}", field.node.response_key()),
            },
            Selection::FragmentSpread(spread) => format!("...{}", spread.node.fragment_name),
            Selection::InlineFragment(fragment) => format!("...{{{}}}", told(&fragment.node.selection_set.node)),
        });
        each.collect::<Vec<_>>().join(" ")
    }

    fn merged(query: &str) -> String {
        let mut document = parse_query(query).unwrap();
        merge(&mut document);
        let (_, operation) = document.operations.iter().next().unwrap();
        told(&operation.node.selection_set.node)
    }

    #[test]
    fn what_is_selected_twice_is_selected_once() {
        assert_eq!(merged("{ a a b a }"), "a b");
        assert_eq!(merged("{ a(x: 1) { b } a(x: 1) { c b } }"), "a{b c}");
        assert_eq!(merged("{ a { b { c } } a { b { d } } }"), "a{b{c d}}");
        assert_eq!(
            merged("{ ...F ...F ... on A { a } ... on A { b } ... { a } ... { a } } fragment F on A { a }"),
            "...F ...{a b} ...{a}"
        );
        assert_eq!(merged("{ a @include(if: $x) { b } a @include(if: $x) { c } }"), "a{b c}");
    }

    #[test]
    fn what_differs_in_more_than_that_is_left() {
        for query in [
            "{ a(x: 1) a(x: 2) }",
            "{ x: a x: b }",
            "{ a a @skip(if: $x) }",
            "{ a @skip(if: $x) a @skip(if: $y) }",
            "{ ...F ...F @skip(if: $x) } fragment F on A { a }",
        ] {
            assert_eq!(merged(query).split(' ').count(), 2, "{query}");
        }
        assert_eq!(merged("{ x: a y: a }"), "x y");
    }
}
