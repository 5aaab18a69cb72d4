//! The memory of all uploads of a process: what is gathered for the store is paid for before it is gathered.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes that uploads may hold. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    free: Arc<Semaphore>,
    total: u32,
}

/// Bytes that are held until this is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    _permit: Option<OwnedSemaphorePermit>,
}

impl Held {
    /// No bytes.
    pub(crate) fn nothing() -> Self {
        Self { _permit: None }
    }
}

impl Budget {
    pub(crate) fn new(bytes: usize) -> Self {
        let total = u32::try_from(bytes).unwrap_or(u32::MAX);
        Self { free: Arc::new(Semaphore::new(total as usize)), total }
    }

    /// Waits until `bytes` may be held. Who asks for more than there is gets all there is. Nobody waits here with bytes
    /// that are not on their way to the store, so those before them always get on.
    pub(crate) async fn hold(&self, bytes: u64) -> Held {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX).min(self.total);
        // The semaphore is never closed.
        Held { _permit: Arc::clone(&self.free).acquire_many_owned(bytes).await.ok() }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn a_full_budget_lets_nobody_in_until_something_is_given_back() {
        let budget = Budget::new(10);
        let first = budget.hold(6).await;
        let second = budget.hold(4).await;
        let mut waits = Box::pin(budget.hold(5));
        assert!((&mut waits).now_or_never().is_none());
        drop(second);
        assert!((&mut waits).now_or_never().is_none(), "four are not five");
        drop(first);
        assert!((&mut waits).now_or_never().is_some());
    }

    #[tokio::test]
    async fn more_than_the_budget_is_all_of_it() {
        let budget = Budget::new(10);
        let all = budget.hold(u64::MAX).await;
        assert!(budget.hold(1).now_or_never().is_none());
        drop(all);
        assert!(budget.hold(1).now_or_never().is_some());
    }
}
