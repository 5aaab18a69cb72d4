//! How far a transfer is.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What is told of each move; a number of bytes, which is negative when bytes have to be sent once more.
type Tell = Arc<dyn Fn(i64) + Send + Sync>;

/// How far a transfer is, shared by it and whoever shows it. Clones are the same one.
#[derive(Clone, Default)]
pub struct Gauge {
    at: Arc<AtomicU64>,
    tell: Option<Tell>,
}

impl Gauge {
    /// A gauge whose every move is told.
    pub fn telling(tell: impl Fn(i64) + Send + Sync + 'static) -> Gauge {
        Gauge { at: Arc::default(), tell: Some(Arc::new(tell)) }
    }

    /// Where it stands, in bytes.
    pub fn at(&self) -> u64 {
        self.at.load(Ordering::Relaxed)
    }

    /// Sets where it stands.
    pub fn set(&self, at: u64) {
        let before = self.at.swap(at, Ordering::Relaxed);
        if let Some(tell) = &self.tell
            && at != before
        {
            tell(at.cast_signed().wrapping_sub(before.cast_signed()));
        }
    }
}

impl fmt::Debug for Gauge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Gauge").field(&self.at()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[test]
    fn every_move_is_told_forwards_and_back() {
        let told: Arc<Mutex<Vec<i64>>> = Arc::default();
        let kept = told.clone();
        let gauge = Gauge::telling(move |by| kept.lock().unwrap().push(by));
        for at in [10, 25, 25, 10] {
            gauge.set(at);
        }
        assert_eq!(*told.lock().unwrap(), [10, 15, -15]);
    }
}
