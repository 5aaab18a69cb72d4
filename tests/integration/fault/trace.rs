//! A server or a command under strace, which lets some of its calls to the system fail and writes down the others.

use attache_tests::{Process, skip};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

/// What strace writes behind a call that it made fail.
const MADE_TO_FAIL: &str = "(INJECTED)";

/// An strace that watches a process.
pub(super) struct Trace {
    /// Its own process.
    tracer: Pid,
    /// The same, where it is a child of this one.
    child: Option<Child>,
    folder: TempDir,
}

/// A call to the system.
#[derive(Clone, Debug)]
pub(super) struct Call {
    /// The thread that made it.
    pub(super) thread: String,
    /// Its name.
    pub(super) name: String,
    /// All of it, as strace writes it.
    pub(super) line: String,
}

impl Call {
    pub(super) fn was_made_to_fail(&self) -> bool {
        self.line.contains(MADE_TO_FAIL)
    }

    /// The path of the file that it was about.
    pub(super) fn path(&self) -> &str {
        let path = self.line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
        path.map_or("", |(path, _)| path)
    }
}

impl Trace {
    /// Watches all threads of a process, by further options of strace. `None` after a loud skip, where that cannot be.
    pub(super) fn of(pid: u32, options: &[String]) -> Option<Trace> {
        loop {
            let trace = Trace::attach(pid, options)?;
            // A thread that another one began before it was watched itself goes unseen; the next look finds both.
            if is_watched_whole(pid) {
                return Some(trace);
            }
        }
    }

    /// Starts a server on `data` that is watched from its first call on, in every thread. `None` after a loud skip, where
    /// that cannot be.
    pub(super) fn start(command: &Command, data: &Path, options: &[String]) -> Option<(Process, Trace)> {
        // Whether it may trace at all is seen where nothing else is at stake.
        if !Trace::run(&Command::new("true"), &[])?.0.status.success() {
            skip("strace that may trace");
            return None;
        }
        let folder = TempDir::new().unwrap();
        // The server is our child, and strace is beside it and may be interrupted.
        let mut traced = strace(folder.path(), options);
        traced.args(["-D", "-I", "waiting"]);
        put_behind(&mut traced, command);
        let server = Process::start(traced, data);
        let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
        let tracer =
            status.lines().find_map(|line| line.strip_prefix("TracerPid:\t")).expect("a status names a tracer");
        let tracer = tracer.parse().ok().and_then(Pid::from_raw).expect("it is traced");
        Some((server, Trace { tracer, child: None, folder }))
    }

    fn attach(pid: u32, options: &[String]) -> Option<Trace> {
        let folder = TempDir::new().unwrap();
        let mut traced = strace(folder.path(), options);
        traced.args(["-p", &pid.to_string()]).stderr(Stdio::piped());
        let Ok(mut child) = traced.spawn() else {
            skip("strace");
            return None;
        };
        let mut said = String::new();
        let stderr = child.stderr.take().expect("standard error is piped");
        let mut stderr = BufReader::new(stderr);
        stderr.read_line(&mut said).unwrap();
        // It says more with each new thread, and would end if nobody could hear it.
        child.stderr = Some(stderr.into_inner());
        if said.contains("attached") {
            let tracer = i32::try_from(child.id()).ok().and_then(Pid::from_raw).expect("a process id");
            return Some(Trace { tracer, child: Some(child), folder });
        }
        child.wait().unwrap();
        assert!(said.contains("ptrace") || said.contains("permitted"), "{said}");
        skip("strace that may trace");
        None
    }

    /// Runs a command to its end. What it said, and its calls; `None` after a loud skip, where there is no strace.
    pub(super) fn run(command: &Command, options: &[String]) -> Option<(Output, Vec<Call>)> {
        let folder = TempDir::new().unwrap();
        let mut traced = strace(folder.path(), options);
        put_behind(&mut traced, command);
        let Ok(output) = traced.output() else {
            skip("strace");
            return None;
        };
        Some((output, calls_in(folder.path())))
    }

    /// All calls so far, in the order of their beginnings.
    pub(super) fn calls(&self) -> Vec<Call> {
        calls_in(self.folder.path())
    }
}

/// An strace that follows every thread, and writes what it sees into a folder.
fn strace(folder: &Path, options: &[String]) -> Command {
    let mut strace = Command::new("strace");
    strace.args(["-ff", "-ttt", "-y", "-s", "0", "-o"]).arg(folder.join("calls")).args(options).stdin(Stdio::null());
    strace
}

/// Says to strace which command it runs.
fn put_behind(strace: &mut Command, command: &Command) {
    strace.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => strace.env(name, value),
            None => strace.env_remove(name),
        };
    }
}

/// Whether every thread of a process has somebody who traces it. From then on those that they begin have, too.
fn is_watched_whole(pid: u32) -> bool {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    // A thread that has ended meanwhile has no status.
    let statuses = threads.filter_map(|thread| std::fs::read_to_string(thread.ok()?.path().join("status")).ok());
    statuses.into_iter().all(|status| !status.lines().any(|line| line == "TracerPid:\t0"))
}

fn calls_in(folder: &Path) -> Vec<Call> {
    let mut calls = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let thread = path.extension().unwrap_or_default().to_string_lossy().into_owned();
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        let lines = text.split_inclusive('\n').filter(|line| line.ends_with('\n') && line.contains('('));
        calls.extend(lines.map(|line| {
            let name = line.split([' ', '(']).nth(1).unwrap_or_default().to_owned();
            Call { thread: thread.clone(), name, line: line.trim_end().to_owned() }
        }));
    }
    calls.sort_by(|a, b| a.line.cmp(&b.line));
    calls
}

/// The process goes on by itself.
impl Drop for Trace {
    fn drop(&mut self) {
        // It may have ended with the process that it watched.
        let Ok(ending) = pidfd_open(self.tracer, PidfdFlags::empty()) else { return };
        let _ = kill_process(self.tracer, Signal::INT);
        let _ = poll(&mut [PollFd::new(&ending, PollFlags::IN)], None);
        if let Some(child) = &mut self.child {
            let _ = child.wait();
        }
    }
}
