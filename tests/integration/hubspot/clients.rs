//! HubSpot's own client libraries, unmodified, against the real program on each engine.

use crate::PROGRAM;
use attache_tests::{Engine, Process, command, said};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Set to 1, clients that are not installed are a failure instead of a skip.
const REQUIRED: &str = "ATTACHE_REQUIRE_CLIENTS";

/// The tokens that the scripts want, by the variable that hands each over.
const TOKENS: [(&str, &str); 3] = [
    ("ATTACHE_TOKEN", "hubspot:files"),
    ("ATTACHE_READ_TOKEN", "hubspot:files.read"),
    ("ATTACHE_HIDDEN_TOKEN", "hubspot:files.ui_hidden.read,hubspot:files.ui_hidden.write"),
];

#[tokio::test]
async fn the_node_client_finds_every_operation_as_it_knows_it() {
    let node = |arguments: &[&str]| tool("node", "node".as_ref(), arguments);
    if installed(node(&["-e", "require.resolve('@hubspot/api-client')"]), "HubSpot's Node client") {
        drive(|| node(&["--test", "--test-reporter=spec", "hubspot/"])).await;
    }
}

#[tokio::test]
async fn the_python_client_finds_every_operation_as_it_knows_it() {
    let python = |arguments: &[&str]| tool("python", &clients("python").join(".venv/bin/python"), arguments);
    if installed(python(&["-c", "import hubspot, pytest"]), "HubSpot's Python client") {
        drive(|| python(&["-m", "pytest", "-q", "-p", "no:cacheprovider", "hubspot"])).await;
    }
}

/// The folder of a language's clients.
fn clients(language: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients").join(language)
}

/// A program to be run in the folder of a language's clients; it leaves nothing behind there.
fn tool(language: &str, program: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(clients(language)).env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

/// Whether a client can be loaded; says loudly when it cannot.
fn installed(mut load: Command, what: &str) -> bool {
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

/// Starts the program on each engine and runs a client's tests against it.
async fn drive(script: impl Fn() -> Command) {
    for engine in Engine::ALL {
        let home = TempDir::new().unwrap();
        let database = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => match attache_db::testing::database().await {
                Some(url) => Some(url),
                None => continue,
            },
        };
        let place: Vec<&str> = database.iter().flat_map(|url| ["--database", url.as_str()]).collect();
        let server =
            Process::serve(PROGRAM, home.path(), &[&place[..], &["--allow-private-network", "127.0.0.0/8"]].concat());
        let mut script = script();
        script.env("ATTACHE_URL", server.url());
        for (variable, scopes) in TOKENS {
            let make = [&place[..], &["token", "create", "--scopes", scopes]].concat();
            script.env(variable, said(&command(PROGRAM, home.path(), &make).output().unwrap()).trim());
        }
        let output = script.output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "on {engine:?}:\n{out}\n{err}");
    }
}
