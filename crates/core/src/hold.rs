//! Holding stored bytes. A backup reads rows as of one moment and copies their bytes over the hours after it; so while a
//! hold is in force, nothing removes bytes that a row of that moment may refer to.
//!
//! Whoever removes bytes first commits that no row needs them, then asks for holds. A backup first commits its hold, then
//! looks at the rows. So bytes that are removed in spite of a hold were needed by none of the rows that the backup saw.

use crate::table::hold;
use crate::transfer::{Error, Outcome};
use crate::unit::{Fault, bare};
use crate::{Core, entropy};
use attache_db::Db;
use attache_model::{Clock, Result, Time};
use std::sync::Arc;
use std::time::Duration;

/// How long a hold lasts when its holder dies. It covers clocks that differ, and a database that is away for a while.
const LIFE: Duration = Duration::from_secs(15 * 60);
/// How often it is renewed.
const RENEWAL: Duration = Duration::from_secs(60);

impl Core {
    /// Whether stored bytes that no row needs have to stay for now; the sweep removes them later.
    pub(crate) async fn is_held(&self) -> Result<bool> {
        let now = self.now();
        let look = bare::<bool, _>(move |tx| Box::pin(hold::is_any(tx, now)));
        self.read_all("look for holds", look).await
    }

    /// As [`Core::is_held`], for those who leave to the sweep what they cannot remove now.
    pub(crate) async fn keeps_bytes(&self) -> bool {
        self.is_held().await.unwrap_or_else(|error| {
            tracing::warn!(%error, "bytes that nothing needs any more were left to the sweep");
            true
        })
    }
}

/// Does `work` while no bytes are removed from the store of `db`'s contents.
///
/// # Errors
/// What `work` ends in; `HoldLost` when the hold could not be renewed in time: then bytes may be missing.
pub(crate) async fn while_held<T>(
    db: &Db,
    clock: &Clock,
    reason: &str,
    work: impl Future<Output = Outcome<T>>,
) -> Outcome<T> {
    let id: Arc<str> = entropy::uuid(clock.now()).to_string().into();
    take(db, clock, &id, reason).await?;
    let done = tokio::select! {
        done = work => done,
        lost = keep(db, clock, &id) => Err(lost),
    };
    // One last look: the clock may have run over the hold's end while the work did its last step.
    let held = match done {
        Ok(_) => renew(db, clock, &id).await,
        Err(_) => Ok(()),
    };
    let over = id.clone();
    let end = bare::<(), _>(move |tx| {
        let id = over.clone();
        Box::pin(async move { hold::end(tx, &id).await })
    });
    if let Err(Fault::Db(error)) = db.write(end).await {
        tracing::warn!(%error, "a hold was left to its end, in a quarter of an hour");
    }
    held.and(done)
}

async fn take(db: &Db, clock: &Clock, id: &Arc<str>, reason: &str) -> Outcome<()> {
    let (id, reason, now) = (id.clone(), Arc::<str>::from(reason), clock.now());
    let unit = bare::<(), _>(move |tx| {
        let (id, reason) = (id.clone(), reason.clone());
        Box::pin(async move { hold::take(tx, &id, &reason, now.plus(LIFE), now).await })
    });
    db.write(unit).await.map_err(Error::fault("take a hold"))
}

/// Renews the hold until that fails.
async fn keep(db: &Db, clock: &Clock, id: &Arc<str>) -> Error {
    let mut held_until = clock.now().plus(LIFE);
    loop {
        tokio::time::sleep(RENEWAL).await;
        match renew(db, clock, id).await {
            Ok(()) => held_until = clock.now().plus(LIFE),
            Err(Error::HoldLost) => return Error::HoldLost,
            // A database that is away for a moment ends no backup of hours.
            Err(error) if is_over(held_until, clock) => {
                tracing::warn!(%error, "the hold could not be renewed");
                return Error::HoldLost;
            }
            Err(error) => tracing::warn!(%error, "the hold could not be renewed yet"),
        }
    }
}

fn is_over(held_until: Time, clock: &Clock) -> bool {
    held_until <= clock.now().plus(RENEWAL)
}

async fn renew(db: &Db, clock: &Clock, id: &Arc<str>) -> Outcome<()> {
    let (id, now) = (id.clone(), clock.now());
    let unit = bare::<bool, _>(move |tx| {
        let id = id.clone();
        Box::pin(async move { hold::renew(tx, &id, now.plus(LIFE), now).await })
    });
    match db.write(unit).await.map_err(Error::fault("renew a hold"))? {
        true => Ok(()),
        false => Err(Error::HoldLost),
    }
}
