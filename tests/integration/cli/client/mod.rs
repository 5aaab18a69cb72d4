//! The commands of a client, as people type them: the program in a process of its own, against a whole server.

mod get;
mod list;
mod login;
mod page;
mod pages;
mod put;
mod resume;
mod terminal;
mod trash;
mod words;

use crate::PROGRAM;
use attache_tests::dice::Dice;
use attache_tests::{Setup, TestApp};
use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// A person at a desk, with a folder of their own, and a server.
pub(super) struct Desk {
    app: TestApp,
    token: String,
    person: TempDir,
}

impl Desk {
    /// Somebody who may do everything.
    pub(super) async fn new(setup: Setup) -> Desk {
        let app = setup.start().await;
        let token = app.token("default", "all").await;
        Desk { app, token, person: TempDir::new().unwrap() }
    }

    /// A command of this person, who works in their own folder.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        self.command_at(&self.app.url(), arguments)
    }

    /// As [`Desk::command`], with the server at another address.
    pub(super) fn command_at(&self, url: &str, arguments: &[&str]) -> Command {
        let mut command = bare(self.person.path(), arguments);
        command.env("ATTACHE_URL", url).env("ATTACHE_TOKEN", &self.token);
        command
    }

    /// What comes of a command.
    pub(super) fn run(&self, arguments: &[&str]) -> Said {
        Said::of(self.command(arguments).output())
    }

    /// A path in this person's folder.
    pub(super) fn at(&self, path: &str) -> PathBuf {
        self.person.path().join(path)
    }

    /// Writes a file into this person's folder, and the folders that it is in.
    pub(super) fn write(&self, path: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.at(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    pub(super) fn read(&self, path: &str) -> Vec<u8> {
        std::fs::read(self.at(path)).unwrap()
    }
}

/// A command of somebody whose settings and state are in `home`, and who works there.
pub(super) fn bare(home: &Path, arguments: &[&str]) -> Command {
    let mut command = attache_tests::command(PROGRAM, home, arguments);
    for name in
        ["XDG_CONFIG_HOME", "XDG_STATE_HOME", "ATTACHE_DATA", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]
    {
        command.env_remove(name);
    }
    command.env("HOME", home).current_dir(home);
    command
}

/// Gives a command this on standard input.
pub(super) fn fed(mut command: Command, input: &[u8]) -> Said {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program runs");
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    // It may end before it has read everything.
    let feeder = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let said = Said::of(child.wait_with_output());
    feeder.join().unwrap();
    said
}

/// What a command said, and how it ended.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) code: Option<i32>,
    pub(super) out: Vec<u8>,
    pub(super) err: String,
}

impl Said {
    pub(super) fn of(output: std::io::Result<Output>) -> Said {
        let Output { status, stdout, stderr } = output.expect("the program runs");
        Said { code: status.code(), out: stdout, err: String::from_utf8(stderr).unwrap() }
    }

    /// The data of a command that must succeed, and has nothing to say about it.
    pub(super) fn good(self) -> String {
        assert_eq!((self.code, self.err.as_str()), (Some(0), ""), "{}", String::from_utf8_lossy(&self.out));
        String::from_utf8(self.out).unwrap()
    }

    /// As [`Said::good`], line by line.
    pub(super) fn lines(self) -> Vec<String> {
        self.good().lines().map(str::to_owned).collect()
    }

    /// As [`Said::good`], each line an object.
    pub(super) fn objects(self) -> Vec<Value> {
        self.good().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The one line of a command that must end with this code.
    pub(super) fn bad(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{}", self.err);
        let lines: Vec<&str> = self.err.lines().collect();
        assert!(lines.len() == 1 && lines[0].starts_with("attache: "), "{}", self.err);
        lines[0]["attache: ".len()..].to_owned()
    }
}

/// Bytes that nothing can guess.
pub(super) fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut dice = Dice::new(seed);
    (0..len.div_ceil(8)).flat_map(|_| dice.next().to_le_bytes()).take(len).collect()
}

/// Every file and folder below a folder, with the files' content.
pub(super) fn tree(top: &Path) -> Vec<(PathBuf, Option<Vec<u8>>)> {
    let (mut all, mut waiting) = (Vec::new(), vec![top.to_owned()]);
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let below = path.strip_prefix(top).unwrap().to_owned();
            if path.is_dir() {
                all.push((below, None));
                waiting.push(path);
            } else {
                all.push((below, Some(std::fs::read(&path).unwrap())));
            }
        }
    }
    all.sort();
    all
}
