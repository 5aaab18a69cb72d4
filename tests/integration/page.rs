//! Pages of the documentation as their readers use them: examples are taken out of the text and run as they are printed.

use crate::PROGRAM;
use crate::clients::installed;
use attache_tests::{Home, Process, said};
use std::process::Command;

/// Where the server of a reader listens.
const URL: &str = "http://127.0.0.1:8080";

/// Stops at the first command that fails, answers of HTTP included.
const STRICT: &str = "set -euo pipefail\ncurl() { command curl --silent --show-error --fail-with-body \"$@\"; }\n";

/// The text of every block of a page in a language.
pub(crate) fn blocks(page: &str, language: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while lines.any(|line| line.strip_prefix("```") == Some(language)) {
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        blocks.push(block.join("\n"));
    }
    blocks
}

/// The one example of a page in a language, for this server.
pub(crate) fn example(page: &str, language: &str, server: &Process) -> String {
    let [example] = blocks(page, language).try_into().expect("one example");
    at(&example, server)
}

/// An example, for this server.
pub(crate) fn at(example: &str, server: &Process) -> String {
    example.replace(URL, server.url())
}

/// Whether the commands of a page can take values out of answers; a skip is loud.
pub(crate) fn has_python3() -> bool {
    let mut python = Command::new("python3");
    python.arg("--version");
    installed(python, "python3")
}

/// The reader's folder, and a server that keeps its data beside it.
pub(crate) fn started() -> (Home, Process) {
    let home = Home::new();
    let server = home.serve(PROGRAM, &[]);
    (home, server)
}

/// Pastes all commands of a page into a shell in the reader's folder; what it said.
pub(crate) fn pasted(page: &str, home: &Home, server: &Process) -> String {
    let script = blocks(page, "sh").join("\n").replace("attache token", &format!("{PROGRAM} token"));
    let script = script.replace("attache grant", &format!("{PROGRAM} grant"));
    run(&script, home, server)
}

/// Runs commands in the reader's folder, against this server; what they said.
pub(crate) fn run(script: &str, home: &Home, server: &Process) -> String {
    let script = format!("{STRICT}{}", at(script, server));
    let mut shell: Command = home.command("bash", &["-c", &script]);
    said(&shell.current_dir(home.path()).output().unwrap())
}
