//! The census of statements: each one is prepared on both engines, is bound to one account, and walks an index.
//!
//! `INSTA_UPDATE=always cargo nextest run -p attache-core census` rewrites the plans after a change that was meant.

mod cost;
mod plans;
mod schema;
mod statements;
mod tenancy;
