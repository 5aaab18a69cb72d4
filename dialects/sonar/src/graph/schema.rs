//! From the text of the schema, `schema.graphql`, to one that runs: each type and field of the text is there, and what a
//! field leads to is looked up by its name.

use super::scalar::scalar;
use super::weigh::NESTING;
use crate::resolve;
use async_graphql::Positioned;
use async_graphql::dynamic::{
    Enum, EnumItem, Field, FieldFuture, InputObject, InputValue, Interface, InterfaceField, Object, ResolverContext,
    Schema, SchemaBuilder, Type, TypeRef,
};
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, EnumValueDefinition, FieldDefinition, InputValueDefinition, ServiceDocument, Type as Named,
    TypeDefinition, TypeKind, TypeSystemDefinition,
};

/// The text.
const SDL: &str = include_str!("../../schema.graphql");

/// What gives a field its value.
pub(crate) type Resolver = for<'a> fn(ResolverContext<'a>) -> FieldFuture<'a>;

/// The text, read.
///
/// # Panics
/// When it cannot be; a test holds that it can.
pub(super) fn text() -> ServiceDocument {
    parse_schema(SDL).expect("the text of the schema is one")
}

/// The schema of `document`, ready to run.
///
/// # Panics
/// When it cannot be one; a test holds that it can.
pub(super) fn schema(document: ServiceDocument) -> Schema {
    let types = document.definitions.into_iter().filter_map(|definition| match definition {
        TypeSystemDefinition::Type(definition) => Some(definition.node),
        TypeSystemDefinition::Schema(_) | TypeSystemDefinition::Directive(_) => None,
    });
    let empty = Schema::build("Query", Some("Mutation"), None).limit_recursive_depth(NESTING);
    types.fold(empty, register).finish().expect("the types of the schema fit together")
}

fn register(builder: SchemaBuilder, definition: TypeDefinition) -> SchemaBuilder {
    let TypeDefinition { name, kind, description, .. } = definition;
    let name = name.node.as_str();
    let describe = description.map(|text| text.node);
    let made: Type = match kind {
        TypeKind::Scalar => described(scalar(name), describe, async_graphql::dynamic::Scalar::description).into(),
        TypeKind::Object(object) => {
            let made = described(Object::new(name), describe, Object::description);
            let made = object.implements.iter().fold(made, |made, face| made.implement(face.node.as_str()));
            object.fields.into_iter().fold(made, |made, each| made.field(field(name, each.node))).into()
        }
        TypeKind::Interface(interface) => {
            let made = described(Interface::new(name), describe, Interface::description);
            interface.fields.into_iter().fold(made, |made, each| made.field(shown(each.node))).into()
        }
        TypeKind::Enum(values) => {
            let made = described(Enum::new(name), describe, Enum::description);
            values.values.into_iter().fold(made, |made, each| made.item(item(each.node))).into()
        }
        TypeKind::InputObject(input) => {
            let made = described(InputObject::new(name), describe, InputObject::description);
            input.fields.into_iter().fold(made, |made, each| made.field(input_value(each.node))).into()
        }
        TypeKind::Union(_) => return builder,
    };
    builder.register(made)
}

/// `made` with its description, where the text has one.
fn described<T>(made: T, text: Option<String>, describe: impl FnOnce(T, String) -> T) -> T {
    match text {
        Some(text) => describe(made, text),
        None => made,
    }
}

fn field(owner: &str, definition: FieldDefinition) -> Field {
    let name = definition.name.node.as_str();
    let made = Field::new(name, reference(&definition.ty.node), resolver(owner, name));
    let made = described(made, definition.description.map(text_of), Field::description);
    definition.arguments.into_iter().fold(made, |made, each| made.argument(input_value(each.node)))
}

/// What gives the field `name` of the type `owner` its value: its own resolver, or for plain ones the object it is of.
fn resolver(owner: &str, name: &str) -> Resolver {
    let own = resolve::TABLE.iter().find(|(of, field, _)| (*of, *field) == (owner, name));
    own.map_or(resolve::plain, |(_, _, resolver)| *resolver)
}

fn shown(definition: FieldDefinition) -> InterfaceField {
    let made = InterfaceField::new(definition.name.node.as_str(), reference(&definition.ty.node));
    described(made, definition.description.map(text_of), InterfaceField::description)
}

fn item(definition: EnumValueDefinition) -> EnumItem {
    described(EnumItem::new(definition.value.node.as_str()), definition.description.map(text_of), EnumItem::description)
}

fn input_value(definition: InputValueDefinition) -> InputValue {
    let made = InputValue::new(definition.name.node.as_str(), reference(&definition.ty.node));
    let made = described(made, definition.description.map(text_of), InputValue::description);
    match definition.default_value {
        Some(value) => made.default_value(value.node),
        None => made,
    }
}

fn text_of(text: Positioned<String>) -> String {
    text.node
}

fn reference(ty: &Named) -> TypeRef {
    let base = match &ty.base {
        BaseType::Named(name) => TypeRef::named(name.as_str()),
        BaseType::List(of) => TypeRef::List(Box::new(reference(of))),
    };
    if ty.nullable { base } else { TypeRef::NonNull(Box::new(base)) }
}

#[cfg(test)]
mod tests;
