//! Backups that are taken while clients write, replace, erase and upload.

use super::backup::{backup, recover};
use super::{demand_sound, office, proof};
use crate::PROGRAM;
use attache_tests::dice::Dice;
use attache_tests::{Client, Engine, Home, figure, report, said};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

/// Clients at work at once.
const CLIENTS: u64 = 4;
/// Backups that are taken meanwhile.
const BACKUPS: usize = 4;
/// Changes that have to happen between two looks, so that no backup is of a resting installation.
const CHANGES: usize = 20;

/// What the clients share.
#[derive(Default)]
struct Work {
    changes: AtomicUsize,
    over: AtomicBool,
}

/// Writes files, replaces and erases some of them, and sends uploads in pieces, until the work is over.
async fn client(client: Client, no: u64, work: Arc<Work>) {
    let mut dice = Dice::new(no);
    let mut round = 0;
    while !work.over.load(Relaxed) {
        round += 1;
        let path = format!("/v1/files/by-path/client-{no}/{}.bin", round % 20);
        let content = office::noise(dice.next(), 1000 + dice.below(150_000));
        let put = client.put(&path).body(content).send().await.unwrap();
        assert!(put.status().is_success(), "{}", put.text().await.unwrap());
        let file: serde_json::Value = put.json().await.unwrap();
        work.changes.fetch_add(1, Relaxed);
        if dice.one_in(3) {
            let id = file["id"].as_str().unwrap();
            let erased = client.delete(&format!("/v1/files/{id}?erase=true")).send().await.unwrap();
            assert!(erased.status().is_success(), "{}", erased.text().await.unwrap());
            work.changes.fetch_add(1, Relaxed);
        }
        upload(&client, &mut dice, &work).await;
    }
}

/// An upload in three pieces, of which the last does not always come.
async fn upload(client: &Client, dice: &mut Dice, work: &Work) {
    let (piece, pieces) = (20_000 + dice.below(60_000), 2 + dice.below(2));
    let opened = client.post("/v1/uploads").header("tus-resumable", "1.0.0");
    let opened = opened.header("upload-length", piece * 3).send().await.unwrap();
    assert_eq!(opened.status(), 201, "{}", opened.text().await.unwrap());
    let place = opened.headers()["location"].to_str().unwrap().to_owned();
    for no in 0..pieces {
        let patch = client.patch(&place).header("tus-resumable", "1.0.0").header("upload-offset", no * piece);
        let patch = patch.header("content-type", "application/offset+octet-stream");
        let sent = patch.body(office::noise(dice.next(), piece)).send().await.unwrap();
        assert_eq!(sent.status(), 204, "{}", sent.text().await.unwrap());
        work.changes.fetch_add(1, Relaxed);
    }
}

async fn changes(work: &Work, more: usize) {
    let goal = work.changes.load(Relaxed) + more;
    while work.changes.load(Relaxed) < goal {
        tokio::task::yield_now().await;
    }
}

async fn backups_under_load(engine: Engine) {
    let Some(home) = Home::on(engine).await else { return };
    let Some(folder) = Home::on(Engine::Sqlite).await else { return };
    said(&home.command(PROGRAM, &["account", "create", "default"]).output().unwrap());
    let server = home.serve(PROGRAM, &[]);
    let work = Arc::new(Work::default());
    let owner = server.client(PROGRAM, "all");
    let clients: Vec<_> = (0..CLIENTS).map(|no| tokio::spawn(client(owner.clone(), no, work.clone()))).collect();
    for no in 1..=BACKUPS {
        changes(&work, CHANGES).await;
        let (before, mut command) = (work.changes.load(Relaxed), backup(&home, folder.path()));
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        let during = work.changes.load(Relaxed) - before;
        report(&format!("backup {no}, with {during} changes meanwhile: {}", said(&output).lines().next().unwrap()));
        assert!(during > 0, "nobody worked while the backup was taken");
        demand_sound(folder.path());
        proof::demand_readable(&folder).await;
    }
    work.over.store(true, Relaxed);
    for client in clients {
        client.await.unwrap();
    }
    drop(server);
    demand_sound(home.path());
    drill(&folder, engine).await;
}

/// Restores the last of them in an empty place, and compares.
async fn drill(folder: &Home, engine: Engine) {
    let Some(empty) = Home::on(engine).await else { return };
    said(&recover(folder.path(), &empty).output().unwrap());
    let kept = proof::demand_equal(folder, &empty).await;
    demand_sound(empty.path());
    let (rows, contents) = (kept.rows.values().sum::<usize>(), kept.contents);
    figure(
        "restore",
        &format!(
            "a backup that was taken under load, restored on {engine:?}: {rows} rows, {contents} contents, {} uploads on \
             their way, 0 differences",
            kept.uploads
        ),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn backups_of_a_busy_server_on_a_disk_are_whole() {
    backups_under_load(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn backups_of_a_busy_server_on_the_cluster_are_whole() {
    backups_under_load(Engine::Cluster).await;
}
