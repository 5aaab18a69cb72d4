//! The census of statements: each one is prepared on both engines, is bound to one account, and walks an index.
//!
//! `INSTA_UPDATE=always cargo test -p attache-core --test census` rewrites the plans after a change that was meant.

#![expect(clippy::unwrap_used, reason = "what cannot go on has failed, in the tests' own functions too")]

mod cost;
mod engine;
mod plans;
mod schema;
mod statements;
mod steps;
mod tenancy;
