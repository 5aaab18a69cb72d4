//! What the tests ask of the machine they run on: `strace`, which shows the calls of a child and makes them fail, and
//! small file systems. Where it cannot be had, a test says SKIPPED.

use std::{
    env, fs,
    os::unix::process::ExitStatusExt as _,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use attache_blobs::{Blobs, Disk, InlineLimit};
use tempfile::TempDir;

/// The environment variable that tells a child where its volume is.
const VOLUME: &str = "ATTACHE_TEST_VOLUME";

#[expect(clippy::print_stderr, reason = "a skip must be seen")]
pub(crate) fn skip(why: &str) {
    eprintln!("SKIPPED: {why}");
}

pub(crate) fn has_strace() -> bool {
    let found = Command::new("strace").args(["-o", "/dev/null", "true"]).status();
    found.is_ok_and(|status| status.success())
}

/// Runs a child test under strace and gives the traced calls; fails when the child does.
pub(crate) fn trace(folder: &TempDir, child: &str, options: &[&str]) -> Vec<String> {
    let output = run(folder, child, options);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("1 passed"), "the child test did not run: {said}");
    let log = fs::read_to_string(log(folder)).unwrap();
    log.lines().map(str::to_owned).collect()
}

/// Runs a child test under strace, which must kill it.
pub(crate) fn kill(folder: &TempDir, child: &str, options: &[&str]) {
    let output = run(folder, child, options);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.signal(), Some(9), "{options:?} did not kill the child: {said}");
}

fn run(folder: &TempDir, child: &str, options: &[&str]) -> Output {
    Command::new("strace")
        .args(["-f", "-y", "-e", "trace=/^(p?read|p?write|ftruncate|fdatasync|fsync|rename|unlink)", "-o"])
        .arg(log(folder))
        .args(options)
        .arg(env::current_exe().unwrap())
        .args(["--exact", "--include-ignored", child])
        .env(VOLUME, folder.path().join("blobs"))
        .output()
        .unwrap()
}

fn log(folder: &TempDir) -> PathBuf {
    folder.path().join("trace")
}

/// In a child: the folder of the volume.
pub(crate) fn child_volume() -> PathBuf {
    PathBuf::from(env::var_os(VOLUME).expect("started by another test"))
}

/// In a child: the store.
pub(crate) fn child_store() -> Blobs {
    Blobs::from(Disk::open(&child_volume(), InlineLimit::default()).unwrap())
}

/// Where in the trace, after `from`, the first call stands that holds all of `parts`.
pub(crate) fn position(calls: &[String], from: usize, parts: &[&str]) -> usize {
    let found = calls[from..].iter().position(|call| parts.iter().all(|part| call.contains(part)));
    let Some(found) = found else {
        panic!("no {parts:?} from line {from} of:\n{}", calls.join("\n"));
    };
    from + found
}

pub(crate) fn count(calls: &[String], parts: &[&str]) -> usize {
    let holds = |call: &&String| parts.iter().all(|part| call.contains(part));
    calls.iter().filter(holds).count()
}

/// A file system of a few MiB; unmounted when dropped.
pub(crate) struct SmallVolume(pub(crate) TempDir);

impl SmallVolume {
    pub(crate) fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"]).arg(folder.path()).output();
        mounted.is_ok_and(|output| output.status.success()).then(|| Self(folder))
    }

    pub(crate) fn make_read_only(&self) {
        let status = Command::new("mount").args(["-o", "remount,ro"]).arg(self.0.path()).status();
        assert!(status.is_ok_and(|status| status.success()), "remount {}", self.0.path().display());
    }
}

impl Drop for SmallVolume {
    fn drop(&mut self) {
        unmount(self.0.path());
    }
}

pub(crate) fn unmount(path: &Path) {
    let status = Command::new("umount").arg("--lazy").arg(path).status();
    assert!(status.is_ok_and(|status| status.success()), "unmount {}", path.display());
}
