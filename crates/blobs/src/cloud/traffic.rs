//! How many requests went to a store, and how they ended, for whoever watches it.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

/// Requests to a store since it was opened; each try is one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Answered, whatever the answer says of the object.
    pub answered: u64,
    /// Without an answer, or one that says that the store cannot or will not.
    pub failed: u64,
    /// Of those that failed, how many were tried again.
    pub tried_again: u64,
}

/// The counts behind it, which all clones share.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counts(Arc<[AtomicU64; 3]>);

impl Counts {
    pub(crate) fn answered(&self) {
        self.0[0].fetch_add(1, Relaxed);
    }

    pub(crate) fn failed(&self) {
        self.0[1].fetch_add(1, Relaxed);
    }

    pub(crate) fn tried_again(&self) {
        self.0[2].fetch_add(1, Relaxed);
    }

    pub(crate) fn now(&self) -> Traffic {
        let [answered, failed, tried_again] = self.0.each_ref().map(|count| count.load(Relaxed));
        Traffic { answered, failed, tried_again }
    }
}
