//! What is refused, and what is said then; and what is done where the source is not what it should be.

use super::backup::{backup, recover};
use super::copy::copy;
use super::cut::{self, Moment};
use super::{demand_sound, filled, proof, text};
use crate::PROGRAM;
use attache_blobs::{Body, Expect};
use attache_db::{Db, Migration, Options, Target};
use attache_tests::{Client, Engine, Home, Process, command, said};
use std::process::{Command, Output};

async fn disk(files: usize) -> Home {
    let home = Home::on(Engine::Sqlite).await;
    filled(home, files).await.expect("a disk is always there")
}

async fn empty() -> Home {
    Home::on(Engine::Sqlite).await.expect("a disk is always there")
}

/// Demands a refusal in one line that says all of this.
#[track_caller]
fn refused(command: &mut Command, words: &[&str]) {
    let output = command.output().expect("the program runs");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(2), "stdout: {out}\nstderr: {err}");
    let line = err.lines().last().unwrap_or_default();
    assert!(words.iter().all(|word| line.contains(word)), "{err}");
}

/// Demands that damage was found, and gives what was said.
#[track_caller]
fn found_damage(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.starts_with("damaged: "), "{said}");
    said
}

#[tokio::test]
async fn a_place_that_holds_anything_is_no_target() {
    let (home, other) = (disk(5).await, disk(5).await);
    refused(&mut copy(&home, &other), &["not empty", "account"]);
    said(&backup(&home, empty().await.path()).output().unwrap());
    let folder = empty().await;
    said(&backup(&home, folder.path()).output().unwrap());
    refused(&mut recover(folder.path(), &other), &["not empty"]);
    refused(&mut backup(&other, folder.path()), &["not empty", "another installation"]);
    proof::demand_equal(&home, &folder).await;
}

#[tokio::test]
async fn a_store_with_contents_is_no_target() {
    let (home, other) = (disk(5).await, empty().await);
    let key = "01/0123456789abcdef0123456789abcdef".parse().unwrap();
    other.blobs().put_as(&key, Body::from(vec![1, 2, 3]), &Expect::at_most(3)).await.unwrap();
    refused(&mut copy(&home, &other), &["not empty", "store holds contents"]);
}

#[tokio::test]
async fn a_source_that_is_served_on_a_disk_is_not_copied_and_neither_is_one_that_is_not_there() {
    let (home, other) = (disk(5).await, empty().await);
    let server = home.serve(PROGRAM, &[]);
    refused(&mut copy(&home, &other), &["in use"]);
    drop(server);
    said(&copy(&home, &other).output().unwrap());
    let missing = home.path().join("typo");
    let line = ["copy", "--from", text(&missing), "--to", text(other.path())];
    refused(&mut command(PROGRAM, home.path(), &line), &["no installation"]);
    refused(&mut recover(&missing, &empty().await), &["no finished backup"]);
    assert!(!missing.exists());
}

#[tokio::test]
async fn a_source_that_nodes_work_on_is_not_copied() {
    let Some(home) = filled(Home::on(Engine::Cluster).await, 5).await else { return };
    let other = empty().await;
    let server = home.serve(PROGRAM, &[]);
    refused(&mut copy(&home, &other), &["servers are at work", "stop"]);
    server.kill();
    // The database may take a moment to notice that a killed server is gone.
    while !copy(&home, &other).output().unwrap().status.success() {}
    proof::demand_equal(&home, &other).await;
}

#[tokio::test]
async fn half_a_copy_is_neither_served_nor_copied_nor_filled_from_elsewhere() {
    let (home, other, target) = (disk(50).await, disk(5).await, empty().await);
    cut::kill_at(copy(&home, &target), &Moment::Saying("uploads on their way"));
    for line in [&["serve", "--listen", "127.0.0.1:0"][..], &["check"], &["token", "list"]] {
        refused(&mut target.command(PROGRAM, line), &["not finished"]);
    }
    refused(&mut copy(&target, &empty().await), &["source is a copy that is not finished"]);
    refused(&mut copy(&other, &target), &["unfinished copy of another installation"]);
    said(&copy(&home, &target).output().unwrap());
    proof::demand_equal(&home, &target).await;
    demand_sound(target.path());
    refused(&mut copy(&home, &target), &["already", "finished"]);
}

/// A file with a content in the store; its address.
async fn put(client: &Client, no: u64) -> String {
    let path = format!("/v1/files/by-path/large-{no}.bin");
    let put = client.put(&path).body(super::office::noise(no, 100_000)).send().await.unwrap();
    let file: serde_json::Value = put.json().await.unwrap();
    format!("/v1/files/{}", file["id"].as_str().unwrap())
}

/// Ends a server in good order.
fn stop(mut server: Process) {
    server.ask_to_stop();
    assert!(server.wait().0.success());
}

/// A copy that was cut off may be taken up days later, when the source has been at work again.
#[tokio::test]
async fn a_copy_that_is_taken_up_later_is_of_the_source_as_it_is_then() {
    let (home, target) = (disk(50).await, empty().await);
    let server = home.serve(PROGRAM, &[]);
    let first = put(&server.client(PROGRAM, "all"), 1).await;
    stop(server);
    cut::kill_at(copy(&home, &target), &Moment::Saying("uploads on their way"));

    let server = home.serve(PROGRAM, &[]);
    let client = server.client(PROGRAM, "all");
    assert_eq!(client.delete(&format!("{first}?erase=true")).send().await.unwrap().status(), 204);
    put(&client, 2).await;
    stop(server);
    let said_ = said(&copy(&home, &target).output().unwrap());
    assert!(said_.starts_with("1 contents") && said_.contains("1 removed"), "{said_}");
    proof::demand_equal(&home, &target).await;
    said(&target.command(PROGRAM, &["check", "--older-than", "0s"]).output().unwrap());
}

#[tokio::test]
async fn a_source_of_another_release_is_refused() {
    let (home, other) = (empty().await, empty().await);
    let target = Target::Sqlite(home.path().join("attache.db"));
    let all = attache_core::migrations();
    let db = Db::open(&target, &Options::default()).await.unwrap();
    db.migrate(&all[..all.len() - 1]).await.unwrap();
    refused(&mut copy(&home, &other), &["schema is older", "attache migrate"]);
    refused(&mut backup(&home, other.path()), &["schema is older"]);
    let text = "CREATE TABLE later (no {int} NOT NULL PRIMARY KEY) {strict};";
    let later = Migration { number: all[all.len() - 1].number + 1, name: "later", floor: 1, text };
    db.migrate(&[all, vec![later]].concat()).await.unwrap();
    refused(&mut copy(&home, &other), &["schema is newer"]);
}

#[tokio::test]
async fn the_places_of_a_copy_are_named_by_from_and_to_alone() {
    let home = empty().await;
    let line = ["copy", "--from", "a", "--to", "b", "--data", text(home.path())];
    refused(&mut command(PROGRAM, home.path(), &line), &["--from and --to"]);
}

#[tokio::test]
async fn damaged_contents_are_named_and_hold_a_copy_up_unless_it_may_go_on_without_them() {
    let home = disk(100).await;
    let blobs = home.blobs();
    let found = blobs.keys().next_batch().await.unwrap().unwrap();
    let (lost, changed) = (&found[0], &found[1]);
    blobs.remove(&lost.key).await.unwrap();
    blobs.remove(&changed.key).await.unwrap();
    let other = vec![b'x'; usize::try_from(changed.len).unwrap()];
    blobs.put_as(&changed.key, Body::from(other), &Expect::at_most(changed.len)).await.unwrap();

    let target = empty().await;
    let said_ = found_damage(&copy(&home, &target).output().unwrap());
    assert!(said_.contains(lost.key.as_str()) && said_.contains(changed.key.as_str()), "{said_}");
    assert!(said_.contains("not finished") && said_.contains("--skip-damaged"), "{said_}");
    refused(&mut target.command(PROGRAM, &["check"]), &["not finished"]);
    let finished = copy(&home, &target).arg("--skip-damaged").output().unwrap();
    assert!(said(&finished).contains("finished without 2 damaged contents"));

    let folder = empty().await;
    found_damage(&backup(&home, folder.path()).output().unwrap());
    for place in [&target, &folder] {
        let checked = place.command(PROGRAM, &["check"]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&checked.stdout).matches("ghost: ").count(), 2);
        assert_eq!(proof::count(place, "file").await, proof::count(&home, "file").await);
    }
}
