//! The command line, as an operator and a client type it.

mod account;
mod check;
mod client;
mod first_start;
mod grant;
mod lock;
mod migrate;
mod settings;
mod stop;
mod token;

use crate::PROGRAM;
use attache_tests::{Home, command};
use std::path::Path;
use std::process::Output;

/// Runs a command on the data folder `data` to its end.
fn run(data: &Path, arguments: &[&str]) -> Output {
    command(PROGRAM, data, arguments).output().expect("the program runs")
}

/// What a command that must fail says on standard error; it says nothing on standard output.
fn refusal(output: &Output) -> String {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(2), "stdout: {out}\nstderr: {err}");
    assert_eq!(out, "");
    err.into_owned()
}

/// A home with the account `default`.
fn installation() -> Home {
    made(Home::new())
}

fn made(home: Home) -> Home {
    attache_tests::said(&run(home.path(), &["account", "create", "default"]));
    home
}
