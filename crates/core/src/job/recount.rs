//! The recount: once a day every account's book is compared with its files. A book that differs is a fault of ours, so it
//! is told and left as it is; `attache check --repair` corrects it.

use crate::chore::Chore;
use crate::op::check::Finding;
use crate::{Core, Operator};
use attache_model::Result;
use std::time::Duration;

/// The chore's name.
const CHORE: &str = "recount";
/// How often it is done.
const EVERY: Duration = Duration::from_secs(24 * 3600);

/// Recounts, when that is due and no other node does.
pub(crate) async fn run(core: Core) -> Result<()> {
    let Some(chore) = Chore::take(&core, CHORE).await? else { return Ok(()) };
    let found = core.operator().recount().await;
    let next = if found.is_ok() { core.now().plus(EVERY) } else { core.now() };
    let left = chore.leave(next).await;
    found.map(|_| ()).and(left)
}

impl Operator {
    /// Compares every book with a recount of its account, and tells those that differ in the log and the metrics.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn recount(&self) -> Result<Vec<Finding>> {
        let found = self.wrong_books(false).await?;
        for finding in &found {
            tracing::error!(%finding, "an account's book differs from its files; 'attache check --repair' corrects it");
            self.0.0.scrub.counts.book();
        }
        Ok(found)
    }
}
