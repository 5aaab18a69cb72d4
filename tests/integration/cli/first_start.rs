//! The first start of a server on an empty folder.

use super::run;
use crate::PROGRAM;
use attache_tests::{Client, Home, Process, said};
use std::process::Command;

/// What the first start says, from a server that is stopped after it.
fn first_words(data: &std::path::Path) -> String {
    let mut server = Process::serve(PROGRAM, data, &[]);
    server.ask_to_stop();
    let (status, log) = server.wait();
    assert!(status.success(), "{status}: {log:?}");
    server.said()
}

#[test]
fn the_first_start_prints_a_token_once_and_later_starts_nothing() {
    let home = Home::new();
    let said = first_words(home.path());
    assert!(said.contains("curl ") && said.contains("'default'"), "{said}");
    assert_eq!(first_words(home.path()), "");
}

#[test]
fn nothing_is_printed_where_an_account_was_made_before_the_first_start() {
    let home = super::installation();
    assert_eq!(first_words(home.path()), "");
}

#[test]
fn the_command_that_the_first_start_prints_puts_a_file_on_a_record() {
    let home = Home::new();
    let server = home.serve(PROGRAM, &[]);
    let words = server.said();
    let curl: Vec<&str> = words.lines().map(str::trim).filter(|line| line.starts_with("curl")).collect();
    std::fs::write(home.path().join("README.md"), "hello").unwrap();
    for line in &curl {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("{line} --silent --show-error --fail-with-body")]).current_dir(home.path());
        assert!(said(&shell.output().expect("sh runs")).contains("README.md"));
    }
    assert_eq!(curl.len(), 2, "{words}");
}

#[tokio::test]
async fn the_account_of_the_first_start_is_called_default() {
    let home = Home::new();
    let server = home.serve(PROGRAM, &[]);
    let client: Client = server.client(PROGRAM, "all");
    assert!(client.get("/v1/account").send().await.unwrap().status().is_success());
    assert!(said(&run(home.path(), &["account", "list"])).contains("default"));
}
