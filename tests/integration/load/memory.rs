//! How the memory of a server goes while it works: whether it levels off, or grows for as long as somebody looks.

use super::resident_kib;
use attache_tests::Process;
use std::time::{Duration, Instant};

/// Seconds in which a slope is told.
const SPAN: f64 = 600.0;

/// What a server had resident at some moments.
#[derive(Debug)]
pub(super) struct Course {
    begun: Instant,
    /// Seconds since the beginning, and KiB.
    seen: Vec<(f64, f64)>,
}

impl Course {
    pub(super) fn new(begun: Instant) -> Course {
        Course { begun, seen: Vec::new() }
    }

    /// The moments of a run at which one should look: each minute of a long one, some of a short one.
    pub(super) fn moments(begun: Instant, seconds: u64) -> impl Iterator<Item = Instant> {
        let step = Duration::from_secs(seconds).div_f64(12.0).min(Duration::from_secs(60));
        let until = begun + Duration::from_secs(seconds);
        (1..).map(move |no| begun + step * no).take_while(move |at| *at < until)
    }

    pub(super) fn look(&mut self, server: &Process) {
        self.seen.push((self.begun.elapsed().as_secs_f64(), resident_kib(server) as f64));
    }

    /// Each look in MiB, the means of the first and the last third, and the slope of the second half.
    pub(super) fn told(&self) -> String {
        let looks: Vec<String> = self.seen.iter().map(|(_, kib)| format!("{:.0}", kib / 1024.0)).collect();
        let third = (self.seen.len() / 3).max(1);
        let (first, last) = (&self.seen[..third], &self.seen[self.seen.len() - third..]);
        format!(
            "resident {} MiB (until second {:.0}), first third {:.0} KiB and last third {:.0} KiB in the mean, second half {:+.0} \
             KiB in 10 min",
            looks.join(" "),
            self.seen.last().map_or(0.0, |(at, _)| *at),
            mean(first),
            mean(last),
            slope(&self.seen[self.seen.len() / 2..]) * SPAN
        )
    }
}

fn mean(seen: &[(f64, f64)]) -> f64 {
    seen.iter().map(|(_, kib)| kib).sum::<f64>() / seen.len() as f64
}

/// The line through all of them by least squares, in KiB per second.
fn slope(seen: &[(f64, f64)]) -> f64 {
    let middle = seen.iter().map(|(at, _)| at).sum::<f64>() / seen.len() as f64;
    let wide: f64 = seen.iter().map(|(at, _)| (at - middle).powi(2)).sum();
    let high: f64 = seen.iter().map(|(at, kib)| (at - middle) * (kib - mean(seen))).sum();
    if wide > 0.0 { high / wide } else { 0.0 }
}

#[test]
fn a_slope_is_that_of_the_line_through_the_looks() {
    let seen: Vec<_> = (0..8).map(|no| (f64::from(no), 100.0 + 3.0 * f64::from(no))).collect();
    assert!((slope(&seen) - 3.0).abs() < 1e-9 && slope(&seen[..1]).abs() < 1e-9);
}
