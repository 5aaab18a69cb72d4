//! One operation of a request, from what was sent to what can be run: its text is parsed, its variables are complete, and
//! it is weighed.

use super::merge::merge;
use super::sequence::Sequence;
use super::weigh::{NESTING, Weight, weigh};
use super::{LANGUAGE, bracket};
use crate::error::Category;
use async_graphql::dynamic::Schema;
use async_graphql::parser::types::{
    BaseType, DocumentOperations, ExecutableDocument, OperationDefinition, OperationType, Selection, SelectionSet,
    VariableDefinition,
};
use async_graphql::parser::{self, parse_query};
use async_graphql::{ErrorExtensionValues, Pos, Positioned, Request, ServerError, Value, Variables};
use attache_model::limits::Limits;
use std::collections::HashSet;

/// One operation as it was sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sent {
    pub(crate) query: String,
    pub(crate) variables: Variables,
    /// Which of several operations in the text is meant.
    pub(crate) name: Option<String>,
}

/// One operation that can be run.
#[derive(Debug)]
pub(crate) struct Operation {
    document: ExecutableDocument,
    variables: Variables,
    name: Option<String>,
    /// Whether it changes something.
    pub(super) is_change: bool,
    pub(super) weight: Weight,
}

/// An error in a query itself.
pub(super) fn refusal(text: impl Into<String>, at: Option<Pos>) -> ServerError {
    let mut error = ServerError::new(text, at);
    error.extensions.get_or_insert_with(ErrorExtensionValues::default).set("category", Category::Graphql.word());
    error
}

impl Sent {
    /// Makes it ready.
    ///
    /// # Errors
    /// For a text that is too long or cannot be parsed, an operation that is not in it, variables that are not there, and
    /// what is too deep or uses itself.
    pub(super) fn prepare(self, limits: &Limits) -> Result<Operation, ServerError> {
        let Sent { query, mut variables, name } = self;
        if query.len() as u64 > limits.graphql_text_bytes {
            let most = limits.graphql_text_bytes;
            return Err(refusal(format!("The query has {} bytes, and {most} is the most.", query.len()), None));
        }
        if bracket::depth(&query) > NESTING {
            return Err(refusal(format!("More than {NESTING} brackets of the query stand in each other."), None));
        }
        let mut document = parse_query(&query).map_err(|error| unreadable(&error))?;
        let chosen = choose(&document.operations, name.as_deref())?;
        document.operations.iter().try_for_each(|(_, operation)| known(&operation.node, &LANGUAGE.schema))?;
        complete(&mut variables, &chosen.node)?;
        let weight = weigh(&document, &chosen.node, &variables, &LANGUAGE.prices, limits)?;
        let is_change = chosen.node.ty == OperationType::Mutation;
        merge(&mut document);
        if is_change {
            let chosen = choose(&document.operations, name.as_deref())?;
            once(&document, &chosen.node.selection_set.node, &mut HashSet::new())?;
        }
        Ok(Operation { document, variables, name, is_change, weight })
    }
}

impl Operation {
    /// In which order its answer is.
    pub(super) fn sequence(&self) -> Sequence {
        let chosen = choose(&self.document.operations, self.name.as_deref());
        chosen.map(|chosen| Sequence::of(&chosen.node.selection_set.node, &self.document)).unwrap_or_default()
    }

    pub(super) fn into_request(self) -> Request {
        let mut request = Request::new(String::new()).variables(self.variables);
        request.operation_name = self.name;
        request.set_parsed_query(self.document);
        request
    }
}

/// The operation `name`, or the only one.
fn choose<'d>(
    operations: &'d DocumentOperations,
    name: Option<&str>,
) -> Result<&'d Positioned<OperationDefinition>, ServerError> {
    let unknown = |name: &str| refusal(format!("There is no operation \"{name}\" in the query."), None);
    match (operations, name) {
        (DocumentOperations::Single(only), None) => Ok(only),
        (DocumentOperations::Single(_), Some(name)) => Err(unknown(name)),
        (DocumentOperations::Multiple(named), Some(name)) => named.get(name).ok_or_else(|| unknown(name)),
        (DocumentOperations::Multiple(named), None) if named.len() == 1 => {
            named.values().next().ok_or_else(|| unknown(""))
        }
        (DocumentOperations::Multiple(_), None) => {
            Err(refusal("There are several operations in the query: operationName must say which is meant.", None))
        }
    }
}

/// Holds that the types of variables are there. The library asks that of those alone that are in no list, and panics at
/// the others.
fn known(operation: &OperationDefinition, schema: &Schema) -> Result<(), ServerError> {
    for Positioned { node: definition, pos } in &operation.variable_definitions {
        let mut base = &definition.var_type.node.base;
        while let BaseType::List(of) = base {
            base = &of.base;
        }
        if let BaseType::Named(name) = base
            && !schema.registry().types.contains_key(name.as_str())
        {
            return Err(refusal(
                format!("There is no type \"{name}\" for the variable \"${}\".", definition.name.node),
                Some(*pos),
            ));
        }
    }
    Ok(())
}

/// Gives every variable of `operation` a value: its default, or null where it may be null.
fn complete(variables: &mut Variables, operation: &OperationDefinition) -> Result<(), ServerError> {
    for Positioned { node: definition, pos } in &operation.variable_definitions {
        let VariableDefinition { name, var_type, .. } = definition;
        let given = variables.get(&name.node);
        let value = given.or_else(|| definition.default_value()).cloned().unwrap_or(Value::Null);
        if value == Value::Null && !var_type.node.nullable {
            let text = format!("The variable \"${}\" must have a value of the type {}.", name.node, var_type.node);
            return Err(refusal(text, Some(*pos)));
        }
        variables.insert(name.node.clone(), value);
    }
    Ok(())
}

/// Holds that a change asks for each of its fields once, since the library runs one that comes by two ways twice.
fn once<'d>(
    document: &'d ExecutableDocument,
    set: &'d SelectionSet,
    seen: &mut HashSet<&'d str>,
) -> Result<(), ServerError> {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => {
                let key = field.node.response_key().node.as_str();
                if !seen.insert(key) {
                    let text = format!("The mutation has \"{key}\" twice; have it once, or give one of them an alias.");
                    return Err(refusal(text, Some(selection.pos)));
                }
            }
            Selection::InlineFragment(fragment) => once(document, &fragment.node.selection_set.node, seen)?,
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                    once(document, &fragment.node.selection_set.node, seen)?;
                }
            }
        }
    }
    Ok(())
}

/// The parser's words without the text that they quote.
fn unreadable(error: &parser::Error) -> ServerError {
    let text = error.to_string();
    let why = text.lines().last().unwrap_or_default().trim().trim_start_matches("= ");
    let mut positions = error.positions();
    let mut refused = refusal(format!("The query cannot be read: {why}"), positions.next());
    refused.locations.extend(positions);
    refused
}
