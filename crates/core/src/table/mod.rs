//! One module per table: its SQL and its row readers, nothing else. Rules live in `op`.

pub(crate) mod account;
pub(crate) mod audit;
pub(crate) mod blob;
pub(crate) mod book;
pub(crate) mod card;
pub(crate) mod chore;
pub(crate) mod delivery;
pub(crate) mod erasure;
pub(crate) mod event;
pub(crate) mod field;
pub(crate) mod file;
pub(crate) mod file_use;
pub(crate) mod folder;
pub(crate) mod grant;
pub(crate) mod hold;
pub(crate) mod installation;
pub(crate) mod intake;
pub(crate) mod key;
pub(crate) mod legal_hold;
pub(crate) mod link;
pub(crate) mod listed;
pub(crate) mod moment;
pub(crate) mod note;
pub(crate) mod once;
pub(crate) mod owner;
pub(crate) mod panel;
pub(crate) mod scrub;
pub(crate) mod share;
pub(crate) mod task;
pub(crate) mod token;
pub(crate) mod transfer;
pub(crate) mod upload;
pub(crate) mod usage;
pub(crate) mod version;
pub(crate) mod webhook;

use attache_db::{Error, Rec};
use attache_model::Time;
use uuid::Uuid;

/// A stored value that this build cannot have written.
pub(crate) fn foreign(column: usize, wanted: &'static str) -> Error {
    Error::Decode { column: column.to_string(), wanted, found: String::from("something else") }
}

/// A stored code, read back.
pub(crate) fn coded<T>(
    rec: &Rec<'_>,
    column: usize,
    read: impl Fn(i64) -> Option<T>,
    wanted: &'static str,
) -> Result<T, Error> {
    read(rec.int(column)?).ok_or_else(|| foreign(column, wanted))
}

/// A stored UUID.
pub(crate) fn uuid(rec: &Rec<'_>, column: usize) -> Result<Uuid, Error> {
    Uuid::try_parse(&rec.text(column)?).map_err(|_| foreign(column, "a UUID"))
}

/// A moment.
pub(crate) fn time(rec: &Rec<'_>, column: usize) -> Result<Time, Error> {
    rec.int(column).map(Time)
}

/// A moment that may be "not yet", stored as 0.
pub(crate) fn time_or_none(rec: &Rec<'_>, column: usize) -> Result<Option<Time>, Error> {
    Ok(Some(rec.int(column)?).filter(|at| *at != 0).map(Time))
}

/// A moment that may be "never".
pub(crate) fn end_or_never(rec: &Rec<'_>, column: usize) -> Result<Option<Time>, Error> {
    Ok(Some(Time(rec.int(column)?)).filter(|at| *at != Time::NEVER))
}

/// A number that was stored from an unsigned one.
pub(crate) fn unsigned(rec: &Rec<'_>, column: usize) -> Result<u64, Error> {
    u64::try_from(rec.int(column)?).map_err(|_| foreign(column, "a number that is not negative"))
}

/// A picture's side.
pub(crate) fn side(rec: &Rec<'_>, column: usize) -> Result<Option<u32>, Error> {
    match rec.int_or_null(column)? {
        None => Ok(None),
        Some(side) => u32::try_from(side).map(Some).map_err(|_| foreign(column, "pixels")),
    }
}

/// An unsigned number for a column of 64-bit integers; sizes never come near the end.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// `IN ($3, $4, ...)` for the values that [`padded`] makes of `count` ones, the first of which is `$first`.
pub(crate) fn one_of(count: usize, first: usize) -> String {
    let marks: Vec<String> = (first..first + count.next_power_of_two()).map(|no| format!("${no}")).collect();
    format!("IN ({})", marks.join(", "))
}

/// Values, the last one repeated up to the next power of two: a statement over lists of any length has few texts.
pub(crate) fn padded<T>(values: &[T]) -> impl Iterator<Item = &T> {
    let fill = values.len().next_power_of_two() - values.len();
    values.iter().chain(values.last().into_iter().cycle().take(fill))
}
