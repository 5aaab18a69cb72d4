//! How much a suite of proof does: its figure of the gate at least, and on with new seeds for as long as the caller of
//! `make prove` gives it.

use std::time::{Duration, Instant};

/// Seconds that every suite may go on for, beyond its figure of the gate.
const SECONDS: &str = "ATTACHE_PROVE_SECONDS";

/// The effort of one suite.
#[derive(Debug)]
pub struct Effort {
    gate: usize,
    until: Option<Instant>,
    done: usize,
}

impl Effort {
    /// At least `gate` cases.
    ///
    /// # Panics
    /// If the time that was asked for is no number of seconds.
    pub fn new(gate: usize) -> Effort {
        let seconds = std::env::var(SECONDS).ok().filter(|text| !text.is_empty());
        let seconds = seconds.map(|text| text.parse().unwrap_or_else(|_| panic!("{SECONDS} is no number: {text}")));
        Effort { gate, until: seconds.map(|seconds| Instant::now() + Duration::from_secs(seconds)), done: 0 }
    }

    /// Whether there is another case to try; counts it.
    pub fn goes_on(&mut self) -> bool {
        let more = self.done < self.gate || self.until.is_some_and(|until| Instant::now() < until);
        self.done += usize::from(more);
        more
    }

    /// Whether it goes on beyond its figure of the gate.
    pub fn is_open(&self) -> bool {
        self.until.is_some()
    }

    /// Cases so far.
    pub fn done(&self) -> usize {
        self.done
    }
}
