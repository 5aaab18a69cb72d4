//! A token that is taken back is worth nothing at any node a second later.

use super::Cluster;
use attache_tests::{Ask as _, report};
use serde_json::json;
use std::time::{Duration, Instant};

/// How many tokens.
const TOKENS: usize = 30;
/// How long a node may let a token in after it was taken back.
const MOST: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_was_taken_back_opens_no_node_a_second_later() {
    let Some(cluster) = Cluster::start(&[]).await else { return };
    let fleet = cluster.fleet(0);
    let mut longest = Duration::ZERO;
    for round in 0..TOKENS {
        let admin = fleet.client_at(round % fleet.len());
        let plan = json!({ "scopes": ["files:read"], "name": "short" });
        let made = admin.post("/v1/tokens").json(&plan).ask().await.expect(201);
        let token = made["secret"].as_str().expect("a secret").to_owned();
        let nodes: Vec<_> = (0..fleet.len()).map(|at| fleet.client_at(at).with_token(Some(token.clone()))).collect();
        for node in &nodes {
            node.get("/v1/files").ask().await.expect(200);
        }
        let id = made["id"].as_str().expect("an id");
        admin.delete(&format!("/v1/tokens/{id}")).ask().await.expect(204);
        let since = Instant::now();
        for node in &nodes {
            loop {
                let asked = since.elapsed();
                let answer = node.get("/v1/files").ask().await;
                if answer.status == 401 {
                    break;
                }
                assert_eq!(answer.status, 200);
                assert!(asked < MOST, "a token works {asked:?} after it was taken back");
                longest = longest.max(asked);
            }
        }
    }
    report(&format!("{TOKENS} tokens were taken back; one worked for {longest:?} after that, none for longer"));
    cluster.end().await;
}
