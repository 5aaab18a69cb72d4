//! Keap's and Infusionsoft's client libraries, unmodified, against the real program on each engine.

use crate::clients::{drive, installed, node, node_tests, python};
use std::process::Command;

/// The tokens that the scripts want, by the variable that hands each over.
const TOKENS: [(&str, &str); 4] = [
    ("ATTACHE_TOKEN", "keap:full"),
    ("ATTACHE_USER_TOKEN", "keap:user --user 2"),
    ("ATTACHE_VIEW_TOKEN", "keap:view_company_files --user 3"),
    ("ATTACHE_GRANT", "grant keap:full --client-id files"),
];

/// Python's test runner on a place among its clients.
fn tests(place: &str) -> Command {
    python(&["-m", "pytest", "-q", "-p", "no:cacheprovider", place])
}

/// The same, for the client that is installed apart.
fn tests_apart(place: &str) -> Command {
    let mut command = tests(place);
    command.env("PYTHONPATH", ".venv/apart");
    command
}

#[tokio::test]
async fn the_node_clients_find_files_and_rows_as_they_know_them() {
    if installed(node(&["-e", "['infusionsoft-api', 'xmlrpc'].forEach(require.resolve)"]), "Keap's Node clients") {
        drive(&TOKENS, &[], || node_tests("keap")).await;
    }
}

#[tokio::test]
async fn the_python_clients_find_files_and_rows_as_they_know_them() {
    if installed(python(&["-c", "import infusionsoft, keap, keap_core_v2_client, pytest"]), "Keap's Python clients") {
        drive(&TOKENS, &[], || tests("keap")).await;
    }
}

#[tokio::test]
async fn infusionsoft_python_finds_files_as_it_knows_them() {
    let mut load = python(&["-c", "from infusionsoft import Client"]);
    load.env("PYTHONPATH", ".venv/apart");
    if installed(load, "infusionsoft-python") {
        drive(&TOKENS, &[], || tests_apart("keap/infusionsoft_python.py")).await;
    }
}
