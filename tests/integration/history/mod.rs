//! Histories of clients that all work on the same files at once, on one server and on three nodes. What each was answered
//! is explained by one order of all operations on the file, an operation between its call and its answer; the account is
//! within its quota whenever somebody looks; folders stay a tree, and names are there once.

mod check;
mod judge;
mod plan;
mod play;
mod record;
mod site;

use attache_tests::dice::{self, Dice};
use attache_tests::{Effort, Engine, figure, report};
use check::is_explained;
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use play::Play;
use record::Op;
use site::Site;
use std::collections::BTreeMap;

/// Histories on one server, and on three nodes.
const ON_ONE: usize = 1000;
const ON_THREE: usize = 300;
/// Histories at the same time, each with eight clients of its own.
const AT_ONCE: usize = 4;
/// Most histories until a planted fault must have been seen.
const TO_BE_SEEN: usize = 150;

/// What became of many histories.
#[derive(Default)]
struct Told {
    histories: usize,
    counts: BTreeMap<&'static str, usize>,
    /// Each that no order explains: its seed, the file, and what was done to it.
    unexplained: Vec<(u64, usize, Vec<Op>)>,
}

impl Told {
    fn take(&mut self, seed: u64, play: &Play) {
        self.histories += 1;
        for (what, count) in play.counts.lock().unwrap().iter() {
            *self.counts.entry(what).or_default() += count;
        }
        for (file, ops) in play.ops.lock().unwrap().iter_mut().enumerate() {
            ops.sort_by_key(|op| op.called);
            if !is_explained(play.start(file), ops) {
                self.unexplained.push((seed, file, ops.clone()));
            }
        }
    }

    fn say(&self, on: &str) {
        let operations: usize = self.counts.values().sum();
        let (histories, bad) = (self.histories, self.unexplained.len());
        figure(
            "model",
            &format!("{histories} concurrent histories on {on}, {operations} operations, {bad} not linearizable"),
        );
        report(&format!("of them {:?}", self.counts));
    }

    fn has_seen(&self, what: &str) {
        assert!(self.counts.contains_key(what), "no history came to this: {what}");
    }
}

async fn one(site: &Site, seed: u64) -> (u64, Play) {
    let play = Play::new(site.account().await, plan::steps(&mut Dice::new(seed))).await;
    play.run().await;
    (seed, play)
}

/// Runs histories, a few at a time, for as long as `goes_on` says.
async fn many(site: &Site, mut goes_on: impl FnMut(&Told) -> bool) -> Told {
    let seed = dice::seed();
    report(&format!("ATTACHE_SEED={seed} repeats the choices of this run"));
    let (mut dice, mut told, mut running) = (Dice::new(seed), Told::default(), FuturesUnordered::new());
    loop {
        while running.len() < AT_ONCE && goes_on(&told) {
            running.push(one(site, dice.next()));
        }
        let Some((seed, play)) = running.next().await else { return told };
        told.take(seed, &play);
        play.account.is_sound().await;
    }
}

async fn every_history_is_explained(engine: Engine, nodes: usize, gate: usize, on: &str) {
    let Some(site) = Site::start(engine, nodes, &[]).await else { return };
    let mut effort = Effort::new(gate);
    let told = many(&site, |_| effort.goes_on()).await;
    told.say(on);
    assert!(told.unexplained.is_empty(), "no order explains this: {:#?}", told.unexplained.first());
    let all = ["write", "conditional write", "look", "read", "delete", "conditional delete", "restore", "cut"];
    let refused =
        ["not there", "condition not met", "over the quota", "not in the trash", "a move into itself was refused"];
    all.iter().chain(&refused).for_each(|what| told.has_seen(what));
    site.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_history_of_eight_clients_is_explained_by_one_order_on_sqlite() {
    every_history_is_explained(Engine::Sqlite, 1, ON_ONE, "one server").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_history_of_eight_clients_is_explained_by_one_order_on_a_cluster() {
    every_history_is_explained(Engine::Cluster, 3, ON_THREE, "three nodes").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_condition_that_is_tested_before_the_commit_is_found_on_sqlite() {
    let fault = [("FAILPOINTS", "core.if_match_early=return")];
    let Some(site) = Site::start(Engine::Sqlite, 1, &fault).await else { return };
    let mut begun = 0;
    let told = many(&site, |told| {
        begun += 1;
        told.unexplained.is_empty() && begun <= TO_BE_SEEN
    })
    .await;
    let seen = told.unexplained.first();
    assert!(seen.is_some(), "{} histories of a server that loses updates were all explained", told.histories);
    figure("model", &format!("a planted lost update was found after {} histories", told.histories));
}
