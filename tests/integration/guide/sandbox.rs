//! What the server's unit forbids is nothing that the server or its previews ask of the system.

use super::file::has;
use super::machine::deploy;
use crate::PROGRAM;
use attache_tests::{Ask, Client, Process, command, said};
use std::collections::BTreeSet;
use std::process::Command;
use tempfile::TempDir;

/// The values of a setting in the server's unit.
fn unit(setting: &str) -> Vec<String> {
    let text = std::fs::read_to_string(deploy().join("systemd/attache.service")).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(setting)?.strip_prefix('=')).expect(setting);
    line.split_whitespace().map(str::to_owned).collect()
}

/// The calls that a filter of systemd's allows, its groups opened.
fn calls(filter: Vec<String>) -> BTreeSet<String> {
    let open = |name: String| {
        if !name.starts_with('@') {
            return BTreeSet::from([name]);
        }
        let output = Command::new("systemd-analyze").args(["syscall-filter", &name]).output().unwrap();
        let text = said(&output);
        let lines = text.lines().skip(1).map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        calls(lines.map(str::to_owned).collect())
    };
    filter.into_iter().flat_map(open).collect()
}

/// A server at work: small and large files, a list, and a preview; every call of it and of its children.
async fn watched() -> Vec<String> {
    let home = TempDir::new().unwrap();
    let (data, trace) = (home.path().join("data"), home.path().join("trace"));
    let serve = command(PROGRAM, &data, &["serve", "--listen", "127.0.0.1:0"]);
    let mut watched = Command::new("strace");
    watched.args(["-f", "-qq", "-s", "0", "-e", "signal=none", "-o"]).arg(&trace).arg(PROGRAM).args(serve.get_args());
    for (name, value) in serve.get_envs() {
        match value {
            Some(value) => watched.env(name, value),
            None => watched.env_remove(name),
        };
    }
    let server = Process::start(watched, &data);
    work(&server.client(PROGRAM, "all")).await;
    server.kill();
    std::fs::read_to_string(trace).unwrap().lines().map(str::to_owned).collect()
}

async fn work(client: &Client) {
    for (name, bytes) in [("small.txt", vec![b'a'; 100]), ("large.bin", vec![7; 300_000]), ("picture.png", picture())] {
        let put = client.put(&format!("/v1/files/by-path/{name}")).body(bytes).ask().await.expect(201);
        let id = put["id"].as_str().unwrap().to_owned();
        client.get(&format!("/v1/files/{id}/content")).ask().await.expect(200);
        if name.ends_with("png") {
            client.get(&format!("/v1/files/{id}/preview?size=thumb")).ask().await.expect(200);
        }
    }
    client.get("/v1/files").ask().await.expect(200);
}

fn picture() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(900, 600).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// The call of a line of strace, such as `openat`.
fn name(line: &str) -> Option<&str> {
    let (_, call) = line.split_once(' ')?;
    let (name, _) = call.trim_start().split_once('(')?;
    name.bytes().all(|letter| letter.is_ascii_alphanumeric() || letter == b'_').then_some(name)
}

#[tokio::test]
async fn the_unit_forbids_nothing_that_the_server_or_its_previews_need() {
    if !has("systemd-analyze", "systemd") || !has("strace", "strace") {
        return;
    }
    let lines = watched().await;
    let allowed = calls(unit("SystemCallFilter"));
    let used: BTreeSet<&str> = lines.iter().filter_map(|line| name(line)).collect();
    assert!(used.contains("execve") && used.contains("landlock_create_ruleset"), "a preview was made: {used:?}");
    let forbidden: Vec<&&str> = used.iter().filter(|call| !allowed.contains(**call)).collect();
    assert!(forbidden.is_empty(), "the unit forbids {forbidden:?}");

    let families = unit("RestrictAddressFamilies");
    for line in &lines {
        // Of what one may not do, only the words that say so.
        let does = |call: &str, word: &str| name(line) == Some(call) && line.contains(word);
        if let Some((_, rest)) = line.split_once(" socket(") {
            assert!(families.iter().any(|family| rest.starts_with(&format!("{family},"))), "{line}");
        }
        assert!(!(does("mmap", "PROT_WRITE") && line.contains("PROT_EXEC")), "{line}");
        assert!(!does("mprotect", "PROT_EXEC"), "{line}");
        assert!(!does("clone", "CLONE_NEW") && !does("clone3", "CLONE_NEW"), "{line}");
    }
}
