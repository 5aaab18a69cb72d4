//! REST v2: section 5 of Keap's contract.

mod error;
mod filter;
mod page;
mod reading;
mod update;
mod upload;
