//! The values of XML-RPC, as requests bring them and answers carry them. Clients send ids as numbers or as text and mean
//! the same, so a value can be taken as what is wanted of it.

use std::borrow::Cow;

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// A whole number: `int`, `i4`, `i8`.
    Int(i32),
    /// `boolean`.
    Bool(bool),
    /// A finite number: `double`. Answers use it for sizes that no `i4` holds.
    Double(f64),
    /// A text: `string`, a value without a type, and the text of `dateTime.iso8601`.
    Text(String),
    /// The bytes of a `base64`.
    Bytes(Vec<u8>),
    /// Nothing: `nil`.
    Nil,
    /// An `array`.
    Array(Vec<Value>),
    /// A `struct`: its members in their order, each name once.
    Struct(Vec<(String, Value)>),
    /// The file of an upload, which went on as it came and is not held. Never in an answer.
    Spilled,
}

impl Value {
    /// A whole number; a text or a `double` that is one counts.
    pub(crate) fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(number) => Some((*number).into()),
            Value::Text(text) => text.trim().parse().ok(),
            Value::Double(number) => whole(*number),
            Value::Bool(_) | Value::Bytes(_) | Value::Nil | Value::Array(_) | Value::Struct(_) | Value::Spilled => None,
        }
    }

    /// A text; numbers count as their digits, a `boolean` as 1 or 0.
    pub(crate) fn as_text(&self) -> Option<Cow<'_, str>> {
        match self {
            Value::Text(text) => Some(Cow::Borrowed(text)),
            Value::Int(number) => Some(Cow::Owned(number.to_string())),
            Value::Double(number) => Some(Cow::Owned(number.to_string())),
            Value::Bool(yes) => Some(Cow::Borrowed(if *yes { "1" } else { "0" })),
            Value::Bytes(_) | Value::Nil | Value::Array(_) | Value::Struct(_) | Value::Spilled => None,
        }
    }

    /// A truth; 1 and 0 and the words `true` and `false` count.
    pub(crate) fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(yes) => Some(*yes),
            Value::Text(text) if text.trim().eq_ignore_ascii_case("true") => Some(true),
            Value::Text(text) if text.trim().eq_ignore_ascii_case("false") => Some(false),
            other => match other.as_int() {
                Some(1) => Some(true),
                Some(0) => Some(false),
                _ => None,
            },
        }
    }

    /// A number of bytes or files: an `i4` as far as one holds it, else a `double`.
    pub(crate) fn count(number: u64) -> Value {
        i32::try_from(number).map_or(Value::Double(number as f64), Value::Int)
    }

    /// The type's name in Java, as Keap's own faults tell the parameters of a call that fits no method.
    pub(crate) fn java_name(&self) -> &'static str {
        match self {
            Value::Int(_) => "java.lang.Integer",
            Value::Bool(_) => "java.lang.Boolean",
            Value::Double(_) => "java.lang.Double",
            Value::Text(_) | Value::Spilled => "java.lang.String",
            Value::Bytes(_) => "[B",
            Value::Nil => "null",
            Value::Array(_) => "[Ljava.lang.Object;",
            Value::Struct(_) => "java.util.HashMap",
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Value {
        Value::Int(number)
    }
}

impl From<bool> for Value {
    fn from(yes: bool) -> Value {
        Value::Bool(yes)
    }
}

/// A `double` without a fraction, as far as each whole number is told apart from its neighbours.
fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_may_come_as_text_and_a_text_as_number() {
        for value in [Value::Int(12), "12".into(), " 12\n".into(), "+12".into(), Value::Double(12.0)] {
            assert_eq!(value.as_int(), Some(12), "{value:?}");
        }
        assert_eq!(Value::Int(-7).as_text().as_deref(), Some("-7"));
        assert_eq!(Value::Double(1.5).as_text().as_deref(), Some("1.5"));
        assert_eq!(Value::Bool(true).as_text().as_deref(), Some("1"));
        assert_eq!(Value::from(" a ").as_text().as_deref(), Some(" a "));
    }

    #[test]
    fn what_is_no_number_is_not_taken_for_one() {
        for value in ["".into(), "1.5".into(), "1e3".into(), "0x10".into(), "9223372036854775808".into(), Value::Nil] {
            assert_eq!(value.as_int(), None, "{value:?}");
        }
        for value in [Value::Double(0.5), Value::Double(1e300), Value::Bool(true), Value::Bytes(b"12".to_vec())] {
            assert_eq!(value.as_int(), None, "{value:?}");
        }
    }

    #[test]
    fn a_truth_may_come_as_a_number_or_a_word() {
        for value in [Value::Bool(true), Value::Int(1), "1".into(), "TRUE".into(), " true ".into()] {
            assert_eq!(value.as_bool(), Some(true), "{value:?}");
        }
        for value in [Value::Bool(false), Value::Int(0), "0".into(), "False".into()] {
            assert_eq!(value.as_bool(), Some(false), "{value:?}");
        }
        for value in [Value::Int(2), "yes".into(), "".into(), Value::Nil] {
            assert_eq!(value.as_bool(), None, "{value:?}");
        }
    }

    #[test]
    fn a_count_is_a_whole_number_as_long_as_32_bits_hold_it() {
        assert_eq!(Value::count(2_147_483_647), Value::Int(i32::MAX));
        assert_eq!(Value::count(2_147_483_648), Value::Double(2_147_483_648.0));
    }
}
