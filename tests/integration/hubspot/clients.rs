//! HubSpot's own client libraries, unmodified, against the real program on each engine.

use crate::clients::{drive, installed, node, node_tests, python};

/// The tokens that the scripts want, by the variable that hands each over.
const TOKENS: [(&str, &str); 3] = [
    ("ATTACHE_TOKEN", "hubspot:files"),
    ("ATTACHE_READ_TOKEN", "hubspot:files.read"),
    ("ATTACHE_HIDDEN_TOKEN", "hubspot:files.ui_hidden.read,hubspot:files.ui_hidden.write"),
];
/// Imports are tried with a server of the script's own.
const ARGUMENTS: [&str; 2] = ["--allow-private-network", "127.0.0.0/8"];

#[tokio::test]
async fn the_node_client_finds_every_operation_as_it_knows_it() {
    if installed(node(&["-e", "require.resolve('@hubspot/api-client')"]), "HubSpot's Node client") {
        drive(&TOKENS, &ARGUMENTS, || node_tests("hubspot")).await;
    }
}

#[tokio::test]
async fn the_python_client_finds_every_operation_as_it_knows_it() {
    if installed(python(&["-c", "import hubspot, pytest"]), "HubSpot's Python client") {
        drive(&TOKENS, &ARGUMENTS, || python(&["-m", "pytest", "-q", "-p", "no:cacheprovider", "hubspot"])).await;
    }
}
