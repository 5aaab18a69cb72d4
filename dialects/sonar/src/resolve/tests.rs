//! The schema, asked over HTTP on a real core.

mod agree;
mod change;
mod cost;
mod desk;
mod list;
mod log;
mod table;
