//! REST v1: section 4 of Keap's contract.

mod delete;
mod error;
mod list;
mod reading;
mod replace;
mod upload;
