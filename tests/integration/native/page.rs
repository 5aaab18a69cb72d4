//! The examples of `docs/api.md`, run as they are printed.

use crate::PROGRAM;
use crate::clients::installed;
use crate::readme::{STRICT, URL, blocks};
use attache_tests::{Ask, Process, command, said};
use std::process::Command;
use tempfile::TempDir;

const PAGE: &str = include_str!("../../../docs/api.md");

#[tokio::test]
async fn the_commands_of_the_page_put_a_file_on_a_record_and_share_it() {
    let mut python = Command::new("python3");
    python.arg("--version");
    if !installed(python, "python3") {
        return;
    }
    let home = TempDir::new().unwrap();
    let server = Process::serve(PROGRAM, &home.path().join("data"), &[]);
    let script = blocks(PAGE, "sh").join("\n").replace("attache token", &format!("{PROGRAM} token"));
    let script = format!("{STRICT}{}", script.replace(URL, server.url()));
    let mut shell: Command = command("bash", &home.path().join("data"), &["-c", &script]);
    let out = said(&shell.current_dir(home.path()).output().unwrap());

    let (_, link) = out.split_once(r#"{"url":""#).expect("a link is made");
    let client = server.client(PROGRAM, "all");
    let sent = std::fs::read(home.path().join("lease.pdf")).unwrap();
    assert!(client.get(link.split('"').next().unwrap()).ask().await.body == sent, "{out}");
    assert_eq!(super::names(&client, "/v1/files?name=scan.pdf").await, ["scan.pdf"]);
    let listed = client.get("/v1/records/contact/42/files").ask().await.expect(200);
    let [only] = listed["items"].as_array().unwrap().as_slice() else { panic!("{listed}") };
    assert_eq!(only["file"]["path"], "/contracts/2026/lease.pdf");
    assert!(super::content(&client, &only["file"]).await == sent, "the bytes are others");
}
