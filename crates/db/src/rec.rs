//! A row of either engine, lent to the function that reads it.

use rusqlite::types::ValueRef;
use tokio_postgres::types::{FromSql, Type};

use crate::{Error, Value};

/// One row. Columns are counted from 0; a value of another kind than asked for is [`Error::Decode`].
#[derive(Debug)]
pub struct Rec<'a>(Row<'a>);

#[derive(Debug)]
enum Row<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

impl<'a> Rec<'a> {
    pub(crate) fn sqlite(row: &'a rusqlite::Row<'a>) -> Self {
        Self(Row::Sqlite(row))
    }

    pub(crate) fn postgres(row: &'a tokio_postgres::Row) -> Self {
        Self(Row::Postgres(row))
    }

    /// An integer; a boolean of PostgreSQL is 0 or 1.
    pub fn int(&self, column: usize) -> Result<i64, Error> {
        self.int_or_null(column)?.ok_or_else(|| self.null(column, INTEGER))
    }

    /// An integer, or `None` for `NULL`.
    pub fn int_or_null(&self, column: usize) -> Result<Option<i64>, Error> {
        match &self.0 {
            Row::Sqlite(row) => match value(row, column)? {
                ValueRef::Null => Ok(None),
                ValueRef::Integer(int) => Ok(Some(int)),
                other => Err(self.wrong(column, INTEGER, &other.data_type())),
            },
            Row::Postgres(row) => match *kind(row, column)? {
                Type::INT8 => self.get(row, column, INTEGER),
                Type::INT4 => Ok(self.get::<i32>(row, column, INTEGER)?.map(i64::from)),
                Type::INT2 => Ok(self.get::<i16>(row, column, INTEGER)?.map(i64::from)),
                Type::BOOL => Ok(self.get::<bool>(row, column, INTEGER)?.map(i64::from)),
                ref other => Err(self.wrong(column, INTEGER, other)),
            },
        }
    }

    /// A float.
    pub fn real(&self, column: usize) -> Result<f64, Error> {
        self.real_or_null(column)?.ok_or_else(|| self.null(column, REAL))
    }

    /// A float, or `None` for `NULL`.
    pub fn real_or_null(&self, column: usize) -> Result<Option<f64>, Error> {
        match &self.0 {
            Row::Sqlite(row) => match value(row, column)? {
                ValueRef::Null => Ok(None),
                ValueRef::Real(real) => Ok(Some(real)),
                other => Err(self.wrong(column, REAL, &other.data_type())),
            },
            Row::Postgres(row) => self.get(row, column, REAL),
        }
    }

    /// Text.
    pub fn text(&self, column: usize) -> Result<String, Error> {
        self.text_or_null(column)?.ok_or_else(|| self.null(column, TEXT))
    }

    /// Text, or `None` for `NULL`.
    pub fn text_or_null(&self, column: usize) -> Result<Option<String>, Error> {
        match &self.0 {
            Row::Sqlite(row) => match value(row, column)? {
                ValueRef::Null => Ok(None),
                ValueRef::Text(text) => match std::str::from_utf8(text) {
                    Ok(text) => Ok(Some(text.to_owned())),
                    Err(_) => Err(self.wrong(column, TEXT, "bytes that are not UTF-8")),
                },
                other => Err(self.wrong(column, TEXT, &other.data_type())),
            },
            Row::Postgres(row) => self.get(row, column, TEXT),
        }
    }

    /// Bytes.
    pub fn bytes(&self, column: usize) -> Result<Vec<u8>, Error> {
        self.bytes_or_null(column)?.ok_or_else(|| self.null(column, BYTES))
    }

    /// Bytes, or `None` for `NULL`.
    pub fn bytes_or_null(&self, column: usize) -> Result<Option<Vec<u8>>, Error> {
        match &self.0 {
            Row::Sqlite(row) => match value(row, column)? {
                ValueRef::Null => Ok(None),
                ValueRef::Blob(bytes) => Ok(Some(bytes.to_vec())),
                other => Err(self.wrong(column, BYTES, &other.data_type())),
            },
            Row::Postgres(row) => self.get(row, column, BYTES),
        }
    }

    /// All values of the row, each of the kind that its column has.
    pub fn values(&self) -> Result<Vec<Value>, Error> {
        let count = match &self.0 {
            Row::Sqlite(row) => row.as_ref().column_count(),
            Row::Postgres(row) => row.len(),
        };
        (0..count).map(|column| self.value(column)).collect()
    }

    fn value(&self, column: usize) -> Result<Value, Error> {
        let value = match &self.0 {
            Row::Sqlite(row) => match value(row, column)? {
                ValueRef::Null => None,
                ValueRef::Integer(int) => Some(Value::Int(int)),
                ValueRef::Real(real) => Some(Value::Real(real)),
                ValueRef::Text(_) => self.text_or_null(column)?.map(Value::Text),
                ValueRef::Blob(bytes) => Some(Value::Bytes(bytes.to_vec())),
            },
            Row::Postgres(row) => match *kind(row, column)? {
                Type::FLOAT8 => self.real_or_null(column)?.map(Value::Real),
                Type::BYTEA => self.bytes_or_null(column)?.map(Value::Bytes),
                Type::INT8 | Type::INT4 | Type::INT2 | Type::BOOL => self.int_or_null(column)?.map(Value::Int),
                _ => self.text_or_null(column)?.map(Value::Text),
            },
        };
        Ok(value.unwrap_or(Value::Null))
    }

    fn get<'r, T: FromSql<'r>>(
        &self,
        row: &'r tokio_postgres::Row,
        column: usize,
        wanted: &'static str,
    ) -> Result<Option<T>, Error> {
        let found = kind(row, column)?;
        row.try_get(column).map_err(|_| self.wrong(column, wanted, found))
    }

    fn null(&self, column: usize, wanted: &'static str) -> Error {
        self.wrong(column, wanted, "NULL")
    }

    fn wrong(&self, column: usize, wanted: &'static str, found: &(impl ToString + ?Sized)) -> Error {
        let name = match &self.0 {
            Row::Sqlite(row) => row.as_ref().column_name(column).ok().map(str::to_owned),
            Row::Postgres(row) => row.columns().get(column).map(|column| column.name().to_owned()),
        };
        Error::Decode { column: name.unwrap_or_else(|| column.to_string()), wanted, found: found.to_string() }
    }
}

const INTEGER: &str = "an integer";
const REAL: &str = "a float";
const TEXT: &str = "text";
const BYTES: &str = "bytes";

fn value<'r>(row: &'r rusqlite::Row<'_>, column: usize) -> Result<ValueRef<'r>, Error> {
    row.get_ref(column).map_err(|_| absent(column))
}

fn kind(row: &tokio_postgres::Row, column: usize) -> Result<&Type, Error> {
    row.columns().get(column).map(tokio_postgres::Column::type_).ok_or_else(|| absent(column))
}

fn absent(column: usize) -> Error {
    Error::Decode { column: column.to_string(), wanted: "a column", found: "no such column".to_owned() }
}
