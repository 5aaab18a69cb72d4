//! How fast the scrub reads: never so that anybody waits for it.

use std::time::Duration;

/// What the smallest content counts as, in bytes. To find and mark it costs more than its bytes do, so these are 256
/// contents and eight commits in a second at the default pace, beside which clients wait for nothing that they notice.
const LEAST: u64 = 64 << 10;
/// The shortest rest; what is owed adds up to it.
const REST: Duration = Duration::from_millis(20);

/// A pace in bytes per second.
#[derive(Debug)]
pub(crate) struct Pace {
    /// 0 for none.
    rate: u64,
    owed: Duration,
}

impl Pace {
    /// So many bytes in a second; 0 is as many as there are.
    pub(crate) fn new(rate: u64) -> Pace {
        Pace { rate, owed: Duration::ZERO }
    }

    /// As fast as it goes.
    pub(crate) fn free() -> Pace {
        Pace::new(0)
    }

    /// So many bytes were read; rests for as long as they may take.
    pub(crate) async fn took(&mut self, bytes: usize) {
        self.owe(bytes as u64);
        if self.owed >= REST {
            tokio::time::sleep(std::mem::take(&mut self.owed)).await;
        }
    }

    fn owe(&mut self, bytes: u64) {
        let nanos = bytes.max(LEAST).saturating_mul(1_000_000_000).checked_div(self.rate).unwrap_or(0);
        self.owed += Duration::from_nanos(nanos);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_time_for_each_byte_and_none_takes_no_time() {
        let owed = |rate, bytes| {
            let mut pace = Pace::new(rate);
            pace.owe(bytes);
            pace.owed
        };
        assert_eq!(owed(1 << 20, 1 << 20), Duration::from_secs(1));
        assert_eq!(owed(1 << 20, 1), owed(1 << 20, LEAST));
        assert_eq!(owed(0, 1 << 40), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_read_takes_its_time() {
        let mut pace = Pace::new(1 << 20);
        let begun = tokio::time::Instant::now();
        for _ in 0..40 {
            pace.took(256 << 10).await;
        }
        assert!(begun.elapsed() >= Duration::from_secs(10), "{:?}", begun.elapsed());
    }
}
