//! A watch over the named points that a process passes. The test sees which ones it came by since the last look, and
//! says at which it dies, while the process runs: so the points of its start do not count.

use rustix::process::{Signal, getpid, kill_process};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Names the folder through which a watch speaks with its process. It is no setting of Attache, so it is not named as one.
const FOLDER: &str = "FAILPOINTS_WATCH";
/// The names of all points, one in a line.
const NAMES: &str = "names";
/// The points that were passed, one in a line.
const PASSED: &str = "passed";
/// Where to die, as `name times`.
const WISH: &str = "die";

/// A watch.
#[derive(Debug)]
pub struct Watch(TempDir);

impl Watch {
    /// Over these points.
    ///
    /// # Panics
    /// If no folder can be made.
    pub fn over(points: &[String]) -> Watch {
        let folder = TempDir::new().expect("a temporary folder can be made");
        fs::write(folder.path().join(NAMES), points.join("\n")).expect("the names can be written");
        let watch = Watch(folder);
        watch.forget();
        watch
    }

    /// Puts a process under the watch.
    pub fn keep(&self, command: &mut Command) {
        command.env(FOLDER, self.0.path());
    }

    /// The points that were passed since [`Watch::forget`], in order, each time anew.
    ///
    /// # Panics
    /// If they cannot be read.
    pub fn passed(&self) -> Vec<String> {
        let passed = fs::read_to_string(self.0.path().join(PASSED)).expect("what was passed can be read");
        passed.lines().map(str::to_owned).collect()
    }

    /// Looks away from what was passed so far, and wishes for no death any more.
    ///
    /// # Panics
    /// If that cannot be written.
    pub fn forget(&self) {
        // Renamed into place: the process may be reading it.
        for name in [WISH, PASSED] {
            let fresh = self.0.path().join("fresh");
            fs::write(&fresh, "").expect("the folder can be written to");
            fs::rename(&fresh, self.0.path().join(name)).expect("the folder can be written to");
        }
    }

    /// The process is to die when it comes to a point for the `times`-th time from now on.
    ///
    /// # Panics
    /// If that cannot be written.
    pub fn die_at(&self, point: &str, times: usize) {
        self.forget();
        let fresh = self.0.path().join("fresh");
        fs::write(&fresh, format!("{point} {times}")).expect("the folder can be written to");
        fs::rename(&fresh, self.0.path().join(WISH)).expect("the folder can be written to");
    }
}

/// Puts this process under the watch that it was started with, if there is one.
pub(crate) fn stand() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let names = fs::read_to_string(folder.join(NAMES)).expect("the names of the points are there");
    for name in names.lines() {
        let (folder, point) = (folder.clone(), name.to_owned());
        fail::cfg_callback(name, move || pass(&folder, &point)).expect("the point can be armed");
    }
}

fn pass(folder: &Path, point: &str) {
    let mut passed = fs::OpenOptions::new().append(true).open(folder.join(PASSED)).expect("the watch is there");
    passed.write_all(format!("{point}\n").as_bytes()).expect("the watch can be written to");
    let wish = fs::read_to_string(folder.join(WISH)).expect("the watch is there");
    let Some((wished, times)) = wish.split_once(' ').filter(|(wished, _)| *wished == point) else { return };
    let times: usize = times.parse().expect("a point's times are a number");
    let all = fs::read_to_string(folder.join(PASSED)).expect("the watch is there");
    if all.lines().filter(|name| *name == wished).count() >= times {
        kill_process(getpid(), Signal::KILL).expect("a process may kill itself");
    }
}
