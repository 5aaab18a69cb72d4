//! The census of statements: each one is prepared on both engines, is bound to one account, and walks an index.
//!
//! `INSTA_UPDATE=always cargo test -p attache-core --test census` rewrites the plans after a change that was meant.

mod cost;
mod engine;
mod plans;
mod schema;
mod statements;
mod steps;
mod tenancy;
