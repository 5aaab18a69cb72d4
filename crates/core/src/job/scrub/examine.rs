//! Looking at one content at once, because somebody who read it met damage.

use super::write::{Change, write};
use super::{Counts, Pace, ScrubReport, round};
use crate::Core;
use crate::table::scrub::{self, Row};
use crate::unit::tenanted;
use attache_model::{AccountNo, Error, Result};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// What this process does about stored contents.
#[derive(Debug, Default)]
pub(crate) struct Examining {
    pub(crate) counts: Counts,
    /// Contents that are being looked at: of many readers of one, one is enough.
    now: Mutex<BTreeSet<(AccountNo, String)>>,
}

/// What a content is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Examined {
    /// Damaged, and marked.
    Damaged,
    /// Whole; what was met passed by.
    Whole,
    /// No content any more.
    Gone,
}

/// What may be otherwise the next time.
pub(crate) fn passing(why: &'static str) -> Error {
    Error::unavailable("look at a content", std::io::Error::other(why))
}

impl Core {
    /// Reads a content again and writes down what it is.
    ///
    /// # Errors
    /// `Unavailable` and the like when it cannot be read at all.
    pub(crate) async fn examine(&self, account: AccountNo, key: &str) -> Result<Examined> {
        let fixed = Arc::new(key.to_owned());
        let find = tenanted::<Option<Row>, _>(move |mut t| {
            let key = fixed.clone();
            Box::pin(async move { scrub::get(&mut t, &key).await })
        });
        let Some(row) = self.read("look at a content", account, find).await? else { return Ok(Examined::Gone) };
        let looked = round::look(self, &row, &mut Pace::free()).await;
        let read = looked.seen.is_some();
        let changes = write(self, vec![looked], &mut ScrubReport::default()).await?;
        Ok(match changes.first() {
            Some(Change::Damaged(_)) => Examined::Damaged,
            Some(Change::Gone) => Examined::Gone,
            _ if read => Examined::Whole,
            _ => return Err(passing("it could not be read again just now")),
        })
    }

    /// As [`Core::examine`], beside the work of whoever met damage.
    pub(crate) fn examine_soon(&self, account: AccountNo, key: &str) {
        let name = (account, key.to_owned());
        if !self.examining().insert(name.clone()) {
            return;
        }
        let core = self.clone();
        tokio::spawn(async move {
            if let Err(error) = core.examine(name.0, &name.1).await {
                tracing::warn!(%error, account = %name.0, key = name.1, "a content that looked damaged could not be looked at");
            }
            core.examining().remove(&name);
        });
    }

    fn examining(&self) -> std::sync::MutexGuard<'_, BTreeSet<(AccountNo, String)>> {
        self.0.scrub.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
