//! That the schema and the tables of its fields name the same.

use crate::resolve::{ENTRIES, TABLE, aggregate, connection, file, logs, owner, owners, page, tokens, user};
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use std::collections::{BTreeMap, BTreeSet};

const SDL: &str = include_str!("../../../schema.graphql");

fn names<T>(fields: &[(&'static str, T)]) -> Vec<&'static str> {
    fields.iter().map(|(name, _)| *name).collect()
}

/// The fields that each type shows of itself; of a user, `me` shows some.
fn shown() -> BTreeMap<String, Vec<&'static str>> {
    let mut figure = names(aggregate::FIGURE);
    figure.push(aggregate::GROUPS);
    let mut group = names(aggregate::GROUP);
    group.push(aggregate::FIGURES);
    let mut shown: BTreeMap<String, Vec<&'static str>> = [
        ("User", names(user::FIELDS)),
        ("File", names(file::FIELDS)),
        ("FileConnection", connection::FIELDS.to_vec()),
        ("LogConnection", connection::FIELDS.to_vec()),
        ("AccessLogConnection", connection::FIELDS.to_vec()),
        ("PersonalAccessTokenConnection", vec!["entities"]),
        ("PageInfo", names(page::FIELDS)),
        ("Aggregation", figure),
        ("AggregationBucketResult", group),
        ("PersonalAccessToken", names(tokens::FIELDS)),
        ("Log", names(logs::FIELDS)),
        ("SuccessResponse", names(crate::resolve::DONE)),
        ("Me", vec!["id", "name", "username", "public_name", "super_admin", "role_id"]),
        // There is never one.
        ("AccessLog", Vec::new()),
    ]
    .map(|(name, fields)| (name.to_owned(), fields))
    .into();
    for (kind, _) in owners::LISTS {
        shown.insert(kind.to_owned(), names(owner::FIELDS));
        shown.insert(format!("{kind}Connection"), connection::FIELDS.to_vec());
    }
    shown
}

#[test]
fn each_field_of_the_schema_is_shown_or_resolved_and_no_other_one_is() {
    let shown = shown();
    let mut known: BTreeSet<(String, String)> =
        TABLE.iter().map(|(of, field, _)| ((*of).to_owned(), (*field).to_owned())).collect();
    assert_eq!(known.len(), TABLE.len(), "each field has one resolver");
    for (of, fields) in &shown {
        known.extend(fields.iter().map(|field| (of.clone(), (*field).to_owned())));
    }
    let mut schema = BTreeSet::new();
    for definition in parse_schema(SDL).unwrap().definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let TypeKind::Object(object) = definition.node.kind else { continue };
        let name = definition.node.name.node;
        if name == "AccessLog" {
            continue;
        }
        schema.extend(object.fields.iter().map(|field| (name.to_string(), field.node.name.node.to_string())));
    }
    let missing: Vec<_> = schema.difference(&known).collect();
    let surplus: Vec<_> = known.difference(&schema).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "missing: {missing:?}, surplus: {surplus:?}");
}

#[test]
fn what_me_shows_a_user_shows_too() {
    let user = names(user::FIELDS);
    assert!(shown()["Me"].iter().all(|field| user.contains(field)));
    assert_eq!(ENTRIES.len() + 2 * 25, TABLE.len());
}
