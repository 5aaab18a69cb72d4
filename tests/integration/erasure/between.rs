//! What comes in between an erase and its end: a kill, and a store that says it removed and did not.

use super::{LARGE, erase, path_of, until_gone};
use crate::PROGRAM;
use crate::native::{at, noise, post};
use attache_tests::point::die_at;
use attache_tests::{Ask, Engine, Home, Process, figure, said};
use serde_json::{Value, json};

/// The points between the commit of an erase and its answer.
const POINTS: [&str; 4] = ["core.file_erased", "core.burying", "core.bytes_buried", "core.log_scrubbed"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erase_that_is_killed_before_its_end_is_ended_by_the_next_start_on_sqlite() {
    killed(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erase_that_is_killed_before_its_end_is_ended_by_the_next_start_on_postgres() {
    killed(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erase_that_is_killed_before_its_end_is_ended_by_the_next_start_on_a_cluster() {
    killed(Engine::Cluster).await;
}

async fn killed(engine: Engine) {
    for point in POINTS {
        let Some(home) = Home::on(engine).await else { return };
        said(&home.command(PROGRAM, &["account", "create", "default"]).output().unwrap());
        let mut command = home.command(PROGRAM, &["serve", "--listen", "127.0.0.1:0"]);
        die_at(&mut command, point, 1);
        let mut server = Process::start(command, home.path());
        let client = server.client(PROGRAM, "all");
        let file = post(&client, "name=a.bin", noise(9, LARGE)).await.expect(201);
        let cut = client.delete(&format!("{}?erase=true", at(&file))).send().await;
        assert!(cut.is_err(), "{point} was never reached");
        server.wait();

        let server = home.serve(PROGRAM, &[]);
        let client = server.client(PROGRAM, "all");
        client.get(&at(&file)).ask().await.refused(404, "not_found");
        let ledger = client.get("/v1/erasures").ask().await.expect(200);
        let erasure = format!("/v1/erasures/{}", ledger["items"][0]["id"].as_str().unwrap());
        until_gone(&client, &erasure).await;
        client.get(&format!("{erasure}/certificate")).ask().await.expect(200);
        drop(server);
        assert_eq!(contents(&home).await, 0, "bytes stay after {point}");
    }
    figure(
        "erase",
        &format!("{} kills between an erase's commit and its answer on {engine:?}: 0 contents left", POINTS.len()),
    );
}

/// How many contents the store holds.
async fn contents(home: &Home) -> usize {
    let (blobs, mut count) = (home.blobs(), 0);
    let mut keys = blobs.keys();
    while let Some(batch) = keys.next_batch().await.unwrap() {
        count += batch.len();
    }
    count
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erase_that_leaves_the_bytes_is_not_gone_and_ends_once_they_are_on_sqlite() {
    lied_to(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erase_that_leaves_the_bytes_is_not_gone_and_ends_once_they_are_on_a_cluster() {
    lied_to(Engine::Cluster).await;
}

/// The planted fault: removing says that it is done, and nothing is removed.
async fn lied_to(engine: Engine) {
    let Some(home) = Home::on(engine).await else { return };
    said(&home.command(PROGRAM, &["account", "create", "default"]).output().unwrap());
    let mut command = home.command(PROGRAM, &["serve", "--listen", "127.0.0.1:0"]);
    command.env("FAILPOINTS", "core.bytes_left=return");
    let server = Process::start(command, home.path());
    let client = server.client(PROGRAM, "all");
    let file = post(&client, "name=a.bin", noise(9, LARGE)).await.expect(201);
    let erasure = erase(&client, &file).await;
    let found = client.get(&erasure).ask().await.expect(200);
    assert_eq!(found["state"], "asked", "the planted fault is not seen: {found}");
    assert_eq!((&found["waits_for"], &found["gone_at"]), (&json!(["bytes"]), &Value::Null));
    client.get(&format!("{erasure}/certificate")).ask().await.refused(409, "state");
    server.kill();
    assert_eq!(contents(&home).await, 1);

    let server = home.serve(PROGRAM, &[]);
    let client = server.client(PROGRAM, "all");
    until_gone(&client, &erasure).await;
    client.get(&format!("{erasure}/certificate")).ask().await.expect(200);
    drop(server);
    assert_eq!(contents(&home).await, 0);
    figure(
        "erase",
        &format!("a planted fault that leaves an erased content on {engine:?}: seen, no certificate given"),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_to_an_erase_leads_to_its_erasure_and_one_to_a_delete_does_not() {
    let app = attache_tests::TestApp::start().await;
    let client = app.client("all").await;
    let file = post(&client, "name=a.txt", "x").await.expect(201);
    let trashed = client.delete(&at(&file)).ask().await;
    assert_eq!((trashed.status.as_u16(), trashed.header("link")), (204, ""));
    let erased = client.delete(&format!("{}?erase=true", at(&file))).ask().await;
    let found = client.get(&path_of(&erased)).ask().await.expect(200);
    assert_eq!(found["file_no"], file["no"]);
    app.stop().await;
}
