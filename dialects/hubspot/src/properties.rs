//! The `properties` parameter: which fields of a file or folder an answer holds.

use attache_http::Query;
use attache_model::{Error, Result};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;

/// The fields that were asked for; empty asks for all.
#[derive(Debug)]
pub(crate) struct Properties<'q>(BTreeSet<&'q str>);

/// A thing with all its fields, or with those that were asked for.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Picked<T> {
    Whole(T),
    Part(Value),
}

impl<'q> Properties<'q> {
    /// From a query.
    pub(crate) fn of(query: &'q Query) -> Properties<'q> {
        Properties(query.list("properties").collect())
    }

    /// Keeps the fields that were asked for and the `required` ones; names that are no fields ask for nothing.
    pub(crate) fn pick<T: Serialize>(&self, whole: T, required: &[&str]) -> Result<Picked<T>> {
        if self.0.is_empty() {
            return Ok(Picked::Whole(whole));
        }
        let mut value = serde_json::to_value(whole).map_err(|error| Error::internal("pick properties", error))?;
        if let Value::Object(fields) = &mut value {
            fields.retain(|name, _| self.0.contains(name.as_str()) || required.contains(&name.as_str()));
        }
        Ok(Picked::Part(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn picked(query: &str) -> Value {
        let query = Query::parse(query).unwrap();
        let whole = json!({"id": "1", "name": "cat", "path": "/cat.png", "size": 3});
        serde_json::to_value(Properties::of(&query).pick(whole, &["id"]).unwrap()).unwrap()
    }

    #[test]
    fn the_fields_asked_for_and_the_required_ones_are_kept() {
        assert_eq!(picked("properties=name&properties=size"), json!({"id": "1", "name": "cat", "size": 3}));
        assert_eq!(picked("properties=name,path"), json!({"id": "1", "name": "cat", "path": "/cat.png"}));
        assert_eq!(picked("properties=colour"), json!({"id": "1"}));
    }

    #[test]
    fn asking_for_nothing_gives_everything() {
        for query in ["", "properties="] {
            assert_eq!(picked(query).as_object().unwrap().len(), 4, "{query}");
        }
    }
}
