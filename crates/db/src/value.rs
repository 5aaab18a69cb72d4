//! The five kinds of value that both engines store.

/// A value bound to a statement. Flags are the integers 0 and 1, times are integers, JSON is text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Val<'a> {
    /// SQL `NULL`, of any type.
    Null,
    /// A 64-bit signed integer.
    Int(i64),
    /// A 64-bit float; NaN is refused, because SQLite would store it as `NULL`.
    Real(f64),
    /// UTF-8 text; the character NUL is refused, because PostgreSQL cannot store it.
    Text(&'a str),
    /// Raw bytes.
    Bytes(&'a [u8]),
}

impl Val<'_> {
    /// Why this value cannot be stored alike by both engines, if so.
    pub(crate) fn objection(&self) -> Option<&'static str> {
        match self {
            Self::Real(real) if real.is_nan() => Some("NaN cannot be stored"),
            Self::Text(text) if text.as_bytes().contains(&0) => Some("text with the character NUL cannot be stored"),
            _ => None,
        }
    }
}

macro_rules! whole {
    ($($kind:ty),*) => {$(
        impl From<$kind> for Val<'_> {
            fn from(value: $kind) -> Self {
                Self::Int(i64::from(value))
            }
        }
    )*};
}
whole!(i64, i32, i16, u32, u16, u8, bool);

impl From<f64> for Val<'_> {
    fn from(value: f64) -> Self {
        Self::Real(value)
    }
}

impl<'a> From<&'a str> for Val<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a String> for Val<'a> {
    fn from(value: &'a String) -> Self {
        Self::Text(value)
    }
}

impl<'a> From<&'a [u8]> for Val<'a> {
    fn from(value: &'a [u8]) -> Self {
        Self::Bytes(value)
    }
}

impl<'a> From<&'a Vec<u8>> for Val<'a> {
    fn from(value: &'a Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Val<'a> {
    fn from(value: &'a [u8; N]) -> Self {
        Self::Bytes(value)
    }
}

impl<'a, T: Into<Val<'a>>> From<Option<T>> for Val<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A value that was read, of whatever kind its column has.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// SQL `NULL`.
    Null,
    /// A 64-bit signed integer.
    Int(i64),
    /// A 64-bit float.
    Real(f64),
    /// UTF-8 text.
    Text(String),
    /// Raw bytes.
    Bytes(Vec<u8>),
}

impl Value {
    /// The integer, if it is one.
    #[must_use]
    pub fn int(&self) -> Option<i64> {
        if let Self::Int(int) = self { Some(*int) } else { None }
    }

    /// The text, if it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The bytes, if they are that.
    #[must_use]
    pub fn bytes(&self) -> Option<&[u8]> {
        if let Self::Bytes(bytes) = self { Some(bytes) } else { None }
    }
}

impl<'a> From<&'a Value> for Val<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Int(int) => Self::Int(*int),
            Value::Real(real) => Self::Real(*real),
            Value::Text(text) => Self::Text(text),
            Value::Bytes(bytes) => Self::Bytes(bytes),
        }
    }
}

impl From<&Val<'_>> for Value {
    fn from(val: &Val<'_>) -> Self {
        match *val {
            Val::Null => Self::Null,
            Val::Int(int) => Self::Int(int),
            Val::Real(real) => Self::Real(real),
            Val::Text(text) => Self::Text(text.to_owned()),
            Val::Bytes(bytes) => Self::Bytes(bytes.to_vec()),
        }
    }
}
