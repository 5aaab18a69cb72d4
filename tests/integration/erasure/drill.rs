//! The drill: a backup of yesterday is recovered, and what was erased since does not come back.

use super::{LARGE, erase};
use crate::PROGRAM;
use crate::native::{at, content, list, noise, post};
use attache_tests::{Ask, Client, Engine, Home, Process, figure, said};
use serde_json::Value;
use std::path::Path;
use std::process::Output;

/// Files, of which every third is erased after the backup.
const FILES: u64 = 24;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_erased_after_a_backup_does_not_come_back_with_it_on_sqlite() {
    drill(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_erased_after_a_backup_does_not_come_back_with_it_on_postgres() {
    drill(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_erased_after_a_backup_does_not_come_back_with_it_on_a_cluster() {
    drill(Engine::Cluster).await;
}

fn path(path: &Path) -> &str {
    path.to_str().expect("temporary folders have plain names")
}

fn bytes_of(no: u64) -> Vec<u8> {
    noise(no, if no.is_multiple_of(2) { 900 } else { LARGE })
}

async fn fill(client: &Client, numbers: std::ops::Range<u64>) -> Vec<Value> {
    let mut files = Vec::new();
    for no in numbers {
        files.push(post(client, &format!("name={no}.bin"), bytes_of(no)).await.expect(201));
    }
    files
}

fn recover(from: &Home, into: &Home, ledger: &Path) -> Output {
    into.command(PROGRAM, &["recover", "--from", path(from.path()), "--erasures", path(ledger)]).output().unwrap()
}

async fn drill(engine: Engine) {
    let Some(home) = Home::on(engine).await else { return };
    let Some(again) = Home::on(engine).await else { return };
    let Some(backup) = Home::on(Engine::Sqlite).await else { return };
    said(&home.command(PROGRAM, &["account", "create", "default"]).output().unwrap());
    let server = home.serve(PROGRAM, &[]);
    let client = server.client(PROGRAM, "all");
    let files = fill(&client, 0..FILES).await;
    said(&home.command(PROGRAM, &["backup", "--to", path(backup.path())]).output().unwrap());
    // One that the backup does not have is erased too.
    let later = fill(&client, FILES..FILES + 1).await.remove(0);
    let (erased, kept): (Vec<_>, Vec<_>) = files.into_iter().enumerate().partition(|(no, _)| no % 3 == 0);
    for file in erased.iter().map(|(_, file)| file).chain([&later]) {
        erase(&client, file).await;
    }
    let before = list(&client, "/v1/erasures").await;
    let ledger = home.path().join("ledger.jsonl");
    let text = said(&home.command(PROGRAM, &["erasure", "export"]).output().unwrap());
    std::fs::write(&ledger, &text).unwrap();
    drop(server);

    refused_before_anything_is_brought_in(&backup, &again, &ledger, &text);
    let report = said(&recover(&backup, &again, &ledger));
    let told = format!("{} files erased again, 1 were not there, 0 of accounts", erased.len());
    assert!(report.contains(&told), "{report}");
    // The same command once more, as after one that was cut off between its two halves.
    let report = said(&recover(&backup, &again, &ledger));
    assert!(report.contains("0 files erased again"), "{report}");

    let server = again.serve(PROGRAM, &[]);
    let client = server.client(PROGRAM, "all");
    for (_, file) in &erased {
        client.get(&at(file)).ask().await.refused(404, "not_found");
    }
    for (no, file) in &kept {
        assert!(content(&client, file).await == bytes_of(*no as u64), "file {no} did not come back as it was");
    }
    demand_same_ledger(&before, &list(&client, "/v1/erasures").await);
    digests_are_nowhere(&again, &client, &erased).await;
    drop(server);
    said(&again.command(PROGRAM, &["check"]).output().unwrap());
    figure("erase", &format!("restore drill on {engine:?}: {} erased files in the backup, 0 came back", erased.len()));
}

/// A ledger that is not whole, or is another installation's, stops the command.
fn refused_before_anything_is_brought_in(backup: &Home, again: &Home, ledger: &Path, text: &str) {
    let broken = ledger.with_extension("broken");
    let lines: Vec<&str> = text.lines().collect();
    let cut = lines[..lines.len() - 1].join("\n");
    let without_one = [&lines[..1], &lines[2..]].concat().join("\n");
    for wrong in ["", "x", &cut, &without_one, &text[..text.len() / 2], &format!("{text}{text}")] {
        std::fs::write(&broken, wrong).unwrap();
        let output = recover(backup, again, &broken);
        assert_eq!(output.status.code(), Some(2), "{wrong}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("ledger.broken"), "{said}");
    }
}

/// The recovered installation has the ledger of the one that was lost, each line looked for anew.
fn demand_same_ledger(before: &[Value], after: &[Value]) {
    assert_eq!(after.len(), before.len());
    for (before, after) in before.iter().zip(after) {
        assert_eq!(after["state"], "gone", "{after}");
        for member in ["id", "file_no", "file_id", "kind", "asked_by", "asked_at"] {
            assert_eq!(after[member], before[member], "{member}");
        }
    }
}

/// No row and no stored content has the digest of anything that was erased.
async fn digests_are_nowhere(home: &Home, client: &Client, erased: &[(usize, Value)]) {
    let blobs = home.blobs();
    let mut keys = blobs.keys();
    let mut stored = Vec::new();
    while let Some(batch) = keys.next_batch().await.unwrap() {
        for found in batch {
            stored.push(hex::encode(blobs.digest(&found.key).await.unwrap().sha256));
        }
    }
    assert!(!stored.is_empty());
    for (no, file) in erased {
        let digest = file["version"]["sha256"].as_str().unwrap();
        assert!(list(client, &format!("/v1/files?sha256={digest}")).await.is_empty(), "file {no}");
        assert!(!stored.iter().any(|found| found == digest), "file {no}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_ledger_a_recovered_backup_brings_an_erased_file_back_and_a_replay_takes_it_away() {
    let (home, again) = (Home::new(), Home::new());
    let backup = Home::on(Engine::Sqlite).await.expect("a disk is always there");
    said(&home.command(PROGRAM, &["account", "create", "default"]).output().unwrap());
    let server = home.serve(PROGRAM, &[]);
    let client = server.client(PROGRAM, "all");
    let file = fill(&client, 0..1).await.remove(0);
    said(&home.command(PROGRAM, &["backup", "--to", path(backup.path())]).output().unwrap());
    erase(&client, &file).await;
    let ledger = home.path().join("ledger.jsonl");
    std::fs::write(&ledger, said(&home.command(PROGRAM, &["erasure", "export"]).output().unwrap())).unwrap();
    drop(server);

    said(&again.command(PROGRAM, &["recover", "--from", path(backup.path())]).output().unwrap());
    let server: Process = again.serve(PROGRAM, &[]);
    let client = server.client(PROGRAM, "all");
    client.get(&at(&file)).ask().await.expect(200);
    // The server goes on meanwhile.
    let report = said(&again.command(PROGRAM, &["erasure", "replay", path(&ledger)]).output().unwrap());
    assert!(report.contains("1 files erased again"), "{report}");
    client.get(&at(&file)).ask().await.refused(404, "not_found");

    let other = Home::new();
    said(&other.command(PROGRAM, &["account", "create", "default"]).output().unwrap());
    let foreign = other.command(PROGRAM, &["erasure", "replay", path(&ledger)]).output().unwrap();
    assert_eq!(foreign.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&foreign.stderr).contains("another installation"));
}
