//! Operations: one noun and its verbs per module. Each is a method of a handle, and each change is one unit of work.

mod account;
pub(crate) mod blob;
mod change;
pub(crate) mod check;
pub(crate) mod erase;
mod event;
pub(crate) mod folder;
pub(crate) mod foresee;
mod get;
pub(crate) mod import;
mod link;
mod list;
pub(crate) mod operator;
pub(crate) mod place;
pub(crate) mod put;
mod replace;
pub(crate) mod share;
pub(crate) mod stat;
pub(crate) mod taken;
mod task;
mod trash;
mod version;
