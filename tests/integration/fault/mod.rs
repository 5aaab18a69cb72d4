//! What happens when the machine does wrong: a disk that is full or fails, a database whose answer is lost, a clock that
//! jumps, too little memory. Nothing that was acknowledged is lost, nothing is done
//! twice, and who is refused is told so. What an object store does wrong is in `storage`, and a database that crashes in
//! `nodes`.

pub(crate) mod book;
pub(crate) mod clock;
mod commit;
mod disk;
pub(crate) mod get;
mod pass;
mod pressure;
mod read;
mod room;
mod rows;
mod small;
mod trace;
mod wire;

use crate::PROGRAM;
use attache_tests::{Engine, command, skip};
use std::path::Path;

/// Whether this run is about servers with a disk of their own; if not, after a loud skip.
fn on_a_disk() -> bool {
    let is_so = Engine::of_run() != Engine::Cluster;
    if !is_so {
        skip("a disk");
    }
    is_so
}

/// Demands that the server's own check finds at most bytes of requests that were cut, which it removes, and then nothing.
fn is_sound(data: &Path) {
    let check = |more: &[&str]| {
        let line = [&["check", "--older-than", "0s"], more].concat();
        command(PROGRAM, data, &line).output().expect("the check runs")
    };
    let first = check(&["--repair"]);
    let report = String::from_utf8_lossy(&first.stdout).into_owned();
    for fault in ["ghost:", "damaged:", "references:", "book:"] {
        assert!(!report.contains(fault), "{report}");
    }
    let second = check(&[]);
    assert!(second.status.success(), "{second:?}");
}
