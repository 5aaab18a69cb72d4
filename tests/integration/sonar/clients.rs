//! GraphQL clients that people use with Sonar, unmodified, against the real program on each engine.

use super::desk::EVERYTHING;
use crate::clients::{drive, installed, node, node_tests, python};
use std::process::Command;

/// What finds all of them in Node, and in Python.
const LOAD_NODE: &str = "for (const name of ['graphql-request', '@urql/core', 'graphql', 'graphql-17', \
    'get-graphql-schema/package.json']) require.resolve(name)";
const LOAD_PYTHON: &str = "import aiohttp, gql, pytest, requests, sonar_software_api";

/// The tokens that the scripts want, by the variable that hands each over.
const TOKENS: [(&str, &str); 4] = [
    ("ATTACHE_TOKEN", EVERYTHING),
    ("ATTACHE_READ_TOKEN", "sonar:READ_FILE --user 2"),
    ("ATTACHE_LINK_TOKEN", "sonar:CREATE_FILE,sonar:UPDATE_FILE --user 3"),
    ("ATTACHE_KEYS_TOKEN", "sonar:READ_FILE,settings --user 4"),
];

/// Python's test runner on the folder of these tests.
fn tests() -> Command {
    python(&["-m", "pytest", "-q", "-p", "no:cacheprovider", "sonar"])
}

#[tokio::test]
async fn the_node_clients_find_files_and_the_schema_as_they_know_them() {
    if installed(node(&["-e", LOAD_NODE]), "Sonar's Node clients") {
        drive(&TOKENS, &[], || node_tests("sonar")).await;
    }
}

#[tokio::test]
async fn the_python_clients_find_files_and_the_schema_as_they_know_them() {
    if installed(python(&["-c", LOAD_PYTHON]), "Sonar's Python clients") {
        drive(&TOKENS, &[], tests).await;
    }
}
