//! Who waits for something to happen in an account: woken when a change of it was committed in this process.

use crate::unit::Outcome;
use attache_model::AccountNo;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// The accounts that somebody waits for.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    waiting: Mutex<HashMap<AccountNo, Waiting>>,
    any: Notify,
    over: AtomicBool,
}

#[derive(Debug, Default)]
struct Waiting {
    people: usize,
    bell: Arc<Notify>,
}

/// One who waits, until dropped.
#[derive(Debug)]
pub(crate) struct Ear<'h> {
    heard: &'h Heard,
    account: AccountNo,
    bell: Arc<Notify>,
}

impl Heard {
    fn lock(&self) -> MutexGuard<'_, HashMap<AccountNo, Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins to wait for an account.
    pub(crate) fn ear(&self, account: AccountNo) -> Ear<'_> {
        let mut waiting = self.lock();
        let entry = waiting.entry(account).or_default();
        entry.people += 1;
        Ear { heard: self, account, bell: entry.bell.clone() }
    }

    /// Something of an account was committed.
    pub(crate) fn tell(&self, account: AccountNo) {
        self.any.notify_one();
        if let Some(waiting) = self.lock().get(&account) {
            waiting.bell.notify_waiters();
        }
    }

    /// What rings once something of any account was committed since it was waited for the last time. One waits for it: who
    /// puts events in line for webhooks.
    pub(crate) fn any(&self) -> &Notify {
        &self.any
    }

    /// Nobody waits any more, now or later: the process is about to stop.
    pub(crate) fn end(&self) {
        self.over.store(true, Ordering::SeqCst);
        self.lock().values().for_each(|waiting| waiting.bell.notify_waiters());
    }

    /// Whether waiting has ended for good.
    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }
}

impl Ear<'_> {
    /// What rings at the next commit. It hears from the moment that it is enabled.
    pub(crate) fn bell(&self) -> &Notify {
        &self.bell
    }
}

impl Drop for Ear<'_> {
    fn drop(&mut self) {
        let mut waiting = self.heard.lock();
        if let Some(entry) = waiting.get_mut(&self.account) {
            entry.people -= 1;
            if entry.people == 0 {
                waiting.remove(&self.account);
            }
        }
    }
}

/// The end of a change, of which those who wait for its account are told.
pub(crate) async fn telling<T>(
    heard: &Heard,
    account: AccountNo,
    change: impl Future<Output = Outcome<T>>,
) -> Outcome<T> {
    let end = change.await;
    if end.is_ok() {
        heard.tell(account);
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::pin::pin;

    #[tokio::test]
    async fn one_who_waits_is_woken_by_their_account_alone_and_leaves_nothing_behind() {
        let heard = Heard::default();
        {
            let (one, other) = (heard.ear(AccountNo(1)), heard.ear(AccountNo(2)));
            let (mut rung, mut quiet) = (pin!(one.bell().notified()), pin!(other.bell().notified()));
            assert!(!rung.as_mut().enable() && !quiet.as_mut().enable());
            heard.tell(AccountNo(1));
            assert!(rung.as_mut().enable() && !quiet.as_mut().enable());
            heard.end();
            assert!(quiet.as_mut().enable() && heard.is_over());
        }
        assert!(heard.lock().is_empty());
    }
}
