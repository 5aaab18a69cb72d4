//! Work that goes on to its end when whoever asked for it has gone: bytes that were taken in are counted, made a file or
//! removed, whether or not there is still somebody to be told. A process that stops waits for it.

use crate::errand::along;
use crate::staged::Staged;
use crate::{Core, Errand};
use attache_model::{Error, Result};
use std::time::Duration;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

/// All such work of a process. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Undivided(TaskTracker);

impl Undivided {
    /// Does work that nobody waits for. Without a runtime, which is so at the end of a process, nothing is done.
    pub(crate) fn begin(&self, work: impl Future<Output = ()> + Send + 'static) {
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            self.0.spawn_on(work, &runtime);
        }
    }
}

impl Core {
    /// Does work for the running request that goes on when the request is given up.
    ///
    /// # Errors
    /// `Internal` when it panics, besides its own.
    pub(crate) async fn undivided<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        let task = self.0.undivided.0.spawn(along(Errand::current(), work).in_current_span());
        task.await.unwrap_or_else(|error| Err(Error::internal("finish what was begun", error)))
    }

    /// Hands staged bytes to a commit that may make a version of them, which says whether it did. The commit comes to its
    /// end, and what it has no use for is removed.
    pub(crate) async fn commit_staged<T: Send + 'static>(
        &self,
        staged: Staged,
        commit: impl Future<Output = Result<(T, bool)>> + Send + 'static,
    ) -> Result<T> {
        let offered = staged.offer();
        let done = self.undivided(async move {
            let end = commit.await;
            offered.ended(&end);
            end
        });
        done.await.map(|(done, _)| done)
    }

    /// Waits for all work that goes on although its request is over, but for no longer than `patience`: for a process that
    /// is about to stop. How many pieces of it are left.
    pub async fn finish(&self, patience: Duration) -> usize {
        let all = &self.0.undivided.0;
        all.close();
        // What does not end in time is counted below.
        let _ = tokio::time::timeout(patience, all.wait()).await;
        all.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::oneshot;

    #[tokio::test]
    async fn work_that_nobody_waits_for_is_waited_for_in_the_end() {
        let all = Undivided::default();
        let (go, gone) = oneshot::channel::<()>();
        let (done, mut seen) = oneshot::channel();
        all.begin(async move {
            drop(gone.await);
            done.send(()).unwrap();
        });
        all.0.close();
        assert_eq!(all.0.len(), 1);
        drop(go);
        all.0.wait().await;
        assert_eq!(seen.try_recv(), Ok(()));
    }
}
