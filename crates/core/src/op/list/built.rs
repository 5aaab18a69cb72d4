//! A statement being built for one search: conditions in the order they were asked for, with their values beside them.

use crate::query::Span;
use attache_db::Val;
use attache_model::name::fold;

/// A value of a built statement.
#[derive(Clone, Debug)]
pub(super) enum Own {
    Int(i64),
    Text(String),
}

/// A statement being built: conditions and their values. `$1` is the account.
#[derive(Clone, Debug, Default)]
pub(super) struct Built {
    pub(super) conditions: Vec<String>,
    values: Vec<Own>,
}

impl Built {
    fn value(&mut self, value: Own) -> String {
        self.values.push(value);
        format!("${}", self.values.len() + 1)
    }

    pub(super) fn int(&mut self, value: i64) -> String {
        self.value(Own::Int(value))
    }

    pub(super) fn text(&mut self, value: impl Into<String>) -> String {
        self.value(Own::Text(value.into()))
    }

    pub(super) fn and(&mut self, condition: String) {
        self.conditions.push(condition);
    }

    /// Matches nothing.
    pub(super) fn never(&mut self) {
        self.and(String::from("1 = 0"));
    }

    pub(super) fn span(&mut self, column: &str, span: Span) {
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

    pub(super) fn any(&mut self, column: &str, values: impl IntoIterator<Item = Own>) {
        let marks: Vec<String> = values.into_iter().map(|value| self.value(value)).collect();
        match marks.as_slice() {
            [] => self.never(),
            [one] => self.and(format!("{column} = {one}")),
            many => self.and(format!("{column} IN ({})", many.join(", "))),
        }
    }

    /// `needle` is somewhere in the folded name, ignoring case.
    pub(super) fn contains(&mut self, column: &str, needle: &str) {
        let escaped = fold(needle).replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let value = self.text(format!("%{escaped}%"));
        self.and(format!("{column} LIKE {value} ESCAPE '\\'"));
    }

    pub(super) fn vals(&self) -> Vec<Val<'_>> {
        self.values
            .iter()
            .map(|own| match own {
                Own::Int(int) => Val::Int(*int),
                Own::Text(text) => Val::Text(text),
            })
            .collect()
    }
}
