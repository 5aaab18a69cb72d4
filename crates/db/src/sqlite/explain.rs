//! Turns SQLite's errors into ours, and gives unique indexes the names that PostgreSQL would report.

use rusqlite::ffi::{self, ErrorCode};
use rusqlite::{Connection, Error as Engine};

use crate::Error;

/// Explains an error of `op` on this connection.
pub(crate) fn explain(conn: &Connection, op: &str, error: &Engine) -> Error {
    let Engine::SqliteFailure(code, text) = error else {
        return Error::other(op, error);
    };
    let text = text.clone().unwrap_or_else(|| error.to_string());
    match code.extended_code {
        ffi::SQLITE_CONSTRAINT_PRIMARYKEY | ffi::SQLITE_CONSTRAINT_ROWID => Error::Unique(primary_key(&text)),
        ffi::SQLITE_CONSTRAINT_UNIQUE => Error::Unique(unique(conn, &text)),
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => Error::Missing,
        ffi::SQLITE_CONSTRAINT_TRIGGER if text.starts_with("FOREIGN KEY") => Error::Missing,
        _ => match code.code {
            ErrorCode::DiskFull => Error::Full,
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => {
                Error::Unavailable("another process kept the database file busy".to_owned())
            }
            ErrorCode::SystemIoFailure => disk(code.extended_code, text),
            // Also what SQLite makes of a read that the disk answered with an error of its own.
            ErrorCode::DatabaseCorrupt => Error::Unread(text),
            // For want of descriptors or memory, as a rule.
            ErrorCode::CannotOpen | ErrorCode::OutOfMemory => Error::Unavailable(text),
            ErrorCode::OperationInterrupted => Error::Unavailable("the read took too long and was cut".to_owned()),
            _ => Error::Other { op: op.to_owned(), text },
        },
    }
}

/// What a failure of input or output says about the disk.
fn disk(extended_code: i32, text: String) -> Error {
    match extended_code {
        // The index of the log cannot grow: there is no room for it.
        ffi::SQLITE_IOERR_SHMSIZE => Error::Full,
        ffi::SQLITE_IOERR_WRITE
        | ffi::SQLITE_IOERR_FSYNC
        | ffi::SQLITE_IOERR_DIR_FSYNC
        | ffi::SQLITE_IOERR_TRUNCATE => Error::Unwritten(text),
        ffi::SQLITE_IOERR_READ | ffi::SQLITE_IOERR_SHORT_READ | ffi::SQLITE_IOERR_FSTAT | UNREADABLE => {
            Error::Unread(text)
        }
        _ => Error::Unavailable(text),
    }
}

/// SQLite's `SQLITE_IOERR_CORRUPTFS`: a read that the disk answered with an error of its own.
const UNREADABLE: i32 = ffi::SQLITE_IOERR | (33 << 8);

const UNIQUE: &str = "UNIQUE constraint failed: ";

/// `UNIQUE constraint failed: thing.a, thing.b` of a primary key is `thing_pkey`.
fn primary_key(text: &str) -> String {
    let columns = text.strip_prefix(UNIQUE).unwrap_or(text);
    let table = columns.split('.').next().unwrap_or(columns);
    format!("{table}_pkey")
}

/// The index behind a failure's text, which names the index itself or the columns.
fn unique(conn: &Connection, text: &str) -> String {
    let told = text.strip_prefix(UNIQUE).unwrap_or(text);
    if let Some(name) = told.strip_prefix("index '").and_then(|rest| rest.strip_suffix('\'')) {
        return name.to_owned();
    }
    let Some((table, _)) = told.split_once('.') else {
        return told.to_owned();
    };
    let prefix = format!("{table}.");
    let columns: Vec<&str> = told.split(", ").map(|column| column.strip_prefix(&prefix).unwrap_or(column)).collect();
    match indexes_over(conn, table, &columns).as_deref() {
        Ok([name]) => name.clone(),
        _ => told.to_owned(),
    }
}

/// Names of the unique indexes over exactly these columns. One that stands inside the table's definition has no name of
/// its own and gets PostgreSQL's: `<table>_<columns>_key`.
fn indexes_over(conn: &Connection, table: &str, columns: &[&str]) -> Result<Vec<String>, Engine> {
    let mut indexes =
        conn.prepare("SELECT name, origin FROM pragma_index_list(?1) WHERE \"unique\" = 1 AND origin <> 'pk'")?;
    let mut members = conn.prepare("SELECT name FROM pragma_index_info(?1) ORDER BY seqno")?;
    let listed: Vec<(String, String)> =
        indexes.query_map([table], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    let mut found = Vec::new();
    for (name, origin) in listed {
        let over: Vec<Option<String>> = members.query_map([&name], |row| row.get(0))?.collect::<Result<_, _>>()?;
        if over.iter().map(Option::as_deref).eq(columns.iter().copied().map(Some)) {
            found.push(if origin == "c" { name } else { format!("{table}_{}_key", columns.join("_")) });
        }
    }
    Ok(found)
}
