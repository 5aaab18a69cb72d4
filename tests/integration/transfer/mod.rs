//! Whole installations copied, backed up and restored, by the program's own commands, which are killed in the middle.

mod backup;
mod busy;
mod copy;
mod cut;
mod edge;
mod office;
pub(crate) mod proof;

use crate::PROGRAM;
use attache_tests::{Effort, Home, said};
use std::path::Path;

/// Files of the installations that are copied as a whole.
const FILES: usize = 1_500;
/// The same where proof is asked for at length.
const FILES_TO_PROVE: usize = 10_000;

/// How many files this run copies.
fn files() -> usize {
    if Effort::new(0).goes_on() { FILES_TO_PROVE } else { FILES }
}

/// An installation of `files` files on a home; `None` where the home could not be had.
async fn filled(home: Option<Home>, files: usize) -> Option<Home> {
    let home = home?;
    office::Office::open(&home).await.fill(files).await;
    Some(home)
}

/// Demands that the installation in a data folder is whole.
fn demand_sound(data: &Path) {
    said(&attache_tests::command(PROGRAM, data, &["check"]).output().expect("the program runs"));
}

/// A path as an argument.
fn text(path: &Path) -> &str {
    path.to_str().expect("temporary folders have plain names")
}
