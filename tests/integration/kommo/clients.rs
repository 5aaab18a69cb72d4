//! Kommo's and amoCRM's client libraries, unmodified, against the real program on each engine.

use crate::clients::{drive, installed, node, python};
use std::process::Command;

/// The tokens that the scripts want; one of the clients reads its token, so they are JWTs.
const TOKENS: [(&str, &str); 4] = [
    ("ATTACHE_TOKEN", "kommo:crm,kommo:files,kommo:files_delete --jwt"),
    ("ATTACHE_FILES_TOKEN", "kommo:files --jwt"),
    ("ATTACHE_CRM_TOKEN", "kommo:crm --jwt"),
    ("ATTACHE_ALL_TOKEN", "all"),
];

#[tokio::test]
async fn the_node_clients_find_drive_and_account_as_they_know_them() {
    let load = "['@mobilon-dev/amotop', '@shevernitskiy/amo', '@hubspot/api-client'].forEach(require.resolve)";
    let mut openssl = Command::new("openssl");
    openssl.arg("version");
    if installed(openssl, "openssl") && installed(node(&["-e", load]), "Kommo's Node clients") {
        drive(&TOKENS, &[], || node(&["kommo/run.mjs"])).await;
    }
}

#[tokio::test]
async fn the_python_client_finds_records_notes_and_files_as_it_knows_them() {
    if installed(python(&["-c", "import aioamocrm, anyio, pytest"]), "Kommo's Python client") {
        drive(&TOKENS, &[], || python(&["-m", "pytest", "-q", "-p", "no:cacheprovider", "kommo"])).await;
    }
}
