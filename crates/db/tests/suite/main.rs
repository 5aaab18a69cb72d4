//! One suite for both engines: every check that can run on both does.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[macro_use]
mod store;

mod disk;
mod errors;
mod floors;
mod hooks;
mod migrations;
mod postgres;
mod signals;
mod snapshot;
mod sqlite;
mod statements;
mod tls;
mod units;
mod values;
