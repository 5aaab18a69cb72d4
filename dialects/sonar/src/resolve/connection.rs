//! What a list answers: a page of its objects, where that page is, and figures of all of them.

use super::Node;
use super::aggregate::Figure;
use super::page::PageInfo;
use async_graphql::dynamic::FieldValue;

/// An answer of a list. What nobody selected is empty.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    pub(super) entities: Vec<Node>,
    pub(super) info: PageInfo,
    pub(super) aggregations: Vec<Figure>,
}

/// What it shows.
#[cfg(test)]
pub(super) const FIELDS: [&str; 3] = ["entities", "page_info", "aggregations"];

impl Connection {
    /// A page of objects without figures.
    pub(super) fn page(entities: Vec<Node>, info: PageInfo) -> Connection {
        Connection { entities, info, aggregations: Vec::new() }
    }

    /// The value of one of its fields.
    pub(super) fn field(&self, name: &str) -> Option<FieldValue<'_>> {
        match name {
            "entities" => Some(FieldValue::list(self.entities.iter().map(|node| FieldValue::borrowed_any(node)))),
            "page_info" => Some(FieldValue::owned_any(Node::Page(self.info))),
            "aggregations" => Some(FieldValue::list(
                self.aggregations.iter().map(|figure| FieldValue::owned_any(Node::Figure(figure.clone()))),
            )),
            _ => None,
        }
    }
}
