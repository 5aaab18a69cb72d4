//! Running one statement on a SQLite connection.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ToSql};

use super::explain;
use crate::{Error, Rec, Take, Text, Val};

/// Gives `take` one row after another for as long as it says `true`. A statement that writes is run to its end even so.
pub(crate) fn each(conn: &Connection, text: &Text<'_>, vals: &[Val<'_>], take: &mut Take<'_>) -> Result<(), Error> {
    let mut statement = prepare(conn, text, vals)?;
    let writes = !statement.readonly();
    let mut rows = statement.raw_query();
    let mut wanted = true;
    while let Some(row) = rows.next().map_err(|error| explain(conn, &text.label(), &error))? {
        wanted = wanted && take(&Rec::sqlite(row))?;
        if !wanted && !writes {
            break;
        }
    }
    Ok(())
}

/// Runs a statement without rows and counts what it affected.
pub(crate) fn run(conn: &Connection, text: &Text<'_>, vals: &[Val<'_>]) -> Result<u64, Error> {
    let affected = prepare(conn, text, vals)?.raw_execute();
    let affected = affected.map_err(|error| explain(conn, &text.label(), &error))?;
    Ok(u64::try_from(affected).unwrap_or(u64::MAX))
}

fn prepare<'c>(conn: &'c Connection, text: &Text<'_>, vals: &[Val<'_>]) -> Result<CachedStatement<'c>, Error> {
    let prepared = conn.prepare_cached(&text.sqlite());
    let mut statement = prepared.map_err(|error| explain(conn, &text.label(), &error))?;
    let wanted = statement.parameter_count();
    if wanted != vals.len() {
        return Err(Error::other(&text.label(), &format!("{wanted} values wanted, {} given", vals.len())));
    }
    for (position, val) in (1..).zip(vals) {
        if let Some(objection) = val.objection() {
            return Err(Error::other(&text.label(), &format!("${position}: {objection}")));
        }
        let bound = statement.raw_bind_parameter::<usize, _>(position, Bound(val));
        bound.map_err(|error| explain(conn, &text.label(), &error))?;
    }
    Ok(statement)
}

/// A [`Val`] on its way into SQLite.
struct Bound<'a>(&'a Val<'a>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self.0 {
            Val::Null => ValueRef::Null,
            Val::Int(int) => ValueRef::Integer(int),
            Val::Real(real) => ValueRef::Real(real),
            Val::Text(text) => ValueRef::Text(text.as_bytes()),
            Val::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}
