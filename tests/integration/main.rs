//! The integration tests, one binary: whole servers, spoken to from outside.

#![expect(clippy::unwrap_used, reason = "what cannot go on has failed, in the tests' own functions too")]

mod audit;
mod bad_inputs;
mod browser;
mod choices;
mod cli;
mod clients;
mod contract;
mod desk;
mod erasure;
mod fault;
mod guide;
mod history;
mod hubspot;
mod intake;
mod interrupt;
mod keap;
mod kill;
mod kommo;
mod large;
mod limit;
mod load;
mod native;
mod nodes;
mod page;
mod panel;
mod power;
mod preview;
mod readme;
mod scrub;
mod server;
mod session;
mod sonar;
mod storage;
mod tenant;
mod transfer;
mod trial;
mod tus;
mod webhook;

/// The program, built beside these tests.
const PROGRAM: &str = env!("CARGO_BIN_EXE_attache-under-test");
