//! Housekeeping that one node does for all: who takes it has it for a while, and keeps it as long as it says so. A node
//! that died leaves it to the next one after that while.

use crate::Core;
use crate::table::chore;
use crate::unit::bare;
use attache_model::{Result, Time};
use std::time::Duration;

/// How long a chore is had without another word.
const LEASE: Duration = Duration::from_secs(5 * 60);

/// A chore that this node is at.
#[derive(Debug)]
pub(crate) struct Chore<'c> {
    core: &'c Core,
    name: &'static str,
    held: Time,
}

impl<'c> Chore<'c> {
    /// Takes a chore; `None` when it is not due or another node is at it.
    pub(crate) async fn take(core: &'c Core, name: &'static str) -> Result<Option<Chore<'c>>> {
        let now = core.now();
        // A look first: taking it takes the writer, and it is seldom due.
        let look = bare::<bool, _>(move |tx| Box::pin(chore::is_due(tx, name, now)));
        if !core.read_all("look at a chore", look).await? {
            return Ok(None);
        }
        let held = now.plus(LEASE);
        let take = bare::<bool, _>(move |tx| Box::pin(chore::take(tx, name, now, held)));
        Ok(core.write_all("take a chore", take).await?.then_some(Chore { core, name, held }))
    }

    /// Says that this node is still at it; false when another one is by now.
    pub(crate) async fn keep(&mut self) -> Result<bool> {
        let (name, held, until) = (self.name, self.held, self.core.now().plus(LEASE));
        let unit = bare::<bool, _>(move |tx| Box::pin(chore::keep(tx, name, held, until)));
        let kept = self.core.write_all("keep a chore", unit).await?;
        self.held = until;
        Ok(kept)
    }

    /// Leaves it until it is due again.
    pub(crate) async fn leave(self, due: Time) -> Result<()> {
        let (name, held) = (self.name, self.held);
        let unit = bare::<(), _>(move |tx| Box::pin(chore::leave(tx, name, held, due)));
        self.core.write_all("leave a chore", unit).await
    }
}
