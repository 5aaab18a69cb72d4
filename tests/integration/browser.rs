//! The dashboard, the record panel and the intake page in a real browser: each test starts the program and runs one flow
//! of `tests/browser` against it.

use crate::PROGRAM;
use attache_tests::{Ask as _, Client, Home, Process, report, said};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Set to 1, a browser, Node or a dashboard that is not there is a failure instead of a skip.
const REQUIRED: &str = "ATTACHE_REQUIRE_BROWSER";

/// Webhooks and imports of the flows go to this machine.
const ARGUMENTS: [&str; 2] = ["--allow-private-network", "127.0.0.0/8"];

/// One test for each flow.
macro_rules! flows {
    ($($flow:literal: $statement:ident;)*) => {
        $(#[tokio::test]
        async fn $statement() {
            run($flow).await;
        })*
    };
}

flows! {
    "session": somebody_signs_in_with_a_token_and_out_again;
}

/// Runs a flow on an empty server of its own.
async fn run(flow: &str) {
    if let Some(missing) = missing() {
        return skip(missing);
    }
    let home = Home::new();
    let server = home.serve(PROGRAM, &ARGUMENTS);
    if !has_dashboard(&server).await {
        return skip("a dashboard in the program (npm ci && npm run build in dashboard/)");
    }
    let token = said(&home.command(PROGRAM, &["token", "create", "--scopes", "all"]).output().unwrap());
    let mut script = node(&["run.mjs", flow]);
    script.env("ATTACHE_URL", server.url()).env("ATTACHE_TOKEN", token.trim()).env("ATTACHE_PICTURES", pictures());
    report(said(&script.output().unwrap()).trim_end());
}

/// What this machine lacks for a browser's test, if anything.
fn missing() -> Option<&'static str> {
    let mut chromium = Command::new("chromium");
    let mut driver = node(&["-e", "await import('playwright-core')"]);
    let runs = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
    if !runs(&mut driver) {
        return Some("Node with its packages (npm ci in tests/browser)");
    }
    (!runs(chromium.arg("--version"))).then_some("chromium (on Debian: apt-get install chromium)")
}

/// Whether the page at `/` is the dashboard: without Node, the program is built without it and shows a note instead.
async fn has_dashboard(server: &Process) -> bool {
    let page = Client::new(server.url(), None).get("/").ask().await;
    page.status == 200 && page.text().contains("/assets/")
}

/// Node, in the folder of the browser's flows.
fn node(arguments: &[&str]) -> Command {
    let mut command = Command::new("node");
    command.args(arguments).current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("browser"));
    command
}

/// Where the pictures of the screens are kept.
fn pictures() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("browser")
}

#[expect(clippy::print_stderr, reason = "a skip is to be seen, and counted")]
fn skip(missing: &str) {
    assert!(std::env::var(REQUIRED).as_deref() != Ok("1"), "missing: {missing}");
    eprintln!("SKIPPED (needs {missing}): a test in the browser");
}
