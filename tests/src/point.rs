//! The named points of the program under test: where it can be killed, and where a fault can be planted.
//!
//! The crates name them with [`attache_point::fail_point!`]; in a release they are nothing. A point that plants a fault is set
//! with the variable `FAILPOINTS`, as the crate `fail` writes it (`blobs.sync_bytes=return`).

use rustix::process::{Signal, getpid, kill_process};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

/// `name` or `name:times`: the process is killed when it comes to the point for so many times.
const DIE_AT: &str = "FAILPOINTS_DIE_AT";

/// Lets a command's process die, as by SIGKILL, when it comes to a point for the `times`-th time.
pub fn die_at(command: &mut Command, point: &str, times: usize) {
    command.env(DIE_AT, format!("{point}:{times}"));
}

/// Arms the points that this process was started with. They hold until what comes back is dropped.
pub fn arm() -> fail::FailScenario<'static> {
    let armed = fail::FailScenario::setup();
    if let Ok(wish) = std::env::var(DIE_AT) {
        let (point, times) = wish.split_once(':').unwrap_or((&wish, "1"));
        let times: usize = times.parse().expect("a point's times are a number");
        let visits = AtomicUsize::new(0);
        let die = move || {
            if visits.fetch_add(1, Ordering::SeqCst) + 1 == times {
                kill_process(getpid(), Signal::KILL).expect("a process may kill itself");
            }
        };
        fail::cfg_callback(point, die).expect("the point can be armed");
    }
    crate::watch::stand();
    armed
}
