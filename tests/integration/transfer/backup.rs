//! `attache backup` and `attache recover`.

use super::cut::Moment;
use super::{cut, demand_sound, files, filled, proof, text};
use crate::PROGRAM;
use attache_tests::dice::{Dice, seed};
use attache_tests::{Engine, Home, report, said};
use std::path::Path;
use std::process::Command;

/// The command that backs a home up into a folder.
pub(super) fn backup(home: &Home, to: &Path) -> Command {
    home.command(PROGRAM, &["backup", "--to", text(to)])
}

/// The command that recovers a folder into a home.
pub(super) fn recover(from: &Path, home: &Home) -> Command {
    home.command(PROGRAM, &["recover", "--from", text(from)])
}

async fn there_and_back(engine: Engine) {
    let Some(home) = filled(Home::on(engine).await, files()).await else { return };
    let Some(again) = Home::on(engine).await else { return };
    let Some(folder) = Home::on(Engine::Sqlite).await else { return };
    let seed = seed();
    report(&format!("seed {seed}"));
    let mut dice = Dice::new(seed);
    cut::five_times("backup", &mut dice, || backup(&home, folder.path()));
    let kept = proof::demand_equal(&home, &folder).await;
    demand_sound(folder.path());
    cut::five_times("recover", &mut dice, || recover(folder.path(), &again));
    assert_eq!(proof::demand_equal(&home, &again).await, kept);
    demand_sound(again.path());
    report(&format!(
        "backed up and restored: {} rows, {} contents, {} uploads on their way, 0 differences",
        kept.rows.values().sum::<usize>(),
        kept.contents,
        kept.uploads
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_files_on_a_disk_are_backed_up_and_restored_without_a_difference() {
    there_and_back(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_files_on_the_cluster_are_backed_up_and_restored_without_a_difference() {
    there_and_back(Engine::Cluster).await;
}

/// What a command says it copied, and what it found there.
fn counts(said: &str) -> (u64, u64, u64) {
    let numbers: Vec<u64> = said.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    (numbers[0], numbers[2], numbers[3])
}

#[tokio::test]
async fn a_second_backup_takes_what_is_new_and_drops_what_is_gone() {
    let (home, folder) = (Home::new(), Home::on(Engine::Sqlite).await.expect("a disk is always there"));
    said(&home.command(PROGRAM, &["account", "create", "default"]).output().unwrap());
    let server = home.serve(PROGRAM, &[]);
    let client = server.client(PROGRAM, "all");
    let put = async |no: u64| {
        let path = format!("/v1/files/by-path/{no}.bin");
        let put = client.put(&path).body(super::office::noise(no, 100_000)).send().await.unwrap();
        let file: serde_json::Value = put.json().await.unwrap();
        format!("/v1/files/{}", file["id"].as_str().unwrap())
    };
    let run = || counts(&said(&backup(&home, folder.path()).output().unwrap()));
    for no in 0..12 {
        put(no).await;
    }
    assert_eq!(run(), (12, 0, 0));
    assert_eq!(run(), (0, 12, 0));
    let new = put(12).await;
    assert_eq!(run(), (1, 12, 0));
    let erased = client.delete(&format!("{new}?erase=true")).send().await.unwrap();
    assert_eq!(erased.status(), 204);
    assert_eq!(run(), (0, 12, 1));
    proof::demand_equal(&home, &folder).await;
    demand_sound(folder.path());
}

#[tokio::test]
async fn a_backup_can_be_served() {
    let Some(home) = filled(Home::on(Engine::of_run()).await, 50).await else { return };
    let Some(folder) = Home::on(Engine::Sqlite).await else { return };
    said(&backup(&home, folder.path()).output().unwrap());
    let server = folder.serve(PROGRAM, &[]);
    let files = server.client(PROGRAM, "files:read").get("/v1/files").send().await.unwrap();
    assert_eq!(files.status(), 200);
}

#[tokio::test]
async fn a_backup_that_is_cut_off_leaves_the_earlier_one_as_it_was() {
    let Some(home) = filled(Home::on(Engine::of_run()).await, 200).await else { return };
    let Some(folder) = Home::on(Engine::Sqlite).await else { return };
    said(&backup(&home, folder.path()).output().unwrap());
    let before = proof::count(&folder, "event").await;

    let server = home.serve(PROGRAM, &[]);
    let client = server.client(PROGRAM, "all");
    for no in 0..20 {
        let path = format!("/v1/files/by-path/later-{no}.bin");
        let put = client.put(&path).body(super::office::noise(no, 100_000)).send().await.unwrap();
        assert_eq!(put.status(), 201);
    }
    for moment in [Moment::Saying("uploads"), Moment::Saying("rows of file"), Moment::Saying("contents: 60")] {
        cut::kill_at(backup(&home, folder.path()), &moment);
        assert_eq!(proof::count(&folder, "event").await, before);
        demand_sound(folder.path());
    }
    cut::kill_at(backup(&home, folder.path()), &Moment::Saying("tidying up"));
    assert!(proof::count(&folder, "event").await > before, "the new rows have taken the old ones' place");
    demand_sound(folder.path());
}
