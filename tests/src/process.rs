//! The real program in a process of its own, for tests that look at its command line or end it by force.

use crate::Client;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use tempfile::NamedTempFile;

/// A command line of the program at `program`, on the data folder `data`, free of settings from the environment.
pub fn command(program: &str, data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("ATTACHE_")) {
        command.env_remove(name);
    }
    command.args(arguments).env("ATTACHE_DATA", data).stdin(Stdio::null());
    command
}

/// What a command that must succeed says on standard output.
pub fn said(output: &Output) -> String {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}\nstdout: {out}\nstderr: {err}", output.status);
    out.into_owned()
}

/// A running server.
pub struct Process {
    child: Child,
    url: String,
    said: NamedTempFile,
    lines: mpsc::Receiver<String>,
    data: PathBuf,
}

impl Process {
    /// Starts `program serve` on any free port and waits until it says that it listens.
    pub fn serve(program: &str, data: &Path, arguments: &[&str]) -> Process {
        let line = [&["serve", "--listen", "127.0.0.1:0"], arguments].concat();
        Process::start(command(program, data, &line), data)
    }

    /// Starts a `serve` that was put together by the test.
    pub fn start(mut command: Command, data: &Path) -> Process {
        let said = NamedTempFile::new().expect("a temporary file can be made");
        let stdout = said.reopen().expect("the file can be opened again");
        let mut child = command.stdout(stdout).stderr(Stdio::piped()).spawn().expect("the program starts");
        let stderr = child.stderr.take().expect("standard error is piped");
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            // The test may have ended, and with it the other side.
            BufReader::new(stderr).lines().map_while(Result::ok).try_for_each(|line| sender.send(line).ok())
        });
        let mut seen = Vec::new();
        let url = loop {
            let Ok(line) = lines.recv() else {
                let status = child.wait().expect("the program ended");
                panic!("the server ended with {status} before it listened:\n{}", seen.join("\n"));
            };
            match address(&line) {
                Some(address) => break format!("http://{address}"),
                None => seen.push(line),
            }
        };
        Process { child, url, said, lines, data: data.to_owned() }
    }

    /// Where it answers.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// A client with a token of the account `default`, made by the program's own command.
    pub fn client(&self, program: &str, scopes: &str) -> Client {
        let made = command(program, &self.data, &["token", "create", "--scopes", scopes]).output();
        let token = said(&made.expect("the command runs")).trim().to_owned();
        Client::new(self.url(), Some(token))
    }

    /// Sends SIGTERM and does not wait.
    pub fn ask_to_stop(&self) {
        let pid = i32::try_from(self.child.id()).ok().and_then(rustix::process::Pid::from_raw).expect("a process id");
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).expect("the signal is sent");
    }

    /// What it has said on standard output so far; all of its first words once it listens.
    pub fn said(&self) -> String {
        std::fs::read_to_string(self.said.path()).expect("it says text")
    }

    /// Waits for its end and gives the log since it listened.
    pub fn wait(&mut self) -> (ExitStatus, Vec<String>) {
        let status = self.child.wait().expect("the program ended");
        (status, self.lines.iter().collect())
    }

    /// Ends it with SIGKILL, as a crash or the kernel would.
    pub fn kill(mut self) {
        self.child.kill().expect("the signal is sent");
        self.child.wait().expect("the program ended");
    }

    /// Sees to it that it has ended, whatever it was at.
    pub fn end(&mut self) {
        // Both fail when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// No process outlives its test.
impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

/// The address in the log line that says where the server listens.
fn address(line: &str) -> Option<String> {
    let line: serde_json::Value = serde_json::from_str(line).ok()?;
    (line["message"] == "listening").then(|| line["address"].as_str().map(str::to_owned))?
}
