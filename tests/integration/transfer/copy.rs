//! `attache copy`, of everything.

use super::{cut, demand_sound, files, filled, proof, text};
use crate::PROGRAM;
use attache_tests::dice::{Dice, seed};
use attache_tests::{Engine, Home, command, report};
use std::process::Command;

/// The command that copies one home to another.
pub(super) fn copy(from: &Home, to: &Home) -> Command {
    command(PROGRAM, from.path(), &["copy", "--from", text(from.path()), "--to", text(to.path())])
}

async fn there_and_back(engine: Engine, files: usize) {
    let Some(far) = Home::on(engine).await else { return };
    let Some(here) = filled(Home::on(Engine::Sqlite).await, files).await else { return };
    let Some(back) = Home::on(Engine::Sqlite).await else { return };
    let seed = seed();
    report(&format!("seed {seed}"));
    let mut dice = Dice::new(seed);
    cut::five_times("copy from a disk", &mut dice, || copy(&here, &far));
    let there = proof::demand_equal(&here, &far).await;
    demand_sound(far.path());
    cut::five_times("copy to a disk", &mut dice, || copy(&far, &back));
    assert_eq!(proof::demand_equal(&here, &back).await, there);
    demand_sound(back.path());
    assert!(there.rows.values().all(|rows| *rows > 0), "tables without rows prove nothing: {there:?}");
    report(&format!(
        "copied there and back: {} rows in {} tables, {} contents, {} uploads on their way, 0 differences",
        there.rows.values().sum::<usize>(),
        there.rows.len(),
        there.contents,
        there.uploads
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_files_go_to_postgresql_and_a_bucket_and_back_without_a_difference() {
    there_and_back(Engine::Cluster, files()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_files_go_to_postgresql_and_a_folder_and_back_without_a_difference() {
    there_and_back(Engine::Postgres, 1_000).await;
}
