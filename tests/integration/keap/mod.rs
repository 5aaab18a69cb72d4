//! Keap's API from outside: each case of its contract and each choice in it, on a whole server, on both engines.

mod about;
mod auth;
mod clients;
pub(crate) mod cut;
mod desk;
mod face;
mod judge;
mod link;
pub(crate) mod memory;
mod oauth;
mod once;
mod page;
mod replay;
mod rights;
mod rpc;
pub(crate) mod scopes;
mod shared;
mod throttle;
mod twins;
mod v1;
mod v2;
pub(crate) mod xml;
