//! How many histories are run, and what they have covered.

use super::Engine;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Seconds that every suite of proof may go on for, beyond its figure of the gate.
const SECONDS: &str = "ATTACHE_PROVE_SECONDS";
/// Another number of histories, for a quick look.
const CASES: &str = "PROPTEST_CASES";

/// The two models. Together they have 2,000 histories on each engine.
#[derive(Clone, Copy, Debug)]
pub(super) enum Model {
    Files,
    Uploads,
}

impl Model {
    /// Histories on each engine.
    fn gate(self) -> u32 {
        match self {
            Model::Files => 1200,
            Model::Uploads => 800,
        }
    }
}

/// The histories of one test.
pub(super) struct Effort {
    gate: u32,
    until: Option<Instant>,
    given: Mutex<Share>,
}

/// The histories of one home.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Share {
    /// Which home it is, from 0.
    pub(super) home: u32,
    pub(super) cases: u32,
}

fn number(variable: &str) -> Option<u32> {
    let text = std::env::var(variable).ok().filter(|text| !text.is_empty())?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is no number: {text}")))
}

impl Effort {
    pub(super) fn new(model: Model) -> Effort {
        let until = number(SECONDS).map(|seconds| Instant::now() + Duration::from_secs(seconds.into()));
        Effort { gate: number(CASES).unwrap_or(model.gate()), until, given: Mutex::default() }
    }

    /// The histories of the next home; `None` when it is enough.
    pub(super) fn next(&self, engine: Engine) -> Option<Share> {
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        let left = self.gate.saturating_sub(given.cases);
        let cases = match left {
            0 if self.until.is_none_or(|until| Instant::now() >= until) => return None,
            0 => engine.of_a_home(),
            left => left.min(engine.of_a_home()),
        };
        let share = Share { home: given.home, cases };
        *given = Share { home: given.home + 1, cases: given.cases + cases };
        Some(share)
    }
}

/// How often each kind of step was taken, and how it ended.
#[derive(Debug, Default)]
pub(super) struct Covered {
    steps: Mutex<BTreeMap<(&'static str, String), usize>>,
    histories: AtomicU32,
}

impl Covered {
    pub(super) fn note(&self, step: &'static str, end: &str) {
        // Offsets and the like are one end, whatever their numbers are.
        let end = end.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ').to_owned();
        *self.steps.lock().unwrap_or_else(PoisonError::into_inner).entry((step, end)).or_default() += 1;
    }

    /// Counts histories that are over.
    pub(super) fn count(&self, histories: u32) {
        self.histories.fetch_add(histories, Ordering::SeqCst);
    }

    /// Says what was covered. A run of fewer histories than the gate asks for demands nothing.
    pub(super) fn tell(&self, engine: Engine, model: Model, all: &[&'static str]) {
        let histories = self.histories.load(Ordering::SeqCst);
        if histories == 0 {
            return;
        }
        let counts = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        let missing: Vec<_> = all.iter().filter(|step| !counts.contains_key(&(**step, "done".to_owned()))).collect();
        let (steps, ends) = (counts.values().sum::<usize>(), counts.len());
        println!(
            "FIGURE model: {histories} histories of {model:?} on {engine:?}, {steps} steps as foretold; {} of {} operations \
             covered, {ends} different ends",
            all.len() - missing.len(),
            all.len()
        );
        assert!(histories < model.gate() || missing.is_empty(), "no history did this: {missing:?}");
    }
}
