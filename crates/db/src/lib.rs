//! Two engines, one face: SQLite and PostgreSQL behind [`Db`] and [`Tx`].
//!
//! A *unit of work* is one async function over [`Tx`]. On PostgreSQL its awaits are real. On SQLite it is polled once,
//! on the thread that owns the connection, where every method of [`Tx`] answers at once; many write units share one
//! durable commit. A unit may therefore await nothing but its `Tx`.
//!
//! ```no_run
//! # use attache_db::{Db, Error, Options, Target, sql};
//! sql!(NAME_OF, "SELECT name FROM thing WHERE id = $1");
//!
//! # async fn example() -> Result<(), Error> {
//! let db = Db::open(&Target::Sqlite("things.db".into()), &Options::default()).await?;
//! let name: Result<Option<String>, Error> =
//!     db.read(|tx| Box::pin(async move { tx.one(&NAME_OF, &[7_i64.into()], |rec| rec.text(0)).await })).await;
//! # name.map(drop) }
//! ```
//!
//! This crate knows no table but its own `migration` and `schema_floor`.

mod connections;
mod error;
mod face;
mod health;
mod migrate;
mod postgres;
mod queue;
mod rec;
mod signal;
mod snapshot;
mod sql;
mod sqlite;
#[cfg(feature = "testing")]
pub mod testing;
mod tx;
mod unit;
mod value;

pub use connections::Connections;
pub use error::{Error, Retryable};
pub use face::{Db, Engine, Options, Target};
pub use migrate::{Migration, Schema};
pub use rec::Rec;
pub use signal::{Signal, Signals};
pub use snapshot::{Column, Kind, Load, Row, Shape, Snapshot};
pub use sql::{Sql, Text, statements};
pub use tx::{Take, Tx};
pub use value::{Val, Value};

#[doc(hidden)]
pub use futures_util::future::BoxFuture;
#[doc(hidden)]
pub use linkme;
#[doc(hidden)]
pub use sql::STATEMENTS;
