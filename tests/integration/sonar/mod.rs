//! Sonar's API from outside: each case of its contract and each choice in it, on a whole server, on both engines.

mod aggregate;
mod article;
mod browser;
mod change;
mod clients;
mod cut;
pub(crate) mod desk;
mod door;
mod download;
mod extra;
mod golden;
mod graphiql;
mod judge;
mod link;
mod list;
mod logs;
mod many;
mod memory;
mod page;
mod rest;
mod rights;
mod search;
mod traps;
mod unlinked;
mod upload;
