//! Turns PostgreSQL's errors into ours.

use deadpool_postgres::PoolError;
use tokio_postgres::Error as Engine;
use tokio_postgres::error::{DbError, SqlState};

use crate::Error;

/// Explains an error of `op`.
pub(crate) fn explain(op: &str, error: &Engine) -> Error {
    match error.as_db_error() {
        Some(told) => told_by_server(op, told),
        None if error.is_closed() => Error::Unavailable("the connection to PostgreSQL was lost".to_owned()),
        None => match std::error::Error::source(error) {
            Some(cause) if cause.is::<std::io::Error>() => Error::Unavailable(format!("{error}: {cause}")),
            Some(cause) => Error::other(op, &format!("{error}: {cause}")),
            None => Error::other(op, error),
        },
    }
}

/// Explains why there is no connection.
pub(crate) fn pool(op: &str, error: PoolError) -> Error {
    match error {
        PoolError::Backend(error) => match explain(op, &error) {
            Error::Other { text, .. } => Error::Unavailable(text),
            explained => explained,
        },
        PoolError::Closed => Error::closed(),
        PoolError::Timeout(_) => Error::Unavailable("no connection to PostgreSQL became free in time".to_owned()),
        other => Error::Unavailable(other.to_string()),
    }
}

fn told_by_server(op: &str, told: &DbError) -> Error {
    let code = told.code();
    if *code == SqlState::UNIQUE_VIOLATION {
        return Error::Unique(told.constraint().unwrap_or_default().to_owned());
    }
    if [SqlState::FOREIGN_KEY_VIOLATION, SqlState::RESTRICT_VIOLATION].contains(code) {
        return Error::Missing;
    }
    if [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED].contains(code) {
        return Error::Retry;
    }
    if *code == SqlState::DISK_FULL {
        return Error::Full;
    }
    if *code == SqlState::QUERY_CANCELED {
        return Error::Unavailable("the read took too long and was cut".to_owned());
    }
    // Classes 08 (connection), 53 (resources) and 57P (operator): the server is there, but not for us, not now.
    if ["08", "53", "57P"].iter().any(|class| code.code().starts_with(class)) {
        return Error::Unavailable(told.message().to_owned());
    }
    Error::Other { op: op.to_owned(), text: format!("{} ({})", told.message(), code.code()) }
}
