//! The database crashes and comes back again and again, while clients work at three nodes.

use super::load::Load;
use super::node::Installation;
use super::{Fleet, NODES};
use attache_db::testing::PgCluster;
use attache_tests::dice::{self, Dice};
use attache_tests::{figure, report};
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};

/// How often it crashes.
const CRASHES: usize = 12;
/// From one crash to the next.
const APART: Duration = Duration::from_secs(5);
/// More refusals of one request than there can be while the database comes back.
const PATIENCE: usize = 2000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_crashes_every_five_seconds_for_a_minute_loses_nothing() {
    let Some(storage) = attache_blobs::testing::storage("a_database_that_crashes") else { return };
    let Some(postgres) = PgCluster::start() else { return attache_db::testing::skip() };
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let settings = format!("database = {:?}\nstorage = {:?}\n", postgres.url(), storage.to_string());
    std::fs::write(folder.path().join("attache.toml"), settings).expect("the settings can be written");
    let of = Installation { folder: folder.path().to_owned(), database: None };
    let nodes: Vec<_> = (0..NODES).map(|_| of.start(&[])).collect();
    let seed = dice::seed();
    report(&format!("ATTACHE_SEED={seed} repeats the choices of this run"));
    let fleet = Fleet::new(&of, &nodes, PATIENCE);
    let load = Load::start(&fleet, &mut Dice::new(seed));
    let mut tick = interval(APART);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for _ in 0..CRASHES {
        tick.tick().await;
        tokio::task::block_in_place(|| postgres.crash());
        fleet.wait_for_answers(1).await;
    }
    load.prove().await;
    assert!(fleet.count("refused for now") > 0, "the crashes hit requests");
    assert_eq!(fleet.count("cut"), 0, "the nodes themselves answer all the time");
    for node in nodes {
        assert!(node.stop().await.success());
    }
    of.check();
    let secs = APART.as_secs();
    figure("fault", &format!("{CRASHES} crashes of the database, one every {secs} s: 0 lost; {}", fleet.figures()));
}
