//! Bringing the schema up to date: numbered files, each applied once, in a transaction of its own. A database says how
//! many of them a program must know to work on it, so that two releases can work on one.

mod judge;
mod postgres;
mod sqlite;

pub use judge::Schema;
pub(crate) use postgres::{look as look_postgres, migrate as postgres};
pub(crate) use sqlite::{look as look_sqlite, migrate as sqlite};

use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::{Engine, Error};
use judge::{Applied, Floor, Found};

/// One numbered step of the schema. Its text is SQL for both engines, with the tokens `{int}`, `{real}`, `{text}`,
/// `{bytes}` for column types, `{strict}` after a table, and `{sqlite}` before a line that only SQLite runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migration {
    /// Position; counts up from 1 without gaps.
    pub number: u32,
    /// Short name, for errors and for people who look into the table `migration`.
    pub name: &'static str,
    /// How many migrations a program must know at least to work on a database that has this one. Programs that know
    /// fewer are refused.
    pub floor: u32,
    /// The statements.
    pub text: &'static str,
}

const TABLES: [&str; 2] = [
    "CREATE TABLE IF NOT EXISTS migration
        (number {int} PRIMARY KEY, name {text} NOT NULL, checksum {text} NOT NULL) {strict}",
    // The least number of migrations that a program must know once this one is applied, and who applied it.
    "CREATE TABLE IF NOT EXISTS schema_floor
        (number {int} PRIMARY KEY REFERENCES migration (number), floor {int} NOT NULL, program {text} NOT NULL) {strict}",
];
const LIST: &str = "SELECT number, name, checksum FROM migration ORDER BY number";
const FLOORS: &str = "SELECT number, floor, program FROM schema_floor ORDER BY number";
const INSERT: &str = "INSERT INTO migration (number, name, checksum) VALUES ($1, $2, $3)";
const INSERT_FLOOR: &str = "INSERT INTO schema_floor (number, floor, program) VALUES ($1, $2, $3)";
/// The release that this program is of; all crates have one version.
const PROGRAM: &str = env!("CARGO_PKG_VERSION");
/// How long one process waits while another one migrates the same SQLite file, or while others hold PostgreSQL's tables.
const PATIENCE: Duration = Duration::from_secs(300);

impl Migration {
    /// A step that shuts out every program which does not know it.
    #[must_use]
    pub const fn new(number: u32, name: &'static str, text: &'static str) -> Self {
        Self { number, name, floor: number, text }
    }

    /// The same for a step that programs which know `floor` migrations can live with.
    #[must_use]
    pub const fn with_floor(self, floor: u32) -> Self {
        Self { floor, ..self }
    }

    fn text(&self, engine: Engine) -> String {
        spell(self.text, engine)
    }

    /// SHA-256 of the text as written, whatever the line endings of the checkout.
    fn checksum(&self) -> String {
        hex::encode(Sha256::digest(self.text.replace("\r\n", "\n")))
    }

    fn fail(&self, error: &Error) -> Error {
        Error::Unfit(format!("migration {} ({}) failed: {error}", self.number, self.name))
    }
}

fn spell(text: &str, engine: Engine) -> String {
    let tokens = match engine {
        Engine::Sqlite => ["INTEGER", "REAL", "TEXT", "BLOB", "STRICT", ""],
        Engine::Postgres => ["BIGINT", "DOUBLE PRECISION", "TEXT COLLATE \"C\"", "BYTEA", "", "--"],
    };
    let names = ["{int}", "{real}", "{text}", "{bytes}", "{strict}", "{sqlite}"];
    names.iter().zip(tokens).fold(text.to_owned(), |text, (name, token)| text.replace(name, token))
}
