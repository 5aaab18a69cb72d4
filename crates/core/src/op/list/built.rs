//! A statement being built for one search: conditions in the order they were asked for, with their values beside them.

use crate::query::{Life, Span};
use attache_db::Val;
use attache_model::name::fold;

/// What stands for NUL in a text that is looked for. No engine takes a NUL and no text that is kept has one; no name has
/// this character either, so that nothing is found.
const NUL: &str = "\u{1}";

/// A value of a built statement.
#[derive(Clone, Debug)]
pub(crate) enum Own {
    Int(i64),
    Text(String),
}

/// A statement being built: conditions and their values. `$1` is the account.
#[derive(Clone, Debug, Default)]
pub(crate) struct Built {
    pub(crate) conditions: Vec<String>,
    values: Vec<Own>,
    /// Which things the conditions so far leave.
    pub(super) life: Life,
    /// Whether they leave few things, so that the rest is better tested on each of them than looked up.
    pub(super) few: bool,
}

impl Built {
    fn value(&mut self, value: Own) -> String {
        self.values.push(match value {
            Own::Text(text) if text.contains('\0') => Own::Text(text.replace('\0', NUL)),
            value => value,
        });
        format!("${}", self.values.len() + 1)
    }

    pub(crate) fn int(&mut self, value: i64) -> String {
        self.value(Own::Int(value))
    }

    pub(crate) fn text(&mut self, value: impl Into<String>) -> String {
        self.value(Own::Text(value.into()))
    }

    pub(crate) fn and(&mut self, condition: String) {
        self.conditions.push(condition);
    }

    /// Matches nothing.
    pub(crate) fn never(&mut self) {
        self.and(String::from("1 = 0"));
    }

    /// Only these things; to be said first.
    pub(crate) fn only(&mut self, life: Life) {
        self.life = life;
        match life {
            Life::Living => self.and(String::from("trashed_at = 0")),
            Life::Trashed => self.and(String::from("trashed_at > 0")),
            Life::Either => {}
        }
    }

    pub(crate) fn span(&mut self, column: &str, span: Span) {
        match span {
            Span { from: Some(from), to: Some(to) } if from == to => {
                let value = self.int(from);
                self.and(format!("{column} = {value}"));
            }
            Span { from, to } => {
                if let Some(from) = from {
                    let value = self.int(from);
                    self.and(format!("{column} >= {value}"));
                }
                if let Some(to) = to {
                    let value = self.int(to);
                    self.and(format!("{column} <= {value}"));
                }
            }
        }
    }

    pub(crate) fn any(&mut self, column: &str, values: impl IntoIterator<Item = Own>) {
        let marks: Vec<String> = values.into_iter().map(|value| self.value(value)).collect();
        match marks.as_slice() {
            [] => self.never(),
            [one] => self.and(format!("{column} = {one}")),
            many => self.and(format!("{column} IN ({})", many.join(", "))),
        }
    }

    /// `needle` is somewhere in the folded name, ignoring case.
    pub(crate) fn contains(&mut self, column: &str, needle: &str) {
        let pattern = self.pattern(needle);
        self.and(format!("{column} LIKE {pattern}"));
    }

    /// A pattern for folded texts that have `needle` somewhere.
    pub(crate) fn pattern(&mut self, needle: &str) -> String {
        let escaped = fold(needle).replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let value = self.text(format!("%{escaped}%"));
        format!("{value} ESCAPE '\\'")
    }

    pub(crate) fn vals(&self) -> Vec<Val<'_>> {
        self.values
            .iter()
            .map(|own| match own {
                Own::Int(int) => Val::Int(*int),
                Own::Text(text) => Val::Text(text),
            })
            .collect()
    }
}
