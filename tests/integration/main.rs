//! The integration tests, one binary: whole servers, spoken to from outside.

#![expect(clippy::unwrap_used, reason = "what cannot go on has failed, in the tests' own functions too")]

mod bad_inputs;
mod browser;
mod choices;
mod cli;
mod clients;
mod desk;
mod guide;
mod hubspot;
mod intake;
mod interrupt;
mod keap;
mod kill;
mod kommo;
mod large;
mod native;
mod nodes;
mod page;
mod panel;
mod preview;
mod readme;
mod server;
mod session;
mod sonar;
mod storage;
mod tenant;
mod transfer;
mod tus;
mod webhook;

/// The program, built beside these tests.
const PROGRAM: &str = env!("CARGO_BIN_EXE_attache-under-test");
