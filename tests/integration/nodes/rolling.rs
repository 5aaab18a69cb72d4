//! Every node is replaced, one after the other, while clients work.

use super::Cluster;
use super::load::Load;
use attache_tests::dice::{self, Dice};
use attache_tests::report;

/// How often each node is replaced.
const ROUNDS: usize = 3;
/// Answers between one replacement and the next.
const ANSWERS: usize = 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_restart_fails_no_request_of_a_client_that_tries_twice() {
    let Some(mut cluster) = Cluster::start(&[]).await else { return };
    let seed = dice::seed();
    report(&format!("ATTACHE_SEED={seed} repeats the choices of this run"));
    let mut dice = Dice::new(seed);
    // One refusal is all that a request may meet: the next node takes it.
    let fleet = cluster.fleet(1);
    let load = Load::start(&fleet, &mut dice);
    for _ in 0..ROUNDS {
        for at in 0..cluster.nodes.len() {
            fleet.wait_for_answers(ANSWERS).await;
            let old = cluster.nodes.remove(at);
            assert!(old.stop().await.success());
            let new = cluster.of.start(&[]);
            fleet.moved(at, &new);
            cluster.nodes.insert(at, new);
        }
    }
    fleet.wait_for_answers(ANSWERS).await;
    load.prove().await;
    report(&format!("{} replacements of {} nodes: {}", ROUNDS * fleet.len(), fleet.len(), fleet.figures()));
    cluster.end().await;
}
