//! A node that is stopped in the middle of a task, longer than its lease, while another node takes the task: what the first
//! one brings when it goes on does not count, and the work is there once.

use super::node::Installation;
use crate::fault::clock;
use crate::native::{list, noise};
use attache_tests::{Ask as _, Client, Effort, Engine, Home, figure, said};
use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::watch;

/// Bytes of an import.
const LEN: usize = 80_000;
/// Longer than the lease of a task.
const LATER: &str = "+120s";

/// Where imports come from. The first request for each is answered once the test lets it; further ones at once.
struct Origin {
    asked: Arc<AtomicUsize>,
    open: watch::Sender<usize>,
    url: String,
}

impl Origin {
    async fn start() -> Origin {
        let (asked, open) = (Arc::new(AtomicUsize::new(0)), watch::Sender::new(0));
        let (counter, gate) = (asked.clone(), open.clone());
        let serve = move |Path(no): Path<usize>| {
            let is_first = counter.fetch_add(1, Ordering::SeqCst) + 1 == 2 * no - 1;
            let mut gate = gate.subscribe();
            async move {
                if is_first {
                    gate.wait_for(|open| *open >= no).await.expect("the test goes on");
                }
                noise(no as u64, LEN)
            }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, Router::new().route("/{no}", get(serve))).await });
        Origin { asked, open, url }
    }

    async fn was_asked(&self, times: usize) {
        while self.asked.load(Ordering::SeqCst) < times {
            tokio::task::yield_now().await;
        }
    }
}

/// The other node's clock is two minutes ahead, so that nobody has to wait until the lease is over.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_was_asleep_beyond_its_lease_does_nothing_twice() {
    let Some(library) = clock::library() else { return };
    let Some(home) = Home::on(Engine::Cluster).await else { return };
    let of = Installation { folder: home.path().to_owned(), database: home.database().map(str::to_owned) };
    let allowed = ("ATTACHE_ALLOW_PRIVATE_NETWORK", "127.0.0.0/8");
    let ahead = [allowed, ("LD_PRELOAD", library), ("FAKETIME", LATER), ("FAKETIME_DONT_FAKE_MONOTONIC", "1")];
    let first = of.start(&[allowed]);
    let token = said(&of.command(&["token", "create", "--scopes", "all"]).output().unwrap()).trim().to_owned();
    let at_first = Client::new(first.url(), Some(token.clone()));
    let origin = Origin::start().await;
    let mut effort = Effort::new(3);
    while effort.goes_on() {
        let no = effort.done();
        let plan =
            json!({ "url": format!("{}/{no}", origin.url), "name": format!("{no}.bin"), "on_conflict": "number" });
        let task = at_first.post("/v1/imports").json(&plan).ask().await.expect(202);
        let task = task["task"].as_str().unwrap().to_owned();
        origin.was_asked(2 * no - 1).await;
        first.freeze();
        let second = of.start(&ahead);
        let at_second = Client::new(second.url(), Some(token.clone()));
        let ended = crate::native::task::ended(&at_second, &task).await;
        assert_eq!(ended["state"], "done", "{ended}");
        first.thaw();
        // What the first node waited for comes now, and it goes on with its import to its end.
        origin.open.send_modify(|open| *open = no);
        assert!(second.stop().await.success());
        at_first.get("/readyz").ask().await.expect(200);
    }
    assert!(first.stop().await.success(), "it ends what it was at");
    let last = of.start(&[allowed]);
    let client = Client::new(last.url(), Some(token));
    let files = list(&client, "/v1/files").await;
    assert_eq!(files.len(), effort.done(), "every import is there once: {files:?}");
    for file in &files {
        let no: u64 = file["name"].as_str().unwrap().trim_end_matches(".bin").parse().expect("a number of ours");
        assert!(crate::native::content(&client, file).await == noise(no, LEN));
    }
    assert_eq!(origin.asked.load(Ordering::SeqCst), 2 * effort.done(), "each was fetched by both nodes");
    assert!(last.stop().await.success());
    of.check();
    figure(
        "fault",
        &format!(
            "a node stopped in a task until its lease of 60 s was over by another node's clock: {} tasks taken by that one, \
             0 done twice",
            effort.done()
        ),
    );
}
