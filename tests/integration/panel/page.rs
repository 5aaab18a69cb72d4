//! The page about panels: its commands and its examples are run as they are printed.

use crate::clients::{installed, node, python};
use crate::page::{at, blocks, run, started};
use attache_tests::{Ask, Client};
use serde_json::{Value, json};
use std::process::Command;

const PAGE: &str = include_str!("../../../docs/panel.md");

#[tokio::test]
async fn the_commands_of_the_documentation_make_a_token_and_say_who_may_frame_it() {
    let (home, server) = started();
    let client = server.client(crate::PROGRAM, "all");
    let token = client.token().unwrap();
    let [make, frame] = blocks(PAGE, "sh").try_into().expect("two commands");
    let made: Value = serde_json::from_str(&run(&with(token, &make), &home, &server)).unwrap();
    opens_the_record(&client, made["token"].as_str().unwrap()).await;
    run(&with(token, &frame), &home, &server);
    let account = client.get("/v1/account").ask().await.expect(200);
    assert_eq!(account["panel_origins"], json!(["https://crm.example.com"]));
    let page = client.with_token(None).get(made["frame_url"].as_str().unwrap()).ask().await;
    let policy = page.header("content-security-policy");
    assert!(policy.ends_with("frame-ancestors 'self' https://crm.example.com"), "{policy}");
}

fn with(token: &str, command: &str) -> String {
    format!("export ATTACHE_TOKEN={token}\n{command}")
}

async fn opens_the_record(client: &Client, token: &str) {
    let guest = client.with_token(Some(token.to_owned()));
    assert_eq!(guest.get("/v1/panel").ask().await.expect(200)["record"], "contact/42");
}

/// How an example is run: its language, how a text is given to that, its mark in the page, and what shows the token.
type Way = (fn(&[&str]) -> Command, &'static [&'static str], &'static str, &'static str);

#[tokio::test]
async fn a_pages_server_gets_a_token_as_the_documentation_prints_it_as_clients_do() {
    let (_home, server) = started();
    let client = server.client(crate::PROGRAM, "all");
    let ways: [Way; 2] = [
        (node, &["--input-type=module", "-e"], "js", "console.log(token)"),
        (python, &["-c"], "python", "print(panel['token'])"),
    ];
    for (language, arguments, fence, print) in ways {
        if !installed(language(&["--version"]), fence) {
            continue;
        }
        let [example] = blocks(PAGE, fence).try_into().expect("one example");
        let text = format!("{}\n{print}", at(&example, &server));
        let mut command = language(&[arguments, &[&text]].concat());
        let told = command.env("ATTACHE_TOKEN", client.token().unwrap()).output().unwrap();
        assert!(told.status.success(), "{fence}: {}", String::from_utf8_lossy(&told.stderr));
        opens_the_record(&client, String::from_utf8(told.stdout).unwrap().trim()).await;
    }
}
