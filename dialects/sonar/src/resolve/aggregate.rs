//! Figures of all files of a list: sums and the like, and how many are alike.

use super::args::{Aggregator, Function, List};
use super::{Field, Node};
use crate::error::refuse;
use crate::fileable;
use async_graphql::Value;
use async_graphql::dynamic::FieldValue;
use attache_core::{AGGREGATES_MAX, Aggregate, Aggregated, BUCKETS_DEEP, Bucket, Counted, Measure, Summary};
use attache_model::Result;

/// What there are numbers of.
const NUMBERS: [(&str, Measure); 2] = [("id", Measure::No), ("file_size_in_bytes", Measure::Size)];
/// What files are counted by.
const BUCKETS: [(&str, Bucket); 3] =
    [("filename", Bucket::Title), ("mime_type", Bucket::MediaType), ("fileable_type", Bucket::OwnerKind)];

/// A figure that is asked for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    field: &'static str,
    function: Function,
    of: Of,
}

/// What a figure is of.
#[derive(Clone, Debug, PartialEq)]
enum Of {
    Number(Measure, Summary),
    Buckets(Bucket, Vec<Asked>),
}

/// The figures that arguments ask for.
///
/// # Errors
/// `Invalid` for what there are no such figures of, and for too many of them.
pub(super) fn read(aggregators: &List<Aggregator>) -> Result<Vec<Asked>> {
    let asked = each(aggregators, "aggregation", 1)?;
    match asked.iter().map(Asked::weight).sum::<usize>() > AGGREGATES_MAX {
        true => Err(refuse("aggregation", format!("it asks for more than {AGGREGATES_MAX} figures"))),
        false => Ok(asked),
    }
}

fn each(aggregators: &List<Aggregator>, path: &str, depth: usize) -> Result<Vec<Asked>> {
    let some = aggregators.iter().enumerate().filter_map(|(at, aggregator)| Some((at, aggregator.as_ref()?)));
    some.map(|(at, aggregator)| one(aggregator, &format!("{path}.{at}"), depth)).collect()
}

fn one(aggregator: &Aggregator, path: &str, depth: usize) -> Result<Asked> {
    let (name, function) = (aggregator.field_name.as_str(), aggregator.aggregation_function);
    let summary = match function {
        Function::Max => Summary::Max,
        Function::Min => Summary::Min,
        Function::Sum => Summary::Sum,
        Function::Avg => Summary::Avg,
        Function::Count => return counted(aggregator, path, depth),
    };
    let (field, measure) = *known(name, path, function, &NUMBERS)?;
    if aggregator.sub_aggregators.iter().any(Option::is_some) {
        return Err(refuse(format!("{path}.sub_aggregators"), "only within COUNT there are others"));
    }
    Ok(Asked { field, function, of: Of::Number(measure, summary) })
}

fn counted(aggregator: &Aggregator, path: &str, depth: usize) -> Result<Asked> {
    let (field, bucket) = *known(&aggregator.field_name, path, Function::Count, &BUCKETS)?;
    if depth > BUCKETS_DEEP {
        return Err(refuse(path, format!("counts stand within one another at most {BUCKETS_DEEP} deep")));
    }
    let within = each(&aggregator.sub_aggregators, &format!("{path}.sub_aggregators"), depth + 1)?;
    Ok(Asked { field, function: Function::Count, of: Of::Buckets(bucket, within) })
}

/// What a function has by a field's name.
fn known<'k, T>(
    name: &str,
    path: &str,
    function: Function,
    known: &'k [(&'static str, T)],
) -> Result<&'k (&'static str, T)> {
    known.iter().find(|(field, _)| *field == name).ok_or_else(|| {
        let fields: Vec<&str> = known.iter().map(|(field, _)| *field).collect();
        let (name, fields, function) = (name.escape_debug(), fields.join(", "), function.word());
        refuse(format!("{path}.field_name"), format!("there is no {function} of '{name}'; there is one of {fields}"))
    })
}

impl Asked {
    /// How many figures it is.
    fn weight(&self) -> usize {
        match &self.of {
            Of::Number(..) => 1,
            Of::Buckets(_, within) => 1 + within.iter().map(Asked::weight).sum::<usize>(),
        }
    }

    fn question(&self) -> Aggregate {
        match &self.of {
            Of::Number(of, how) => Aggregate::Number { of: *of, how: *how },
            Of::Buckets(by, within) => Aggregate::Buckets { by: *by, within: questions(within) },
        }
    }
}

/// What core is asked.
pub(super) fn questions(asked: &[Asked]) -> Vec<Aggregate> {
    asked.iter().map(Asked::question).collect()
}

/// A figure.
#[derive(Clone, Debug)]
pub(crate) struct Figure {
    field: &'static str,
    function: Function,
    value: Option<String>,
    buckets: Option<Vec<Group>>,
}

/// Files that are alike, and figures of them.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    value: String,
    count: u64,
    within: Vec<Figure>,
}

/// The answers to what was asked.
pub(super) fn told(asked: &[Asked], answers: Vec<Aggregated>) -> Vec<Figure> {
    asked.iter().zip(answers).map(|(asked, answer)| asked.told(answer)).collect()
}

impl Asked {
    fn told(&self, answer: Aggregated) -> Figure {
        let (value, buckets) = match (answer, &self.of) {
            (Aggregated::Number(value), _) => (value, None),
            (Aggregated::Buckets(counted), Of::Buckets(by, within)) => {
                (None, Some(counted.into_iter().map(|each| group(*by, within, each)).collect()))
            }
            (Aggregated::Buckets(_), Of::Number(..)) => (None, None),
        };
        Figure { field: self.field, function: self.function, value, buckets }
    }
}

/// What has no owner has an empty value: the schema has no null there.
fn group(by: Bucket, within: &[Asked], counted: Counted) -> Group {
    let value = counted.value.unwrap_or_default();
    let value = match by {
        Bucket::OwnerKind => fileable::name(&value).map_or(value, str::to_owned),
        Bucket::Title | Bucket::MediaType => value,
    };
    Group { value, count: counted.count, within: told(within, counted.within) }
}

/// What a figure shows besides its groups.
pub(super) const FIGURE: &[Field<Figure>] = &[
    ("field", |figure| figure.field.into()),
    ("value", |figure| figure.value.clone().map_or(Value::Null, Value::from)),
    ("aggregation_function", |figure| Value::Enum(async_graphql::Name::new(figure.function.word()))),
];
/// What a figure shows by groups.
pub(super) const GROUPS: &str = "counts";

/// What a group shows besides its figures.
pub(super) const GROUP: &[Field<Group>] =
    &[("value", |group| group.value.as_str().into()), ("count", |group| group.count.to_string().into())];
/// What a group shows by figures.
pub(super) const FIGURES: &str = "sub_aggregator_results";

impl Figure {
    /// Its groups; `None` for a number.
    pub(super) fn groups(&self) -> Option<FieldValue<'_>> {
        let groups = self.buckets.as_ref()?.iter();
        Some(FieldValue::list(groups.map(|group| FieldValue::owned_any(Node::Group(group.clone())))))
    }
}

impl Group {
    /// Its figures.
    pub(super) fn figures(&self) -> FieldValue<'_> {
        FieldValue::list(self.within.iter().map(|figure| FieldValue::owned_any(Node::Figure(figure.clone()))))
    }
}
