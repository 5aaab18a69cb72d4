//! What columns a table has, read from the engine's own catalog.

use super::Row;
use crate::{Error, Val};

/// Name, type, and place in the primary key (from 1; 0 is none) of each column, in order.
pub(super) const SQLITE: &str = "SELECT name, type, pk FROM pragma_table_info($1) ORDER BY cid";
pub(super) const POSTGRES: &str = "
    SELECT a.attname::text, t.typname::text,
      COALESCE((SELECT k.place FROM pg_index i, unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
        WHERE i.indrelid = a.attrelid AND i.indisprimary AND k.attnum = a.attnum), 0)
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    WHERE a.attrelid = to_regclass($1::text) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";
pub(super) const SQLITE_TABLES: &str =
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
pub(super) const POSTGRES_TABLES: &str =
    "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1";

/// What a column holds; both engines have these kinds alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 64-bit integers.
    Int,
    /// 64-bit floats.
    Real,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
}

/// A table's columns and its primary key. Two stores of one schema have equal shapes, whatever their engines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// The table's name.
    pub table: String,
    /// Its columns, in order.
    pub columns: Vec<Column>,
    /// The places of the columns of its key, in the key's order.
    pub key: Vec<usize>,
}

impl Shape {
    /// Reads what [`SQLITE`] or [`POSTGRES`] answers.
    pub(super) fn read(table: &str, rows: &[Row]) -> Result<Self, Error> {
        let odd = || Error::Unfit(format!("table {table}: its columns cannot be read"));
        let mut columns = Vec::with_capacity(rows.len());
        let mut key: Vec<(i64, usize)> = Vec::new();
        for (place, row) in rows.iter().enumerate() {
            let [name, kind, in_key] = row.as_slice() else { return Err(odd()) };
            let (Some(name), Some(told), Some(in_key)) = (name.text(), kind.text(), in_key.int()) else {
                return Err(odd());
            };
            let kind = Kind::called(told).ok_or_else(|| {
                Error::Unfit(format!("column {table}.{name} has the type {told}, which is not copied"))
            })?;
            columns.push(Column { name: name.to_owned(), kind });
            key.extend((in_key > 0).then_some((in_key, place)));
        }
        if key.is_empty() {
            return Err(Error::Unfit(format!("table {table} has no primary key")));
        }
        key.sort_unstable();
        Ok(Self { table: table.to_owned(), columns, key: key.into_iter().map(|(_, place)| place).collect() })
    }

    /// The place of a column.
    #[must_use]
    pub fn place(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|found| found.name == column)
    }

    /// The values of a row's key.
    pub(super) fn key_of<'r>(&self, row: &'r Row) -> Vec<Val<'r>> {
        self.key.iter().filter_map(|place| row.get(*place)).map(Val::from).collect()
    }

    /// Rows in the order of the key; `$1` and so on are the key of the row before them, the last value is their number.
    pub(super) fn select(&self, after: bool) -> String {
        let key: Vec<String> = self.key.iter().map(|place| quoted(&self.columns[*place].name)).collect();
        let (columns, order, table) = (self.names(), key.join(", "), quoted(&self.table));
        let (behind, most) = if after {
            let values: Vec<String> = (1..=key.len()).map(|no| format!("${no}")).collect();
            (format!(" WHERE ({order}) > ({})", values.join(", ")), key.len() + 1)
        } else {
            (String::new(), 1)
        };
        format!("SELECT {columns} FROM {table}{behind} ORDER BY {order} LIMIT ${most}")
    }

    /// Adds one row.
    pub(super) fn insert(&self) -> String {
        let values: Vec<String> = (1..=self.columns.len()).map(|no| format!("${no}")).collect();
        format!("INSERT INTO {} ({}) VALUES ({})", quoted(&self.table), self.names(), values.join(", "))
    }

    /// Takes rows in as PostgreSQL's binary stream.
    pub(super) fn copy_in(&self) -> String {
        format!("COPY {} ({}) FROM STDIN (FORMAT binary)", quoted(&self.table), self.names())
    }

    fn names(&self) -> String {
        self.columns.iter().map(|column| quoted(&column.name)).collect::<Vec<_>>().join(", ")
    }
}

impl Kind {
    /// By the engines' words for what `{int}` and the others become in a migration.
    fn called(word: &str) -> Option<Self> {
        match word {
            "INTEGER" | "int8" => Some(Self::Int),
            "REAL" | "float8" => Some(Self::Real),
            "TEXT" | "text" => Some(Self::Text),
            "BLOB" | "bytea" => Some(Self::Bytes),
            _ => None,
        }
    }
}

/// Names come from the catalog; some are words of SQL.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
