//! The scalars of the schema: which values they take, and which they show.

use async_graphql::Value;
use async_graphql::dynamic::Scalar;
use jiff::Timestamp;
use jiff::civil::Date;

/// Characters that a `Text` may have.
const TEXT: usize = 100_000;

/// The scalar `name` with the rule for its values.
pub(super) fn scalar(name: &str) -> Scalar {
    let rule: fn(&Value) -> bool = match name {
        "Int64Bit" => |value| whole_number(value).is_some(),
        "Datetime" => |value| matches!(value, Value::String(text) if text.parse::<Timestamp>().is_ok()),
        "Date" => |value| matches!(value, Value::String(text) if text.parse::<Date>().is_ok()),
        "Text" => |value| matches!(value, Value::String(text) if text.chars().count() <= TEXT),
        _ => |_| true,
    };
    Scalar::new(name).validator(rule)
}

/// The number that a value of `Int64Bit` is: a whole number, or one in the digits of a string.
pub(crate) fn whole_number(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}
