//! Whether the time of an answer tells what its text does not: that another account has a thing.

use crate::native::put;
use attache_tests::dice::{self, Dice};
use attache_tests::{Ask, Client, Setup, figure, report};
use std::time::Instant;

/// Pairs of requests of each kind: one for what another account has, one for what nobody has.
const PAIRS: usize = 2_000;
/// A difference of means that chance alone passes once in a hundred thousand runs, in standard errors (Welch's t).
const SUSPICIOUS: f64 = 4.5;
/// Of a hundred times, how many count: what the machine did meanwhile is in the others.
const KEPT: usize = 90;

/// The two kinds take turns by the throw of dice, so whatever the machine does meanwhile is done to both; this is a test
/// of their difference and not of how long anything takes.
#[tokio::test]
async fn the_time_of_an_answer_does_not_tell_what_another_account_has() {
    let app = Setup::new().start().await;
    let asking = app.client("all").await;
    let victim = app.other_account("victim").await;
    let file = put(&victim, "theirs.txt", "what nobody else may know").await;
    let known = file["sha256"].as_str().or(file["version"]["sha256"].as_str()).unwrap().to_owned();
    let theirs = file["id"].as_str().unwrap().to_owned();
    let nobodys = theirs.chars().rev().collect::<String>();
    let nobodys = format!("{}{}", &theirs[..24], &nobodys[..12]);
    let absent: String = known.chars().rev().collect();
    let seed = dice::seed();
    report(&format!("ATTACHE_SEED={seed} repeats the choices of this run"));
    let mut dice = Dice::new(seed);
    for (what, foreign, nothing) in [
        ("a file", format!("/v1/files/{theirs}"), format!("/v1/files/{nobodys}")),
        ("a digest", format!("/v1/files?sha256={known}"), format!("/v1/files?sha256={absent}")),
    ] {
        let t = compare(&asking, &foreign, &nothing, &mut dice).await;
        figure(
            "isolation",
            &format!("the time of {PAIRS} pairs of answers about {what} of another account and of nobody: t = {t:.2}"),
        );
        assert!(t.abs() < SUSPICIOUS, "{what}: t = {t}");
    }
    app.stop().await;
}

async fn compare(client: &Client, foreign: &str, nothing: &str, dice: &mut Dice) -> f64 {
    let paths = [foreign, nothing];
    let mut times = [Vec::with_capacity(PAIRS), Vec::with_capacity(PAIRS)];
    for _ in 0..PAIRS {
        let first = dice.below(2);
        for which in [first, 1 - first] {
            let begun = Instant::now();
            client.get(paths[which]).ask().await;
            times[which].push(begun.elapsed().as_secs_f64());
        }
    }
    let mut all: Vec<f64> = times.concat();
    all.sort_by(f64::total_cmp);
    let most = all[all.len() * KEPT / 100];
    let [one, other] = times.map(|times| times.into_iter().filter(|time| *time <= most).collect::<Vec<_>>());
    welch(&one, &other)
}

/// The difference of two means in its standard error.
fn welch(one: &[f64], other: &[f64]) -> f64 {
    let mean = |times: &[f64]| times.iter().sum::<f64>() / times.len() as f64;
    let error = |times: &[f64]| {
        let mean = mean(times);
        times.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / (times.len() - 1) as f64 / times.len() as f64
    };
    (mean(one) - mean(other)) / (error(one) + error(other)).sqrt()
}

#[test]
fn a_difference_is_seen_and_chance_is_not() {
    let mut dice = Dice::new(1);
    let mut times = |shift: f64| -> Vec<f64> { (0..PAIRS).map(|_| shift + dice.below(1000) as f64).collect() };
    let (one, same, later) = (times(0.0), times(0.0), times(60.0));
    assert!(welch(&one, &same).abs() < SUSPICIOUS && welch(&later, &one) > SUSPICIOUS);
}
