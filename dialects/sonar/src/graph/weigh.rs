//! How much a query asks for, before any of it is run: how deep it goes, what it costs, and how often it renames fields.
//!
//! What a fragment holds counts as often as the fragment is used, and is looked at once, so that weighing takes time in
//! proportion to the text, however fragments use each other.

mod price;
mod value;

pub(super) use price::Prices;

use super::operation::refusal;
use async_graphql::parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet};
use async_graphql::{Pos, Positioned, ServerError, Variables};
use attache_model::limits::Limits;
use std::cmp;
use std::collections::HashMap;
use value::Values;

/// How deep selections may stand in each other, those of fragments included; the parser follows no further either.
pub(super) const NESTING: usize = 64;

type Result<T> = std::result::Result<T, ServerError>;

/// What a request asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Weight {
    /// Points.
    pub(super) cost: f64,
    /// Renamed fields.
    pub(super) aliases: f64,
    /// Fields, each once for each time that it is written or comes by a fragment, in all operations of the text.
    pub(super) fields: f64,
}

impl Weight {
    /// Of both.
    pub(super) fn and(self, other: Weight) -> Weight {
        Weight {
            cost: self.cost + other.cost,
            aliases: self.aliases + other.aliases,
            fields: self.fields + other.fields,
        }
    }

    /// # Errors
    /// One that names the limit that it is over.
    pub(super) fn check(self, limits: &Limits) -> Result<()> {
        let Weight { cost, aliases, fields } = self;
        if cost > limits.graphql_cost as f64 {
            let most = limits.graphql_cost;
            let why = "ask for fewer fields, a smaller records_per_page, or in several requests";
            return Err(refusal(format!("The query costs {cost:.0} points, and {most} is the most: {why}."), None));
        }
        if aliases > limits.graphql_aliases as f64 {
            let most = limits.graphql_aliases;
            return Err(refusal(format!("The query has {aliases:.0} aliases, and {most} is the most."), None));
        }
        // A field costs a point at least, where it is on every row: those that are not run are counted like that.
        if fields > limits.graphql_cost as f64 {
            let most = limits.graphql_cost;
            return Err(refusal(format!("The query has {fields:.0} fields, and {most} is the most."), None));
        }
        Ok(())
    }
}

/// Weighs the operation `chosen` of a document.
///
/// # Errors
/// For what is too deep, for a fragment that uses itself, and for too many directives on one field.
pub(super) fn weigh(
    document: &ExecutableDocument,
    chosen: &OperationDefinition,
    variables: &Variables,
    prices: &Prices,
    limits: &Limits,
) -> Result<Weight> {
    let values = Values::new(variables);
    let mut scale = Scale { document, prices, limits, values, fragments: HashMap::new() };
    let load = scale.set(&chosen.selection_set.node, 0)?;
    if load.depth > count(limits.graphql_depth) {
        let most = limits.graphql_depth;
        return Err(refusal(format!("The query is {} levels deep, and {most} is the most.", load.depth), None));
    }
    let cost = load.listed(PAGE).points;
    Ok(Weight { cost, aliases: load.aliases, fields: scale.fields()? })
}

/// Rows of a list that does not say how many it wants.
pub(super) const PAGE: f64 = 100.0;
/// The arguments that leave one row of a list at most.
const ONE: [&str; 2] = ["id", "sonar_unique_id"];
/// Rows that cost as much as one field outside of any.
const ROWS: f64 = 25.0;
/// What a plain value costs in a row, which itself costs one, as an object in it does. What takes time is to fetch those.
const VALUE: f64 = 0.1;

/// What a selection asks for.
#[derive(Clone, Copy, Debug, Default)]
struct Load {
    /// Its cost where it is asked for once.
    points: f64,
    /// Its cost in rows where it is asked for in a row. Rows in rows count in full.
    units: f64,
    /// Units of each row of the list that it is the selection of.
    row: f64,
    fields: f64,
    aliases: f64,
    /// Fields within fields.
    depth: usize,
    /// Selections within selections.
    nesting: usize,
}

impl Load {
    fn add(&mut self, other: Load) {
        self.points += other.points;
        self.units += other.units;
        self.row += other.row;
        self.fields += other.fields;
        self.aliases += other.aliases;
        self.depth = cmp::max(self.depth, other.depth);
        self.nesting = cmp::max(self.nesting, other.nesting);
    }

    /// As the selection of a list with `rows` rows.
    fn listed(self, rows: f64) -> Load {
        let all = self.row * rows;
        Load { points: self.points + all / ROWS, units: self.units + all, row: 0.0, ..self }
    }
}

struct Scale<'d> {
    document: &'d ExecutableDocument,
    prices: &'d Prices,
    limits: &'d Limits,
    values: Values<'d>,
    /// The fragments that were looked at; `None` while one is.
    fragments: HashMap<&'d str, Option<Load>>,
}

impl<'d> Scale<'d> {
    fn set(&mut self, set: &'d SelectionSet, level: usize) -> Result<Load> {
        if level > NESTING {
            return Err(too_deep(set.items.first().map(|first| first.pos)));
        }
        let mut load = Load::default();
        for selection in &set.items {
            load.add(self.selection(selection, level)?);
        }
        load.nesting += 1;
        Ok(load)
    }

    fn selection(&mut self, selection: &'d Positioned<Selection>, level: usize) -> Result<Load> {
        let directives = selection.node.directives().len();
        if directives > count(self.limits.graphql_directives) {
            let most = self.limits.graphql_directives;
            let text = format!("There are {directives} directives at one place, and {most} is the most.");
            return Err(refusal(text, Some(selection.pos)));
        }
        match &selection.node {
            Selection::Field(field) => self.field(&field.node, level),
            Selection::InlineFragment(fragment) => self.set(&fragment.node.selection_set.node, level + 1),
            Selection::FragmentSpread(spread) => {
                self.fragment(spread.node.fragment_name.node.as_str(), spread.pos, level + 1)
            }
        }
    }

    fn field(&mut self, field: &'d Field, level: usize) -> Result<Load> {
        let sent: f64 = field.arguments.iter().map(|(_, value)| self.values.weight(&value.node)).sum();
        let name = field.name.node.as_str();
        let mut load = match &field.selection_set.node {
            set if set.items.is_empty() => Load { points: 1.0, units: VALUE, ..Load::default() },
            // The rows of a list are counted where it is known how many there are: at the field around them.
            set if self.prices.is_rows(name) => {
                let inner = self.set(set, level + 1)?.listed(PAGE);
                Load { points: 1.0, units: 1.0, row: 1.0 + inner.units, ..inner }
            }
            set => {
                let inner = self.set(set, level + 1)?.listed(self.rows(field));
                Load { points: self.prices.field(name, inner.points), units: 1.0 + inner.units, ..inner }
            }
        };
        load.points += sent;
        load.units += sent;
        load.fields += 1.0;
        load.aliases += if field.alias.is_some() { 1.0 } else { 0.0 };
        load.depth += 1;
        Ok(load)
    }

    /// How many rows the list that `field` is asks for.
    fn rows(&self, field: &Field) -> f64 {
        let names_one = |name| field.get_argument(name).is_some_and(|value| self.values.is_given(&value.node));
        if ONE.into_iter().any(names_one) {
            return 1.0;
        }
        let asked = field.get_argument("paginator").and_then(|page| self.values.number(&page.node, "records_per_page"));
        asked.unwrap_or(PAGE).clamp(1.0, self.limits.graphql_page as f64)
    }

    fn fragment(&mut self, name: &'d str, at: Pos, level: usize) -> Result<Load> {
        match self.fragments.get(name) {
            Some(Some(load)) if level + load.nesting > NESTING + 1 => Err(too_deep(Some(at))),
            Some(Some(load)) => Ok(*load),
            Some(None) => Err(refusal(format!("The fragment \"{name}\" uses itself."), Some(at))),
            None => self.look_at(name, level),
        }
    }

    fn look_at(&mut self, name: &'d str, level: usize) -> Result<Load> {
        // An unknown one weighs nothing: that it is unknown is told with whatever else does not fit the schema.
        let Some(fragment) = self.document.fragments.get(name) else { return Ok(Load::default()) };
        self.fragments.insert(name, None);
        let load = self.set(&fragment.node.selection_set.node, level)?;
        self.fragments.insert(name, Some(load));
        Ok(load)
    }

    /// The fields of everything in the text, also of what is not run: all of it is held against the schema.
    fn fields(&mut self) -> Result<f64> {
        let document = self.document;
        let mut fields = 0.0;
        for (_, operation) in document.operations.iter() {
            fields += self.set(&operation.node.selection_set.node, 0)?.fields;
        }
        for name in document.fragments.keys() {
            if !self.fragments.contains_key(name.as_str()) {
                fields += self.look_at(name.as_str(), 0)?.fields;
            }
        }
        Ok(fields)
    }
}

fn too_deep(at: Option<Pos>) -> ServerError {
    refusal(format!("Selections stand in each other more than {NESTING} levels deep."), at)
}

fn count(limit: u64) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;
