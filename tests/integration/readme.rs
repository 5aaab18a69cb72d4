//! The README's commands, run as they are printed.

use crate::PROGRAM;
use attache_tests::{Process, command, said};
use std::path::Path;
use std::process::Command;

/// What the README starts the program with, and where the server of its reader listens.
const RUN: &str = "cargo run --quiet --package attache --";
pub(crate) const URL: &str = "http://127.0.0.1:8080";

/// Stops at the first command that fails, answers of HTTP included.
pub(crate) const STRICT: &str =
    "set -euo pipefail\ncurl() { command curl --silent --show-error --fail-with-body \"$@\"; }\n";

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

fn page() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).unwrap()
}

#[test]
fn the_readmes_commands_put_a_file_on_a_record_and_find_it_again() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    let server = Process::serve(PROGRAM, &data, &[]);
    let (first, rest) =
        blocks(&page(), "sh").split_first().map(|(first, rest)| (first.clone(), rest.to_vec())).unwrap();
    assert_eq!(first, "make run");
    let script = rest.join("\n").replace(RUN, PROGRAM).replace(URL, server.url());
    let mut shell: Command = command("bash", &data, &["-c", &format!("{STRICT}{script}")]);
    let out = said(&shell.current_dir(home.path()).output().unwrap());
    assert!(out.contains(r#""name":"contract.txt""#) && out.contains(r#""record":"deal/42""#), "{out}");
}

#[test]
fn the_pages_that_the_readme_points_to_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = page();
    let links = page.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let local: Vec<&str> = links.filter(|link| !link.starts_with("http")).collect();
    assert!(local.len() > 5, "{local:?}");
    for link in local {
        assert!(root.join(link).exists(), "{link} is missing");
    }
}
