//! Our own API against its OpenAPI document. Schemathesis makes requests of what the document says, and of what it forbids,
//! and holds every answer against it: nothing is undocumented, and nothing is a fault of the server.

mod site;

use crate::clients::{installed, schemathesis};
use attache_tests::dice::{self, Dice};
use attache_tests::{Effort, figure, report};
use serde_json::Value;
use site::Site;

/// The seed of the gate, so that a change is to blame for what the gate finds; `ATTACHE_SEED` is another one.
const SEED: u64 = 20_261_122;
/// Most requests of each operation that are made at random, and most ways through the document's links. With the edges of
/// every parameter that is more than 20,000 cases, in some five minutes of one core.
const READS: &str = "160";
const CHANGES: &str = "320";
const IN_ORDER: &str = "200";
/// Fewer cases than these say that a run did not do what it is there for.
const LEAST_AT_EDGES: u64 = 3_000;
const LEAST_READS: u64 = 6_000;
const LEAST_CHANGES: u64 = 10_000;
const LEAST_IN_ORDER: u64 = 300;

/// What schemathesis says of a run.
struct Told {
    report: Value,
    text: String,
}

impl Told {
    fn cases(&self) -> u64 {
        self.report["test_cases"]["generated"].as_u64().unwrap()
    }

    /// Answers that were wrong, of the kinds with these codes.
    fn wrong(&self, codes: &[&str]) -> u64 {
        let failures = self.report["failures"].as_array().unwrap().iter();
        let counted = failures.filter(|failure| codes.iter().any(|code| failure["code"] == *code));
        counted.map(|failure| failure["count"].as_u64().unwrap()).sum()
    }

    fn say(&self, what: &str) {
        let (faults, undocumented) =
            (self.wrong(&["ST101", "ST102"]), self.wrong(&["ST103", "ST105", "ST107", "ST108"]));
        let figures = format!(
            "{} cases of {} operations {what}: {faults} answers 5xx, {undocumented} undocumented, {} wrong in any way",
            self.cases(),
            self.report["operations"]["tested"],
            self.report["test_cases"]["unique_failures"],
        );
        figure("OpenAPI document", &figures);
    }

    fn is_sound(&self) {
        let wrong = [&self.report["failures"], &self.report["errors"]];
        assert!(wrong.iter().all(|list| list.as_array().is_some_and(Vec::is_empty)), "{}", self.text);
    }
}

/// Runs phases on a server of their own, with a new seed each round for as long as is asked for.
async fn every_answer_is_documented(what: &str, phases: &[&str], least: u64) {
    if !installed(schemathesis(&["--version"]), "schemathesis") {
        return;
    }
    let site = Site::start().await;
    let mut effort = Effort::new(1);
    let (mut seed, mut dice) = (dice::seed_or(SEED), Dice::new(dice::seed()));
    while effort.goes_on() {
        report(&format!("ATTACHE_SEED={seed} repeats the choices of this run"));
        let told = site.hold_against(&site.document(), seed, phases);
        told.say(what);
        told.is_sound();
        assert!(told.cases() >= least, "there were only {} cases\n{}", told.cases(), told.text);
        seed = dice.next() >> 32;
    }
}

#[tokio::test]
async fn every_answer_at_the_edges_of_what_the_document_says_is_a_documented_one() {
    every_answer_is_documented("at the edges", &["--phases=examples,coverage"], LEAST_AT_EDGES).await;
}

#[tokio::test]
async fn every_answer_to_reads_at_random_is_a_documented_one() {
    let phases = ["--phases=fuzzing", "--max-examples", READS, "--include-method", "GET"];
    every_answer_is_documented("that read, at random", &phases, LEAST_READS).await;
}

#[tokio::test]
async fn every_answer_to_changes_at_random_is_a_documented_one() {
    let phases = ["--phases=fuzzing", "--max-examples", CHANGES, "--exclude-method", "GET"];
    every_answer_is_documented("that change, at random", &phases, LEAST_CHANGES).await;
}

#[tokio::test]
async fn every_answer_to_requests_that_follow_each_other_is_a_documented_one() {
    let phases = ["--phases=stateful", "--max-examples", IN_ORDER];
    every_answer_is_documented("one after another", &phases, LEAST_IN_ORDER).await;
}

/// Faults that are planted in the document: the operation that has them, where, and what is there instead. Each is what a
/// server that answers otherwise than it says looks like from outside.
const PLANTED: [(&str, &str, &str, &str); 3] = [
    ("getFolder", "/paths/~1v1~1folders~1{id}/get/responses/200", "null", "ST103"),
    ("getFolder", "/components/schemas/Folder/properties/no/type", "\"string\"", "ST108"),
    ("listFolders", "/paths/~1v1~1folders/get/responses/200/content", "{\"text/csv\": {}}", "ST105"),
];

#[tokio::test]
async fn a_document_that_says_something_else_than_the_server_does_is_found() {
    if !installed(schemathesis(&["--version"]), "schemathesis") {
        return;
    }
    let site = Site::start().await;
    for (operation, place, instead, code) in PLANTED {
        let told = site.hold_against(
            &site.document_with(place, &serde_json::from_str(instead).unwrap()).await,
            SEED,
            &["--phases=examples,coverage", "--include-operation-id", operation],
        );
        assert_eq!(told.wrong(&[code]), 1, "{operation}: {}", told.text);
    }
}
