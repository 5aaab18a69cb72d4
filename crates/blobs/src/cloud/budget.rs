//! The memory of all uploads of a process: what is gathered for the store is paid for before it is gathered.

use std::{sync::Arc, time::Duration};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Error;

/// Bytes that uploads may hold. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    free: Arc<Semaphore>,
    total: u32,
    patience: Duration,
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
    pub(crate) fn new(bytes: usize, patience: Duration) -> Self {
        let total = u32::try_from(bytes).unwrap_or(u32::MAX);
        Self { free: Arc::new(Semaphore::new(total as usize)), total, patience }
    }

    /// Waits until `bytes` may be held. Who asks for more than there is gets all there is. Nobody waits here with bytes
    /// that are not on their way to the store, so those before them always get on; where they get on too slowly because
    /// their senders do, the wait ends with [`Error::Crowded`].
    pub(crate) async fn hold(&self, bytes: u64) -> Result<Held, Error> {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX).min(self.total);
        let free = Arc::clone(&self.free).acquire_many_owned(bytes);
        match tokio::time::timeout(self.patience, free).await {
            // The semaphore is never closed.
            Ok(permit) => Ok(Held { _permit: permit.ok() }),
            Err(_) => Err(Error::Crowded { waited: self.patience }),
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(20);

    #[tokio::test(start_paused = true)]
    async fn who_waits_too_long_is_told_so_and_leaves_the_rest_alone() {
        let budget = Budget::new(10, PATIENCE);
        let all = budget.hold(10).await.unwrap();
        let refused = budget.hold(1).await.unwrap_err();
        assert!(matches!(refused, Error::Crowded { waited: PATIENCE }), "{refused:?}");
        drop(all);
        assert!(budget.hold(10).now_or_never().is_some_and(|held| held.is_ok()));
    }

    #[tokio::test]
    async fn a_full_budget_lets_nobody_in_until_something_is_given_back() {
        let budget = Budget::new(10, PATIENCE);
        let first = budget.hold(6).await.unwrap();
        let second = budget.hold(4).await.unwrap();
        let mut waits = Box::pin(budget.hold(5));
        assert!((&mut waits).now_or_never().is_none());
        drop(second);
        assert!((&mut waits).now_or_never().is_none(), "four are not five");
        drop(first);
        assert!((&mut waits).now_or_never().is_some());
    }

    #[tokio::test]
    async fn more_than_the_budget_is_all_of_it() {
        let budget = Budget::new(10, PATIENCE);
        let all = budget.hold(u64::MAX).await.unwrap();
        assert!(budget.hold(1).now_or_never().is_none());
        drop(all);
        assert!(budget.hold(1).now_or_never().is_some());
    }
}
