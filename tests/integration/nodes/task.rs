//! Tasks while nodes are killed: each that was acknowledged is done, and its work is there once.

use super::Cluster;
use super::node::Node;
use crate::native::task::ended;
use crate::native::{list, noise};
use attache_tests::dice::{self, Dice};
use attache_tests::{Ask as _, report};
use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::watch;

/// Imports that are asked for between one kill and the next, and folders that are renamed.
const EACH: usize = 4;
/// Kills.
const KILLS: usize = 8;
/// Bytes of an import.
const LEN: usize = 80_000;

/// Where imports come from: every number has bytes of its own. The last ones before each kill are not answered until then,
/// so that the kill finds some that are being done.
async fn origin(asked: Arc<AtomicUsize>, kills: watch::Receiver<usize>) -> String {
    let serve = move |Path(no): Path<u64>| {
        asked.fetch_add(1, Ordering::SeqCst);
        let mut kills = kills.clone();
        async move {
            let before = (no as usize - 1) / EACH;
            if no.is_multiple_of(2) {
                kills.wait_for(|kills| *kills > before).await.expect("the test goes on");
            }
            noise(no, LEN)
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/{no}", get(serve))).await });
    format!("http://{address}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_are_done_once_although_the_nodes_that_do_them_are_killed() {
    let settings = [("ATTACHE_ALLOW_PRIVATE_NETWORK", "127.0.0.0/8")];
    let Some(mut cluster) = Cluster::start(&settings).await else { return };
    let asked = Arc::new(AtomicUsize::new(0));
    let (killed, kills) = watch::channel(0);
    let origin = origin(asked.clone(), kills).await;
    let seed = dice::seed();
    report(&format!("ATTACHE_SEED={seed} repeats the choices of this run"));
    let mut dice = Dice::new(seed);
    let fleet = cluster.fleet(0);
    let (mut tasks, mut imports) = (Vec::new(), 0);
    for _ in 0..KILLS {
        for _ in 0..EACH {
            imports += 1;
            let client = fleet.client_at(dice.below(fleet.len()));
            // A second file of the name would get a number, and be seen.
            let plan = json!({ "url": format!("{origin}/{imports}"), "name": format!("{imports}.bin"), "on_conflict": "number" });
            let task = client.post("/v1/imports").json(&plan).ask().await.expect(202);
            tasks.push(task["task"].as_str().expect("a task").to_owned());
        }
        let at = dice.below(fleet.len());
        // Somebody is at work on those that wait for the kill.
        while asked.load(Ordering::SeqCst) < imports {
            tokio::task::yield_now().await;
        }
        cluster.nodes.remove(at).kill().await;
        killed.send_modify(|kills| *kills += 1);
        let node: Node = cluster.of.start(&settings);
        fleet.moved(at, &node);
        cluster.nodes.insert(at, node);
    }
    // What a killed node had is taken up when its lease is over.
    for task in &tasks {
        let task = ended(&fleet.client_at(0), task).await;
        assert_eq!(task["state"], "done", "{task}");
    }
    let client = fleet.client_at(1);
    let files = list(&client, "/v1/files").await;
    assert_eq!(files.len(), imports, "every import is there once");
    for no in 1..=imports {
        let name = format!("{no}.bin");
        let file = files.iter().find(|file| file["name"] == name.as_str()).expect("it was imported");
        let content = client.get(&format!("/v1/files/{}/content", file["id"].as_str().unwrap_or_default())).ask().await;
        assert!(content.body == noise(no as u64, LEN), "{name} came back as other bytes");
    }
    let fetched = asked.load(Ordering::SeqCst);
    report(&format!("{imports} imports, {KILLS} nodes killed: all done once, {fetched} times fetched"));
    cluster.end().await;
}
