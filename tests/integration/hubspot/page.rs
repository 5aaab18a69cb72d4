//! The examples of `docs/hubspot.md` that need no PHP and no Ruby, run as they are printed.

use crate::PROGRAM;
use crate::clients::{installed, node, python};
use crate::page::{example, has_python3, pasted, started};
use attache_tests::{Ask, Home, Process, said};
use serde_json::json;

const PAGE: &str = include_str!("../../../docs/hubspot.md");

/// A file to send, and a token to send it with.
fn lease(home: &Home, server: &Process) -> (Vec<u8>, String) {
    let bytes = crate::native::noise(1, 300_000);
    std::fs::write(home.path().join("lease.pdf"), &bytes).unwrap();
    (bytes, server.client(PROGRAM, "hubspot:files").token().unwrap().to_owned())
}

/// Demands that these bytes are where every example puts them.
async fn is_there(server: &Process, bytes: &[u8]) {
    let client = server.client(PROGRAM, "all");
    let listed = client.get("/v1/files?under=/contracts/2026&name=lease.pdf").ask().await.expect(200);
    let [file] = listed["items"].as_array().unwrap().as_slice() else { panic!("{listed}") };
    assert!(crate::native::content(&client, file).await == bytes, "the bytes are others");
}

#[tokio::test]
async fn the_commands_of_the_page_put_a_file_in_and_fetch_it_by_a_link() {
    if !has_python3() {
        return;
    }
    let (home, server) = started();
    let out = pasted(PAGE, &home, &server);
    assert!(out.contains(r#""results":[{"#) && out.contains(r#""path":"/contracts/2026/lease.pdf""#), "{out}");
    is_there(&server, &std::fs::read(home.path().join("lease.pdf")).unwrap()).await;
}

#[tokio::test]
async fn the_node_script_of_the_page_sends_a_file_and_gets_a_link() {
    if !installed(node(&["-e", "require.resolve('@hubspot/api-client')"]), "HubSpot's Node client") {
        return;
    }
    let (home, server) = started();
    let (bytes, token) = lease(&home, &server);
    // Imports come first whatever stands before them, so the client is found where it is and the file where it is.
    let chdir = format!("process.chdir({})", json!(home.path()));
    let script = format!("{chdir}\n{}\nconsole.log(link.url)", example(PAGE, "js", &server));
    let out = said(&node(&["--input-type=module", "-e", &script]).env("TOKEN", token).output().unwrap());
    assert!(server.client(PROGRAM, "all").get(out.trim()).ask().await.body == bytes, "{out}");
    is_there(&server, &bytes).await;
}

#[tokio::test]
async fn the_python_script_of_the_page_sends_a_file() {
    if !installed(python(&["-c", "import hubspot"]), "HubSpot's Python client") {
        return;
    }
    let (home, server) = started();
    let (bytes, token) = lease(&home, &server);
    let mut script = python(&["-c", &example(PAGE, "python", &server)]);
    said(&script.current_dir(home.path()).env("TOKEN", token).output().unwrap());
    is_there(&server, &bytes).await;
}
