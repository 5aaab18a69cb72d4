//! What can go wrong between a unit of work and its engine, told alike for both engines.

/// A failure of the store, or of a unit's use of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A unique index already holds these values. The text is the name of the index or constraint; for a primary key
    /// `<table>_pkey` on both engines. Where SQLite cannot tell which of several indexes it was: the columns, as
    /// `table.a, table.b`.
    #[error("unique index `{0}` already holds these values")]
    Unique(String),
    /// A foreign key points at a row that is not there, or at one that others still point at.
    #[error("a row that this one refers to is missing, or others still refer to it")]
    Missing,
    /// The engine gave up this transaction in favour of another (serialization failure, deadlock). Rerun the unit.
    #[error("the transaction collided with another one and may be rerun")]
    Retry,
    /// No space is left for the database.
    #[error("the disk that holds the database is full")]
    Full,
    /// The disk failed to write or sync the database. Nothing more is written until it is opened again.
    #[error("the disk under the database failed to write: {0}")]
    Unwritten(String),
    /// The disk failed to read the database, or gave other bytes than were written.
    #[error("the disk under the database failed to read: {0}")]
    Unread(String),
    /// A column held another kind of value than its reader asked for.
    #[error("column `{column}` holds {found} where {wanted} was expected")]
    Decode {
        /// Name of the column, or its position if it does not exist.
        column: String,
        /// The kind that the reader asked for.
        wanted: &'static str,
        /// The kind that was there.
        found: String,
    },
    /// The unit awaited something else than its `Tx`; it was rolled back. A bug of the unit.
    #[error("a unit of work awaited something else than its transaction; it was rolled back")]
    Pending,
    /// The unit panicked; it was rolled back.
    #[error("a unit of work panicked; it was rolled back")]
    Panicked,
    /// The database cannot be reached, is closed, or stayed busy for too long. If a connection was lost while its
    /// commit was on the way, it is unknown whether the unit holds.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// The schema in the database does not fit the migrations given, or the settings of the server are not safe.
    #[error("{0}")]
    Unfit(String),
    /// Anything else that the engine reported.
    #[error("{op}: {text}")]
    Other {
        /// What was attempted: a statement's name, the beginning of a built text, or a step such as `commit`.
        op: String,
        /// The engine's own words.
        text: String,
    },
}

impl Error {
    pub(crate) fn other(op: &str, text: &(impl ToString + ?Sized)) -> Self {
        Self::Other { op: op.to_owned(), text: text.to_string() }
    }

    pub(crate) fn closed() -> Self {
        Self::Unavailable("it has been closed".to_owned())
    }
}

/// Whether a unit's error came from [`Error::Retry`]: then the unit is rolled back and rerun, at most five times.
pub trait Retryable {
    /// `true` for an error that a rerun may cure.
    fn is_retry(&self) -> bool;
}

impl Retryable for Error {
    fn is_retry(&self) -> bool {
        matches!(self, Self::Retry)
    }
}
