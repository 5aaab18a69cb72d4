//! The page about erasing, followed as its readers follow it: with openssl, and with nothing of ours.

use crate::PROGRAM;
use crate::clients::installed;
use crate::native::post;
use crate::page::{blocks, has_python3, run, started};
use attache_tests::Ask;
use std::process::Command;

const PAGE: &str = include_str!("../../../docs/erase.md");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_of_the_page_does_what_it_says() {
    let mut openssl = Command::new("openssl");
    openssl.arg("version");
    if !installed(openssl, "openssl") || !has_python3() {
        return;
    }
    let (home, server) = started();
    let client = server.client(PROGRAM, "all");
    std::fs::write(home.path().join("contract.pdf"), "what was in it").unwrap();
    let file = post(&client, "name=contract.pdf", "what was in it").await.expect(201);
    let given = format!("TOKEN='{}'\nFILE='{}'\n", client.token().unwrap(), file["id"].as_str().unwrap());
    let script = blocks(PAGE, "sh").join("\n").replace("attache erasure", &format!("{PROGRAM} erasure"));
    assert!(script.contains("openssl pkeyutl -verify"), "the page verifies by hand");
    let said = run(&format!("{given}{script}"), &home, &server);
    assert!(said.contains("case 7/2026"), "{said}");
    assert!(said.contains("Signature Verified Successfully"), "{said}");
    assert!(said.contains("holds: signed with key"), "{said}");
    assert!(said.contains("is the content of version 1"), "{said}");
    client.get(&format!("/v1/files/{}", file["id"].as_str().unwrap())).ask().await.refused(404, "not_found");
}
