//! In which order an answer shows what was selected: as the query has it. The library puts a field that had to wait behind
//! those that had not, so that the order would tell of the inside and change with the load.

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Name, Value};
use std::mem;

/// What was selected in one place, in its order, and within each of it.
#[derive(Debug, Default)]
pub(super) struct Sequence(Vec<(Name, Sequence)>);

impl Sequence {
    /// That of a selection, with what its fragments bring where they stand. The query was weighed: fragments bring no
    /// more fields than may be run.
    pub(super) fn of(set: &SelectionSet, document: &ExecutableDocument) -> Sequence {
        let mut sequence = Sequence::default();
        sequence.add(set, document);
        sequence
    }

    fn add(&mut self, set: &SelectionSet, document: &ExecutableDocument) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let key = &field.node.response_key().node;
                    self.place(key).add(&field.node.selection_set.node, document);
                }
                Selection::InlineFragment(fragment) => self.add(&fragment.node.selection_set.node, document),
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                        self.add(&fragment.node.selection_set.node, document);
                    }
                }
            }
        }
    }

    /// The place of a key: where it stands already, or the next one.
    fn place(&mut self, key: &Name) -> &mut Sequence {
        let at = self.0.iter().position(|(known, _)| known == key).unwrap_or_else(|| {
            self.0.push((key.clone(), Sequence::default()));
            self.0.len() - 1
        });
        &mut self.0[at].1
    }

    /// Puts a value in this order.
    pub(super) fn apply(&self, value: &mut Value) {
        match value {
            Value::List(items) => items.iter_mut().for_each(|item| self.apply(item)),
            // What shows itself has nothing selected in it.
            Value::Object(members) if !self.0.is_empty() => {
                let mut came = mem::take(members);
                for (key, within) in &self.0 {
                    if let Some((key, mut value)) = came.swap_remove_entry(key) {
                        within.apply(&mut value);
                        members.insert(key, value);
                    }
                }
                members.extend(came);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;
    use async_graphql::parser::types::DocumentOperations;

    fn put(query: &str, came: &str) -> String {
        let document = parse_query(query).unwrap();
        let DocumentOperations::Single(operation) = &document.operations else { panic!("{query}") };
        let sequence = Sequence::of(&operation.node.selection_set.node, &document);
        let mut value: Value = serde_json::from_str(came).unwrap();
        sequence.apply(&mut value);
        serde_json::to_string(&value).unwrap()
    }

    #[test]
    fn an_answer_is_in_the_order_of_its_query() {
        let query = "{ two: b { c, d } a }";
        let came = r#"{"a":1,"two":[{"d":1,"c":2},null,{"c":3}]}"#;
        assert_eq!(put(query, came), r#"{"two":[{"c":2,"d":1},null,{"c":3}],"a":1}"#);
    }

    #[test]
    fn what_fragments_bring_stands_where_they_do() {
        let query = "{ a { ...F x ... on T { z y } } } fragment F on T { b { p } y }";
        let came = r#"{"a":{"z":1,"y":2,"x":3,"b":{"q":4,"p":5}}}"#;
        assert_eq!(put(query, came), r#"{"a":{"b":{"p":5,"q":4},"y":2,"x":3,"z":1}}"#);
    }

    #[test]
    fn a_value_without_a_selection_is_left_as_it_is() {
        assert_eq!(put("{ a }", r#"{"a":{"z":1,"y":2}}"#), r#"{"a":{"z":1,"y":2}}"#);
        assert_eq!(put("{ a }", "null"), "null");
    }
}
