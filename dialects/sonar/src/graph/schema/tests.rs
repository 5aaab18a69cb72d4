use super::*;
use std::collections::BTreeSet;

/// Sonar's own schema.
const SONAR: &str = include_str!("sonar.graphql");
/// The type of owners that stands for all of them there.
const ONE: &str = "Account";
/// An old name of a type of owners, which has no type of its own.
const OLD: &str = "CallDataRecordImport";

/// What a schema says, a sentence for each thing that a client can see of it.
fn said(document: &ServiceDocument) -> BTreeSet<String> {
    let mut said = BTreeSet::new();
    for definition in &document.definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let name = definition.node.name.node.as_str();
        match &definition.node.kind {
            TypeKind::Scalar => drop(said.insert(format!("scalar {name}"))),
            TypeKind::Object(object) => {
                said.extend(object.implements.iter().map(|face| format!("{name} implements {}", face.node)));
                said.extend(object.fields.iter().flat_map(|field| field_said("type", name, &field.node)));
            }
            TypeKind::Interface(interface) => {
                said.extend(interface.fields.iter().flat_map(|field| field_said("interface", name, &field.node)));
            }
            TypeKind::Enum(values) => {
                said.extend(values.values.iter().map(|value| format!("enum {name} {}", value.node.value.node)));
            }
            TypeKind::InputObject(input) => {
                said.extend(input.fields.iter().map(|field| value_said(&format!("input {name}"), &field.node)));
            }
            TypeKind::Union(_) => panic!("no union is known: {name}"),
        }
    }
    said
}

fn field_said(kind: &str, of: &str, field: &FieldDefinition) -> Vec<String> {
    let place = format!("{kind} {of}.{}", field.name.node);
    let arguments = field.arguments.iter().map(|argument| value_said(&format!("{place}()"), &argument.node));
    arguments.chain([format!("{place}: {}", field.ty.node)]).collect()
}

fn value_said(place: &str, value: &InputValueDefinition) -> String {
    let default = value.default_value.as_ref().map(|value| format!(" = {}", value.node));
    format!("{place}.{}: {}{}", value.name.node, value.ty.node, default.unwrap_or_default())
}

/// The types of owners, by Sonar's schema.
fn owners(said: &BTreeSet<String>) -> Vec<String> {
    let names = said.iter().filter_map(|text| text.strip_prefix("enum FileableType "));
    names.filter(|name| *name != OLD).map(str::to_owned).collect()
}

/// Sonar's schema, with every type of owners.
fn sonars() -> BTreeSet<String> {
    let mut said = said(&parse_schema(SONAR).unwrap());
    let owners = owners(&said);
    let of_one: Vec<String> = said.iter().filter(|text| is_of(text, ONE)).cloned().collect();
    for owner in owners {
        said.extend(of_one.iter().map(|text| text.replacen(ONE, &owner, 1)));
    }
    said
}

fn is_of(text: &str, owner: &str) -> bool {
    text.starts_with(&format!("type {owner}.")) || text.starts_with(&format!("{owner} implements"))
}

#[test]
fn everything_of_sonars_schema_is_in_ours_as_it_is_there() {
    let (sonars, ours) = (sonars(), said(&text()));
    let missing: Vec<_> = sonars.difference(&ours).collect();
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(sonars.len() > 700, "{} are too few to be all", sonars.len());
}

#[test]
fn s33_what_we_add_are_fields_and_types_of_their_own() {
    let ours = said(&text());
    let added: BTreeSet<_> = ours.difference(&sonars()).cloned().collect();
    let lists: Vec<_> = owners(&ours).iter().map(|owner| format!("{owner}Connection")).collect();
    let (of_lists, rest): (Vec<_>, Vec<_>) = added.into_iter().partition(|text| {
        lists.iter().any(|list| text.starts_with(&format!("type {list}.")) || text.ends_with(&format!(": {list}!")))
    });
    // Each list of owners: its field, and the three of its page.
    assert_eq!(of_lists.len(), 4 * lists.len());
    let rest: Vec<_> = rest.into_iter().filter(|text| !is_of_root_list(text, &of_lists)).collect();
    insta::assert_snapshot!(rest.join("\n"), @r"
    type File.checksum_sha256: String!
    type File.download_path: String!
    type Mutation.unlinkFile().id: Int64Bit!
    type Mutation.unlinkFile: File
    ");
}

/// Whether it is an argument of a list of owners.
fn is_of_root_list(text: &str, lists: &[String]) -> bool {
    let Some((field, _)) = text.strip_prefix("type Query.").and_then(|rest| rest.split_once("().")) else {
        return false;
    };
    lists.iter().any(|list| list.starts_with(&format!("type Query.{field}: ")))
}

#[test]
fn what_clients_see_is_what_the_text_says() {
    let shown = parse_schema(schema(text()).sdl()).unwrap();
    assert_eq!(said(&shown), said(&text()));
}

#[test]
fn every_type_of_owners_is_one_of_the_domain_and_has_a_list() {
    let ours = said(&text());
    let owners = owners(&ours);
    assert_eq!(owners.len(), attache_model::owner::OWNERS.len());
    for owner in owners {
        assert!(ours.contains(&format!("{owner} implements FileableInterface")), "{owner}");
        assert!(ours.iter().any(|text| text.ends_with(&format!(": {owner}Connection!"))), "{owner}");
    }
}

/// Every field of every object, and whether it is more than a value: it has arguments, or leads to objects.
fn fields() -> Vec<(String, String, bool)> {
    let document = text();
    let objects: BTreeSet<&str> = document
        .definitions
        .iter()
        .filter_map(|definition| match definition {
            TypeSystemDefinition::Type(definition) => match definition.node.kind {
                TypeKind::Object(_) | TypeKind::Interface(_) => Some(definition.node.name.node.as_str()),
                _ => None,
            },
            _ => None,
        })
        .collect();
    let mut fields = Vec::new();
    for definition in &document.definitions {
        let TypeSystemDefinition::Type(definition) = definition else { continue };
        let TypeKind::Object(object) = &definition.node.kind else { continue };
        for field in &object.fields {
            let leads_on =
                objects.contains(reference(&field.node.ty.node).type_name()) || !field.node.arguments.is_empty();
            fields.push((definition.node.name.node.to_string(), field.node.name.node.to_string(), leads_on));
        }
    }
    fields
}

#[test]
fn every_resolver_has_its_field_and_no_field_has_two() {
    let fields = fields();
    for (at, (owner, field, _)) in resolve::TABLE.iter().enumerate() {
        assert!(fields.iter().any(|(of, name, _)| of == owner && name == field), "{owner}.{field} is no field");
        assert!(!resolve::TABLE[..at].iter().any(|(of, name, _)| of == owner && name == field), "{owner}.{field}");
    }
}
