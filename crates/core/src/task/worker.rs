//! The worker: claims due tasks one kind at a time, runs their jobs, renews their leases, and writes down how they
//! ended. Each kind has its own permits, so that slow work does not starve the rest.

use crate::Core;
use crate::caller::Caller;
use crate::figure::{self, End};
use crate::job::{self, Verdict};
use crate::settle::Held;
use crate::table::task::{self, Claimed};
use crate::unit::bare;
use attache_model::task::{TaskError, TaskResult};
use attache_model::{Result, Time};
use futures_util::FutureExt as _;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::{AbortHandle, JoinSet};

/// How long a task is held before it must be renewed.
pub(crate) const LEASE: Duration = Duration::from_secs(60);
/// Wait before the second try; it doubles from there.
const BACK_OFF: Duration = Duration::from_secs(5);
/// Longest wait between tries.
const BACK_OFF_MAX: Duration = Duration::from_secs(3600);
/// How often the worker looks without being woken: the net under lost wakes and other nodes' tasks.
const LOOK: Duration = Duration::from_secs(5);
/// How often the tasks that wait are counted, for the metrics.
const COUNT: Duration = Duration::from_secs(15);
/// How often housekeeping runs.
const SWEEP: Duration = Duration::from_secs(300);
/// How often a node looks whether the books are to be recounted.
const RECOUNT: Duration = Duration::from_secs(3600);
/// How often the volume is searched for what interrupted uploads left.
const ORPHANS: Duration = Duration::from_secs(6 * 3600);

/// Runs tasks and housekeeping until it is told to stop.
#[derive(Debug)]
pub struct Worker(Core);

impl Core {
    /// The worker of this process. Run one.
    pub fn work(&self) -> Worker {
        Worker(self.clone())
    }

    /// Wakes the worker: a task is due.
    pub(crate) fn wake(&self) {
        self.0.wake.notify_one();
    }
}

impl Worker {
    /// Works until `stop` resolves; tasks that run then are finished first.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let stop = stop.shared();
        let scrub = async {
            // Nothing waits for what the scrub reads: it ends with the word, not with the tasks.
            tokio::select! {
                () = stop.clone() => {}
                () = job::scrub::watch(&self.0) => {}
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = self.do_tasks(stop.clone()) => {}
            () = job::webhook::watch(&self.0) => {}
            () = scrub => {}
        }
    }

    async fn do_tasks(&self, stop: impl Future<Output = ()>) {
        let permits: Vec<(&'static str, Arc<Semaphore>)> =
            job::KINDS.iter().map(|(kind, at_once)| (*kind, Arc::new(Semaphore::new(*at_once)))).collect();
        let mut running = JoinSet::new();
        let mut sweep = tokio::time::interval(SWEEP);
        sweep.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut orphans = tokio::time::interval_at(tokio::time::Instant::now() + SWEEP, ORPHANS);
        let mut recount = tokio::time::interval_at(tokio::time::Instant::now() + SWEEP, RECOUNT);
        let mut count = tokio::time::interval(COUNT);
        count.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        // One that takes long, because a store is away, is not begun once more beside itself.
        let mut sweeping: Option<AbortHandle> = None;
        tokio::pin!(stop);
        loop {
            for (kind, permits) in &permits {
                self.start_due(kind, permits, &mut running).await;
            }
            tokio::select! {
                biased;
                () = &mut stop => break,
                _ = sweep.tick(), if sweeping.as_ref().is_none_or(AbortHandle::is_finished) => {
                    sweeping = Some(self.start_chore("sweep", job::sweep::run, &mut running));
                }
                _ = orphans.tick() => drop(self.start_chore("orphans", job::sweep::remove_orphans, &mut running)),
                _ = recount.tick() => drop(self.start_chore("recount", job::recount::run, &mut running)),
                _ = count.tick() => drop(self.start_chore("count", figure::count_waiting, &mut running)),
                Some(_) = running.join_next() => {}
                () = self.0.0.wake.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
        while running.join_next().await.is_some() {}
    }

    /// Starts the due tasks of a kind, as many as its permits allow.
    async fn start_due(&self, kind: &'static str, permits: &Arc<Semaphore>, running: &mut JoinSet<()>) {
        while let Ok(permit) = permits.clone().try_acquire_owned() {
            match self.claim(kind).await {
                Ok(Some(claimed)) => {
                    let core = self.0.clone();
                    running.spawn(async move {
                        run(&core, kind, claimed).await;
                        drop(permit);
                    });
                }
                Ok(None) => return,
                Err(error) => {
                    tracing::warn!(%error, kind, "tasks could not be claimed");
                    return;
                }
            }
        }
    }

    async fn claim(&self, kind: &'static str) -> Result<Option<Claimed>> {
        let now = self.0.now();
        // A look first: claiming takes the writer, and there is seldom anything to claim.
        let look = bare::<Option<Time>, _>(move |tx| Box::pin(task::next_due(tx, kind)));
        let due = self.0.read_all("look for tasks", look).await?;
        if due.is_none_or(|at| at > now) {
            return Ok(None);
        }
        let take = bare::<Option<Claimed>, _>(move |tx| Box::pin(task::claim(tx, kind, now, now.plus(LEASE))));
        let claimed = self.0.write_all("claim a task", take).await;
        attache_point::fail_point!("core.task_claimed");
        claimed
    }

    /// Starts a piece of housekeeping beside the tasks.
    fn start_chore<F>(
        &self,
        chore: &'static str,
        work: impl FnOnce(Core) -> F,
        running: &mut JoinSet<()>,
    ) -> AbortHandle
    where
        F: Future<Output = Result<()>> + Send + 'static,
    {
        let work = work(self.0.clone());
        running.spawn(async move {
            if let Err(error) = work.await {
                tracing::warn!(%error, chore, "housekeeping was cut short");
            }
        })
    }
}

/// Runs a claimed task to its end, its lease renewed meanwhile.
async fn run(core: &Core, kind: &'static str, claimed: Claimed) {
    let caller = Caller::new(claimed.account, claimed.actor, claimed.scopes, None);
    let held = Held { id: claimed.id, lease: claimed.lease };
    let _running = core.0.counts.running(kind);
    let work = AssertUnwindSafe(job::run(core, kind, &caller, held, &claimed.payload)).catch_unwind();
    tokio::pin!(work);
    let mut renew = tokio::time::interval(LEASE / 3);
    renew.tick().await;
    let ended = loop {
        tokio::select! {
            // A panic is a fault of ours like any other: without this the task would hang until its lease ends.
            ended = &mut work => break ended.unwrap_or_else(|_| Err(Verdict::Again(job::panicked()))),
            _ = renew.tick() => match keep(core, &claimed).await {
                Ok(true) => {}
                // Another worker has it now; what this one does from here on must not count.
                Ok(false) => return,
                Err(error) => tracing::warn!(%error, kind, "a lease could not be renewed"),
            },
        }
    };
    attache_point::fail_point!("core.task_run");
    if let Err(error) = end(core, kind, &claimed, ended).await {
        tracing::warn!(%error, kind, "a task's end could not be written down; it will run again");
    }
}

async fn keep(core: &Core, claimed: &Claimed) -> Result<bool> {
    let (id, lease, until) = (claimed.id, claimed.lease, core.now().plus(LEASE));
    let unit = bare::<bool, _>(move |tx| Box::pin(task::renew(tx, id, lease, until)));
    core.write_all("renew a lease", unit).await
}

/// Whether a try is the last that a task has.
fn is_last(attempts: i64, tries: u64) -> bool {
    u64::try_from(attempts).unwrap_or(u64::MAX) >= tries
}

async fn end(
    core: &Core,
    kind: &'static str,
    claimed: &Claimed,
    ended: Result<Option<TaskResult>, Verdict>,
) -> Result<()> {
    if let Err(Verdict::Written(how)) = ended {
        core.0.counts.ended(kind, how);
        return Ok(());
    }
    let (id, lease, now) = (claimed.id, claimed.lease, core.now());
    let last = is_last(claimed.attempts, core.limits().task_tries);
    let wait = BACK_OFF.saturating_mul(1 << claimed.attempts.clamp(1, 16) as u32 >> 1).min(BACK_OFF_MAX);
    let how = match &ended {
        Ok(_) => End::Done,
        Err(Verdict::Again(_)) if !last => End::PutOff,
        Err(_) => End::Failed,
    };
    let fixed = Arc::new(ended);
    let unit = bare::<bool, _>(move |tx| {
        let fixed = fixed.clone();
        Box::pin(async move {
            match &*fixed {
                Ok(result) => task::done(tx, id, lease, now, *result).await,
                Err(Verdict::Again(why)) if !last => task::again(tx, id, lease, now.plus(wait), why).await,
                Err(Verdict::Again(why) | Verdict::Drop(why)) => task::fail(tx, id, lease, now, why).await,
                Err(Verdict::Written(_)) => Ok(true),
            }
        })
    });
    if core.write_all("end a task", unit).await? {
        core.0.counts.ended(kind, how);
    }
    attache_point::fail_point!("core.task_ended");
    Ok(())
}

impl From<attache_model::Error> for Verdict {
    fn from(error: attache_model::Error) -> Verdict {
        let code = if error.is_ours() { "unavailable" } else { "refused" };
        let why = TaskError { code: code.to_owned(), message: error.to_string() };
        if error.is_ours() { Verdict::Again(why) } else { Verdict::Drop(why) }
    }
}

#[cfg(test)]
mod tests {
    use super::is_last;
    use attache_model::limits::Limits;

    #[test]
    fn a_task_has_as_many_tries_as_its_limit_and_no_more() {
        let tries = Limits::default().task_tries;
        assert_eq!(tries, 10);
        assert!(!is_last(9, tries) && is_last(10, tries) && is_last(11, tries));
    }
}
