//! XML-RPC: section 6 of Keap's contract.

mod data_service;
mod fault;
mod file_service;
mod query;
mod transport;
