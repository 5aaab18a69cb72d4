//! How long a test waits for what comes by itself, beside the requests: long enough for a busy machine with a slow disk.

use std::time::{Duration, Instant};

/// The most that a test waits.
const MOST: Duration = Duration::from_secs(120);

/// The patience of one wait.
#[derive(Debug)]
pub struct Patience(Instant);

impl Patience {
    /// Begins to wait.
    #[expect(clippy::new_without_default, reason = "a wait has a moment at which it begins")]
    pub fn new() -> Patience {
        Patience(Instant::now())
    }

    /// Whether it is time to give up.
    pub fn is_over(&self) -> bool {
        self.0.elapsed() > MOST
    }
}
