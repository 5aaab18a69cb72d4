//! A whole installation from one place to another, whatever its engines: copies, backups and what is restored from them.
//!
//! A backup is an installation like any other, of a SQLite file and a folder: it can be checked, restored, even served.
//! So there is one mechanism. The rows of the source are read as of one moment ([`attache_db::Snapshot`]) and come into
//! the target in one transaction. Bytes keep their keys; each content's digest is compared as it goes, and what is in the
//! target already is not sent again.

mod backup;
mod content;
mod copy;
mod growing;
mod prune;
mod rows;
mod table;
mod target;

pub use backup::{backup, tidy};
pub use copy::{Plan, copy};

use crate::unit::{Fault, bare};
use crate::{entropy, migrations, table as sql};
use attache_blobs::Blobs;
use attache_db::{Db, Schema, Snapshot};
use attache_model::Clock;
use std::fmt;

/// What a transfer returns.
pub type Outcome<T> = Result<T, Error>;

/// An installation: where its rows and its bytes are.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its rows.
    pub db: Db,
    /// Its bytes.
    pub blobs: Blobs,
}

/// What a transfer is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It begins with kept contents: how many there are, and their bytes.
    Contents {
        /// How many.
        count: u64,
        /// Their bytes.
        bytes: u64,
    },
    /// One of them is in the target.
    Content {
        /// Its bytes.
        bytes: u64,
    },
    /// It begins with contents that uploads still bring.
    Uploads,
    /// It begins with the rows of a table.
    Table {
        /// Its name.
        name: &'static str,
    },
    /// Rows of that table went on.
    Rows {
        /// How many.
        count: u64,
    },
    /// What is in the target and belongs to nothing goes.
    Tidying,
}

/// Hears of every step. It is called often and must not wait.
pub type Watch<'w> = dyn Fn(Step) + Send + Sync + 'w;

/// A content of the source that is not what its row says; the copy has none of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The account.
    pub account: i64,
    /// The key.
    pub key: String,
    /// What is wrong.
    pub why: String,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "damaged: {} of account {}: {}", self.key, self.account, self.why)
    }
}

/// What a transfer did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Contents that were copied.
    pub copied: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// Contents that the target had already.
    pub kept: u64,
    /// Rows.
    pub rows: u64,
    /// Uploads on their way that begin anew in the copy, because their bytes could not be read.
    pub restarted: u64,
    /// Contents that the target had and that belonged to nothing.
    pub removed: u64,
    /// Contents of the source that could not be copied.
    pub damaged: Vec<Damage>,
    /// Whether the target can be used. A copy with damaged contents is finished only when that was asked for.
    pub finished: bool,
}

/// Why a transfer did not come to its end. What is in the target by then is used by the next one.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The source is of another release.
    #[error("{0}")]
    Schema(String),
    /// The source is itself a copy that is not finished.
    #[error("the source is a copy that is not finished; copy from where it comes from")]
    HalfSource,
    /// Servers are at work on the source.
    #[error("{0} servers are at work on the source; stop all of them first")]
    Served(i64),
    /// The target holds something of its own.
    #[error("the target is not empty: {0}; name an empty one")]
    NotEmpty(String),
    /// The target holds an unfinished copy of another installation.
    #[error("the target holds an unfinished copy of another installation, {0}; name an empty one")]
    OtherCopy(String),
    /// The target holds this copy, all of it.
    #[error("the target holds this copy already, and it is finished; to copy anew, name an empty one")]
    Finished,
    /// The hold on the source's bytes ended too early.
    #[error("the source could not be kept from removing contents, so some may be missing; run it again")]
    HoldLost,
    /// The database of either side.
    #[error("could not {doing}: {source}")]
    Db {
        /// What was tried.
        doing: &'static str,
        /// What it said.
        source: attache_db::Error,
    },
    /// The store of either side.
    #[error("could not {doing}: {}", in_one_line(.source))]
    Blobs {
        /// What was tried.
        doing: String,
        /// What it said.
        source: attache_blobs::Error,
    },
    /// A row that this release cannot have written.
    #[error("the table {table} holds a row that cannot be read")]
    Row {
        /// The table.
        table: &'static str,
    },
}

impl Error {
    fn db(doing: &'static str) -> impl FnOnce(attache_db::Error) -> Error {
        move |source| Error::Db { doing, source }
    }

    fn blobs(doing: impl Into<String>) -> impl FnOnce(attache_blobs::Error) -> Error {
        move |source| Error::Blobs { doing: doing.into(), source }
    }

    /// The error of a unit that keeps no rule of the domain.
    pub(crate) fn fault(doing: &'static str) -> impl FnOnce(Fault) -> Error {
        move |fault| match fault {
            Fault::Db(source) => Error::Db { doing, source },
            Fault::Rule(_) | Fault::Short => Error::Db { doing, source: attache_db::Error::Pending },
        }
    }
}

/// An error with its causes.
fn in_one_line(error: &attache_blobs::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}

/// The id of the source, which gets one if it never had a server of this release.
///
/// # Errors
/// `Schema`, `HalfSource`.
async fn source_id(db: &Db, clock: &Clock) -> Outcome<String> {
    match db.schema(&migrations()).await.map_err(Error::db("look at the source's schema"))? {
        Schema::Current => {}
        Schema::Behind(lacking) => {
            let text = format!(
                "the source's schema is older: it lacks {} of this release's migrations; run attache migrate on it first",
                lacking.len()
            );
            return Err(Error::Schema(text));
        }
        Schema::Ahead(more) => {
            let text = format!("the source's schema is newer by {more} migrations; use the release that made it");
            return Err(Error::Schema(text));
        }
    }
    let (fresh, now) = (entropy::uuid(clock.now()).to_string(), clock.now());
    let unit = bare::<(bool, Option<String>), _>(move |tx| {
        let fresh = fresh.clone();
        Box::pin(async move {
            let half = sql::installation::is_half_copied(tx).await?;
            let id = if half { None } else { sql::installation::ensure(tx, &fresh, now).await? };
            Ok((half, id))
        })
    });
    match db.write(unit).await.map_err(Error::fault("look at the source"))? {
        (true, _) => Err(Error::HalfSource),
        (false, id) => id.ok_or(Error::Row { table: "installation" }),
    }
}

/// All rows of a place as they are now.
async fn snapshot(db: &Db, doing: &'static str) -> Outcome<Snapshot> {
    db.snapshot().await.map_err(Error::db(doing))
}
