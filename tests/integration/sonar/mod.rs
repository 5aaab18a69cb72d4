//! Sonar's API from outside: each case of its contract and each choice in it, on a whole server, on both engines.

pub(crate) mod desk;
mod judge;
