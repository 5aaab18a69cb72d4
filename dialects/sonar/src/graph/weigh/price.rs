//! What a field costs, from the names of the schema.
//!
//! A field costs one point, and a list as much as its rows do. Queries about the schema itself are priced by what they
//! yield, which follows from how many types, fields and so on there are: a short text can ask for all fields of all types
//! of all fields.

use async_graphql::parser::types::{ServiceDocument, TypeKind, TypeSystemDefinition};
use std::collections::HashMap;

/// The fields that hold the rows of a list: of a page, and the groups of an aggregation.
const ROWS: [&str; 2] = ["entities", "counts"];
/// The fields that lead to the schema.
const SCHEMA: [&str; 2] = ["__schema", "__type"];
/// What the schema yields for the cost of one field.
const YIELD: f64 = 50.0;
/// The types that every schema has: five scalars, and eight that schemas are told in.
const EVERY: usize = 13;
/// The directives that every schema has.
const DIRECTIVES: f64 = 5.0;

/// The prices of a schema.
#[derive(Debug)]
pub(in crate::graph) struct Prices {
    /// How often the fields that tell of the schema yield what is in them.
    yields: HashMap<&'static str, f64>,
}

/// How many there are of what a schema is made of.
#[derive(Default)]
struct Count {
    types: usize,
    fields: usize,
    args: usize,
    inputs: usize,
    items: usize,
    /// How many types have which interface.
    faces: HashMap<String, usize>,
}

impl Prices {
    pub(in crate::graph) fn of(document: &ServiceDocument) -> Prices {
        let mut count = Count { types: EVERY, ..Count::default() };
        for definition in &document.definitions {
            if let TypeSystemDefinition::Type(definition) = definition {
                count.add(&definition.node.kind);
            }
        }
        let share = |part: usize, of: usize| (part as f64 / of.max(1) as f64).max(1.0);
        let most = count.faces.values().max().copied().unwrap_or(0);
        let yields = HashMap::from([
            ("types", count.types as f64),
            ("directives", DIRECTIVES),
            ("fields", share(count.fields, count.types)),
            ("args", share(count.args, count.fields)),
            ("inputFields", share(count.inputs, count.types)),
            ("enumValues", share(count.items, count.types)),
            // Few types have any, and what leads to one of those leads to all.
            ("possibleTypes", most as f64),
            // Most references name their type within a step or two.
            ("ofType", 0.5),
        ]);
        Prices { yields }
    }

    /// Whether a field holds the rows of a list.
    pub(super) fn is_rows(&self, name: &str) -> bool {
        ROWS.contains(&name)
    }

    /// What the field `name` costs, where its selection costs `inner`.
    pub(super) fn field(&self, name: &str, inner: f64) -> f64 {
        if SCHEMA.contains(&name) {
            return 1.0 + inner / YIELD;
        }
        1.0 + inner * self.yields.get(name).copied().unwrap_or(1.0)
    }
}

impl Count {
    fn add(&mut self, kind: &TypeKind) {
        self.types += 1;
        match kind {
            TypeKind::Object(object) => {
                self.fields += object.fields.len();
                self.args += object.fields.iter().map(|field| field.node.arguments.len()).sum::<usize>();
                for face in &object.implements {
                    *self.faces.entry(face.node.to_string()).or_default() += 1;
                }
            }
            TypeKind::Interface(interface) => self.fields += interface.fields.len(),
            TypeKind::InputObject(input) => self.inputs += input.fields.len(),
            TypeKind::Enum(values) => self.items += values.values.len(),
            TypeKind::Scalar | TypeKind::Union(_) => {}
        }
    }
}
