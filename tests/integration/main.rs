//! The integration tests, one binary: whole servers, spoken to from outside.

mod cli;
mod server;

/// The program, built beside these tests.
const PROGRAM: &str = env!("CARGO_BIN_EXE_attache-under-test");
