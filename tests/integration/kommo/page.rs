//! The examples of `docs/kommo.md`, run as they are printed. Only the PHP one is not: its library is in no registry that
//! tests could take it from.

use crate::PROGRAM;
use crate::clients::{installed, node};
use crate::page::{blocks, example, has_python3, pasted, started};
use attache_tests::{Ask, Client, said};
use serde_json::{Value, json};

const PAGE: &str = include_str!("../../../docs/kommo.md");

/// The one file that is there, by our own API; its name and its bytes must be these.
async fn the_file(client: &Client, name: &str, bytes: &[u8]) -> Value {
    let listed = client.get("/v1/files").ask().await.expect(200);
    let [file] = listed["items"].as_array().unwrap().as_slice() else { panic!("{listed}") };
    assert_eq!(file["name"], name);
    assert!(crate::native::content(client, file).await == bytes, "the bytes are others");
    file["id"].clone()
}

#[test]
fn no_example_of_the_page_is_in_a_language_that_is_not_looked_at() {
    let opened = PAGE.lines().filter(|line| line.starts_with("```") && *line != "```").count();
    let known: usize = ["sh", "js", "php"].iter().map(|language| blocks(PAGE, language).len()).sum();
    assert_eq!(opened, known);
}

#[tokio::test]
async fn the_commands_of_the_page_bring_a_file_to_a_lead_its_notes_and_its_fields() {
    if !has_python3() {
        return;
    }
    let (home, server) = started();
    let out = pasted(PAGE, &home, &server);
    assert!(out.contains(r#""name":"lease""#) && out.contains(r#""drive_url":"#), "{out}");

    let sent = std::fs::read(home.path().join("lease.pdf")).unwrap();
    assert_eq!(sent.len(), 700_000);
    let file = the_file(&server.client(PROGRAM, "all"), "lease.pdf", &sent).await;
    let account = server.client(PROGRAM, "kommo:files,kommo:crm");
    let tab = account.get("/api/v4/leads/1/files").ask().await.expect(200);
    assert_eq!(tab["_embedded"]["files"][0]["file_uuid"], file);
    let notes = account.get("/api/v4/leads/1/notes").ask().await.expect(200);
    assert_eq!(notes["_embedded"]["notes"][0]["params"]["file_uuid"], file);
    let lead = account.get("/api/v4/leads/1").ask().await.expect(200);
    assert_eq!((&lead["name"], &lead["price"]), (&json!("Flat"), &json!(20)));
    assert_eq!(lead["custom_fields_values"][0]["values"][0]["value"]["file_uuid"], file);
}

#[tokio::test]
async fn the_script_of_the_page_sends_a_file() {
    if !installed(node(&["-e", "require.resolve('@mobilon-dev/amotop')"]), "@mobilon-dev/amotop") {
        return;
    }
    let (home, server) = started();
    let bytes = crate::native::noise(1, 300_000);
    std::fs::write(home.path().join("lease.pdf"), &bytes).unwrap();
    let token = server.client(PROGRAM, "kommo:files").token().unwrap().to_owned();
    // Imports come first whatever stands before them, so the client is found where it is and the file where it is.
    let chdir = format!("process.chdir({})", json!(home.path()));
    let script = format!("{chdir}\n{}\nconsole.log(file.uuid)", example(PAGE, "js", &server));
    let out = said(&node(&["--input-type=module", "-e", &script]).env("TOKEN", token).output().unwrap());
    assert_eq!(out.trim(), the_file(&server.client(PROGRAM, "all"), "lease.pdf", &bytes).await);
}
