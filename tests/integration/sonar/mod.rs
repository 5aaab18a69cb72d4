//! Sonar's API from outside: each case of its contract and each choice in it, on a whole server, on both engines.

mod browser;
pub(crate) mod desk;
mod graphiql;
mod judge;
mod rest;
