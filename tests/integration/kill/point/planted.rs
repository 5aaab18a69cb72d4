//! A suite that cannot fail proves nothing: with a fault planted in the program, it does.

use super::Death;
use super::act::Act;
use super::stand::Stand;
use attache_tests::{Engine, figure};
use futures_util::FutureExt as _;
use std::panic::AssertUnwindSafe;

/// Most kills until the fault must have been seen.
const KILLS: usize = 50;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_before_the_commit_is_seen_on_sqlite() {
    seen("an answer before the commit", crate::kill::run(Engine::Sqlite, KILLS, "db.answer_before_commit=return"))
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_does_not_tell_what_was_made_is_seen_on_sqlite() {
    seen("a key without its mark", one(Act::Raw, "core.file_put", "core.key_unmarked=return")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_that_outlives_its_file_is_seen_on_sqlite() {
    seen("an upload that outlives its file", one(Act::Parts, "core.file_put", "core.upload_unended=return")).await;
}

/// One death under a planted fault, compared with a passage without it.
async fn one(act: Act, point: &'static str, faults: &'static str) {
    let mut sound = Stand::new(Engine::Sqlite, "").await.expect("there is always a folder");
    let passage = super::pass(act, 1, &sound).await;
    sound.stop();
    let mut stand = Stand::new(Engine::Sqlite, faults).await.expect("there is always a folder");
    Death { act, point, times: 1 }.happen(2, &mut stand, &passage).await;
}

/// The suite must fail, and says how.
async fn seen(fault: &str, suite: impl Future<Output = ()>) {
    let end = AssertUnwindSafe(suite).catch_unwind().await;
    let Err(panic) = end else { panic!("{fault} was planted, and nobody saw it") };
    let text = panic.downcast_ref::<String>().map_or("", String::as_str);
    let text = text.lines().next().unwrap_or_default();
    figure("planted fault", &format!("{fault} was seen: {}", text.chars().take(160).collect::<String>()));
}
