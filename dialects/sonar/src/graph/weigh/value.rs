//! The values of arguments, literal or from variables: how many there are, and the numbers among them.

use async_graphql::{Value, Variables};
use async_graphql_value::Value as InputValue;
use std::collections::HashMap;

/// Values that cost as much as one field.
const SHARE: f64 = 10.0;

/// The variables of the operation that is weighed. Each is counted once, however often it is used.
pub(super) struct Values<'d> {
    variables: &'d Variables,
    counted: HashMap<&'d str, f64>,
}

impl<'d> Values<'d> {
    pub(super) fn new(variables: &'d Variables) -> Values<'d> {
        Values { variables, counted: HashMap::new() }
    }

    /// What the values in `value` cost.
    pub(super) fn weight(&mut self, value: &'d InputValue) -> f64 {
        self.count(value) / SHARE
    }

    fn count(&mut self, value: &'d InputValue) -> f64 {
        match value {
            InputValue::Variable(name) => {
                let variables = self.variables;
                *self.counted.entry(name.as_str()).or_insert_with(|| variables.get(name).map_or(1.0, held))
            }
            InputValue::List(items) => 1.0 + items.iter().map(|item| self.count(item)).sum::<f64>(),
            InputValue::Object(members) => 1.0 + members.values().map(|member| self.count(member)).sum::<f64>(),
            _ => 1.0,
        }
    }

    /// Whether a value is more than null.
    pub(super) fn is_given(&self, value: &InputValue) -> bool {
        match value {
            InputValue::Null => false,
            InputValue::Variable(name) => self.variables.get(name).is_some_and(|value| *value != Value::Null),
            _ => true,
        }
    }

    /// The number that the member `name` of an object is.
    pub(super) fn number(&self, value: &InputValue, name: &str) -> Option<f64> {
        match value {
            InputValue::Variable(variable) => number(self.variables.get(variable)?, name),
            InputValue::Object(members) => match members.get(name)? {
                InputValue::Number(number) => number.as_f64(),
                InputValue::Variable(variable) => match self.variables.get(variable)? {
                    Value::Number(number) => number.as_f64(),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }
}

fn number(value: &Value, name: &str) -> Option<f64> {
    let Value::Object(members) = value else { return None };
    let Value::Number(number) = members.get(name)? else { return None };
    number.as_f64()
}

/// How many values a value is made of.
fn held(value: &Value) -> f64 {
    match value {
        Value::List(items) => 1.0 + items.iter().map(held).sum::<f64>(),
        Value::Object(members) => 1.0 + members.values().map(held).sum::<f64>(),
        _ => 1.0,
    }
}
