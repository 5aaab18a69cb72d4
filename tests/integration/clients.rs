//! Other people's client libraries, unmodified: whether they are installed, and running their scripts against the real
//! program on each engine.

use crate::PROGRAM;
use attache_tests::{Engine, Home, said};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Set to 1, clients that are not installed are a failure instead of a skip.
const REQUIRED: &str = "ATTACHE_REQUIRE_CLIENTS";

/// Node, in the folder of its clients.
pub(crate) fn node(arguments: &[&str]) -> Command {
    tool("node", "node".as_ref(), arguments)
}

/// Node's test runner on the tests in a folder of its clients. Each file is named: what a folder means to the runner
/// differs between its releases.
pub(crate) fn node_tests(place: &str) -> Command {
    let mut command = node(&["--test", "--test-reporter=spec"]);
    let files = std::fs::read_dir(folder("node").join(place)).unwrap().map(|entry| entry.unwrap().path());
    command.args(files.filter(|file| file.to_string_lossy().ends_with(".test.mjs")));
    command
}

/// Python with its clients, in their folder.
pub(crate) fn python(arguments: &[&str]) -> Command {
    tool("python", &folder("python").join(".venv/bin/python"), arguments)
}

/// Schemathesis, which holds answers against an OpenAPI document, in its folder.
pub(crate) fn schemathesis(arguments: &[&str]) -> Command {
    tool("contract", &folder("contract").join(".venv/bin/schemathesis"), arguments)
}

/// The folder of a language's clients.
fn folder(language: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients").join(language)
}

/// A program to be run in the folder of a language's clients; it leaves nothing behind there.
fn tool(language: &str, program: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder(language)).env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

/// Whether a client can be loaded; says loudly when it cannot.
pub(crate) fn installed(mut load: Command, what: &str) -> bool {
    if load.output().is_ok_and(|output| output.status.success()) {
        return true;
    }
    assert!(std::env::var(REQUIRED).as_deref() != Ok("1"), "{what} is not installed; tests/clients/README.md says how");
    skipped(what);
    false
}

#[expect(clippy::print_stderr, reason = "a skip is to be seen, and counted")]
fn skipped(what: &str) {
    eprintln!("SKIPPED ({what} is not installed): tests/clients/README.md says how");
}

/// Starts the program on each engine, with further arguments, and runs a client's tests against it. They find the server
/// in `ATTACHE_URL`, and a token of each of these scopes in the variable that stands before them; other words of
/// `token create` may follow the scopes. Behind the word `grant` stand the scopes of a grant of OAuth instead, and the
/// variable has all that `grant create` says.
pub(crate) async fn drive(tokens: &[(&str, &str)], arguments: &[&str], script: impl Fn() -> Command) {
    for &engine in Engine::all() {
        let Some(home) = Home::on(engine).await else { continue };
        let server = home.serve(PROGRAM, arguments);
        let mut script = script();
        script.env("ATTACHE_URL", server.url());
        for (variable, scopes) in tokens {
            let (what, scopes) = scopes.strip_prefix("grant ").map_or(("token", *scopes), |scopes| ("grant", scopes));
            let words: Vec<&str> = scopes.split(' ').collect();
            let make = [&[what, "create", "--scopes"], &words[..]].concat();
            script.env(variable, said(&home.command(PROGRAM, &make).output().unwrap()).trim());
        }
        let output = script.output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "on {engine:?}:\n{out}\n{err}");
    }
}
