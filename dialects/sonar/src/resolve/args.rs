//! What clients give to fields: arguments and inputs, read from values that the schema has let through. The schema does
//! not make lists of single values and leaves out the defaults of inputs within inputs: both is done here.

use crate::error::refuse;
use async_graphql::dynamic::ObjectAccessor;
use attache_model::{Error, Result, Time};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// What lists take: those of files everything, the others some of it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ListArgs {
    pub(super) id: Option<Whole>,
    pub(super) sonar_unique_id: Option<Id>,
    pub(super) created_at: Option<Moment>,
    pub(super) updated_at: Option<Moment>,
    #[serde(rename = "_version")]
    pub(super) version: Option<String>,
    pub(super) description: Option<String>,
    pub(super) file_size_in_bytes: Option<Whole>,
    pub(super) fileable_id: Option<Whole>,
    pub(super) fileable_type: Option<String>,
    pub(super) filename: Option<String>,
    pub(super) mime_type: Option<String>,
    pub(super) primary_image: Option<bool>,
    pub(super) user_id: Option<Whole>,
    pub(super) paginator: Option<Paginator>,
    #[serde(deserialize_with = "list")]
    pub(super) sorter: List<Sorter>,
    #[serde(deserialize_with = "list")]
    pub(super) search: List<Search>,
    pub(super) general_search: Option<String>,
    pub(super) general_search_mode: Option<Mode>,
    #[serde(deserialize_with = "list")]
    pub(super) aggregation: List<Aggregator>,
    #[serde(deserialize_with = "list")]
    pub(super) reverse_relation_filters: List<Relation>,
}

/// A list whose items may be null. A null counts where items are counted, and says nothing.
pub(super) type List<T> = Vec<Option<T>>;

/// A page of a list.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(expecting = "an object with page and records_per_page")]
pub(super) struct Paginator {
    pub(super) page: i64,
    pub(super) records_per_page: i64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(expecting = "an object with attribute and direction")]
pub(super) struct Sorter {
    pub(super) attribute: String,
    pub(super) direction: Direction,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Direction {
    Asc,
    Desc,
}

/// Where a general search looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Mode {
    Root,
    RootPlusRelations,
}

/// How numbers and times are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Operator {
    Gte,
    Gt,
    Lte,
    Lt,
    Eq,
    Neq,
}

/// Conditions that must all hold.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, expecting = "an object with lists of fields")]
pub(super) struct Search {
    #[serde(deserialize_with = "list")]
    pub(super) string_fields: List<StringField>,
    #[serde(deserialize_with = "list")]
    pub(super) integer_fields: List<RangeField<Whole>>,
    #[serde(deserialize_with = "list")]
    pub(super) float_fields: List<RangeField<f64>>,
    #[serde(deserialize_with = "list")]
    pub(super) datetime_fields: List<RangeField<Moment>>,
    #[serde(deserialize_with = "list")]
    pub(super) date_fields: List<RangeField<Date>>,
    #[serde(deserialize_with = "list")]
    pub(super) boolean_fields: List<BooleanField>,
    #[serde(deserialize_with = "list")]
    pub(super) unset_fields: List<String>,
    #[serde(deserialize_with = "list")]
    pub(super) exists: List<String>,
    #[serde(deserialize_with = "list")]
    pub(super) reverse_relation_filters: List<Relation>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(expecting = "an object with attribute and search_value")]
pub(super) struct StringField {
    pub(super) attribute: String,
    pub(super) search_value: String,
    #[serde(rename = "match")]
    pub(super) matches: bool,
    pub(super) partial_matching: Option<bool>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(expecting = "an object with attribute, search_value and operator")]
pub(super) struct RangeField<T> {
    pub(super) attribute: String,
    pub(super) search_value: T,
    pub(super) operator: Operator,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(expecting = "an object with attribute and search_value")]
pub(super) struct BooleanField {
    pub(super) attribute: String,
    pub(super) search_value: bool,
    /// Equality where it is left out.
    pub(super) operator: Option<Operator>,
}

/// Conditions on what a relation leads to.
#[derive(Clone, Debug, Deserialize)]
#[serde(expecting = "an object with relation")]
pub(super) struct Relation {
    pub(super) relation: String,
    #[serde(default, deserialize_with = "list")]
    pub(super) search: List<Search>,
    pub(super) general_search: Option<String>,
    pub(super) is_empty: Option<bool>,
    pub(super) group: Option<String>,
}

/// A question about all files of a list.
#[derive(Clone, Debug, Deserialize)]
#[serde(expecting = "an object with field_name and aggregation_function")]
pub(super) struct Aggregator {
    pub(super) field_name: String,
    pub(super) aggregation_function: Function,
    #[serde(default, deserialize_with = "list")]
    pub(super) sub_aggregators: List<Aggregator>,
}

/// What makes one answer of many files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Function {
    Max,
    Min,
    Sum,
    Avg,
    Count,
}

impl Function {
    /// Its name on the wire.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Function::Max => "MAX",
            Function::Min => "MIN",
            Function::Sum => "SUM",
            Function::Avg => "AVG",
            Function::Count => "COUNT",
        }
    }
}

/// What `linkFileToEntity` takes.
#[derive(Clone, Debug, Deserialize)]
#[serde(expecting = "an object with fileable_type, fileable_id and files")]
pub(super) struct LinkInput {
    pub(super) fileable_type: String,
    pub(super) fileable_id: Whole,
    #[serde(default, deserialize_with = "list")]
    pub(super) files: List<Association>,
}

/// A file to be linked, and what is to be written to it.
#[derive(Clone, Debug, Deserialize)]
#[serde(expecting = "an object such as {file_id: 61}")]
pub(super) struct Association {
    pub(super) file_id: Whole,
    pub(super) description: Option<String>,
    pub(super) primary_image: Option<bool>,
}

/// What `updateFile` takes.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, expecting = "an object with what is to be changed")]
pub(super) struct UpdateInput {
    pub(super) description: Option<String>,
    pub(super) primary_image: Option<bool>,
    pub(super) unset_description: Option<bool>,
}

/// What `createPersonalAccessToken` takes.
#[derive(Clone, Debug, Deserialize)]
#[serde(expecting = "an object with name")]
pub(super) struct TokenInput {
    pub(super) name: String,
}

/// The arguments of a mutation: the thing it is about, and what to do with it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Change<T> {
    pub(super) id: Option<Whole>,
    pub(super) input: Option<T>,
}

/// The arguments of a field.
///
/// # Errors
/// `Invalid` for what the schema should not have let through.
pub(super) fn read<T: DeserializeOwned>(args: &ObjectAccessor<'_>) -> Result<T> {
    let mut all = Map::new();
    for (name, value) in args.iter() {
        let value = value.as_value().clone().into_json().map_err(|error| refuse(name.as_str(), error.to_string()))?;
        all.insert(name.as_str().to_owned(), value);
    }
    T::deserialize(Value::Object(all)).map_err(|error| refuse("arguments", error.to_string()))
}

/// A list; a single value is a list of one, and null is an empty one.
fn list<'de, D: Deserializer<'de>, T: DeserializeOwned>(from: D) -> Result<List<T>, D::Error> {
    let items = match Value::deserialize(from)? {
        Value::Null => Vec::new(),
        Value::Array(items) => items,
        one => vec![one],
    };
    items.into_iter().map(|item| Option::<T>::deserialize(item).map_err(D::Error::custom)).collect()
}

/// An `Int64Bit`: a number, or its digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Whole(pub(super) i64);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Whole, D::Error> {
        let number = match Value::deserialize(from)? {
            Value::Number(number) => number.as_i64(),
            Value::String(digits) => digits.parse().ok(),
            _ => None,
        };
        number.map(Whole).ok_or_else(|| D::Error::custom("a whole number of 64 bits is wanted"))
    }
}

/// An `ID`: a text, or a number that is meant as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Id(pub(super) String);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Id, D::Error> {
        match Value::deserialize(from)? {
            Value::String(text) => Ok(Id(text)),
            Value::Number(number) => Ok(Id(number.to_string())),
            _ => Err(D::Error::custom("an id is wanted")),
        }
    }
}

/// A `Datetime`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment(pub(super) Time);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Moment, D::Error> {
        let text = String::deserialize(from)?;
        let stamp: Timestamp = text.parse().map_err(D::Error::custom)?;
        Ok(Moment(Time::from_timestamp(stamp)))
    }
}

/// An argument that is nullable in the schema, as real clients declare it so, and that there must be all the same.
///
/// # Errors
/// `Invalid` at `name`.
pub(super) fn wanted<T>(name: &'static str, value: Option<T>) -> Result<T, Error> {
    value.ok_or_else(|| refuse(name, "it is required"))
}

#[cfg(test)]
mod tests;
