//! Places of uploads: this process writes so many at once, and an account gets a part of them. Whoever waits stands in the
//! line of its own account first, so an account with many uploads delays nobody else's.

use attache_model::AccountNo;
use attache_model::limits::Limits;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

type Lines = Arc<Mutex<HashMap<AccountNo, Line>>>;

/// All places, and the lines of the accounts that have one or wait for one.
#[derive(Debug)]
pub(crate) struct Places {
    all: Arc<Semaphore>,
    /// How many of them an account gets.
    part: usize,
    lines: Lines,
}

/// The part of an account.
#[derive(Debug)]
struct Line {
    part: Arc<Semaphore>,
    /// How many have a place of it or wait for one.
    standing: usize,
}

/// Somebody in an account's line. The last one to leave takes the line away.
#[derive(Debug)]
struct Standing {
    account: AccountNo,
    part: Arc<Semaphore>,
    lines: Lines,
}

/// A place of an upload, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    _of_all: OwnedSemaphorePermit,
    _of_part: OwnedSemaphorePermit,
    _standing: Standing,
}

impl Places {
    pub(crate) fn new(limits: &Limits) -> Places {
        let permits = |limit: u64| usize::try_from(limit).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        let all = Arc::new(Semaphore::new(permits(limits.uploads)));
        Places { all, part: permits(part(limits)), lines: Lines::default() }
    }

    /// The next place that is free for the account.
    pub(crate) async fn take(&self, account: AccountNo) -> Result<Place, AcquireError> {
        let standing = self.stand(account);
        let of_part = standing.part.clone().acquire_owned().await?;
        let of_all = self.all.clone().acquire_owned().await?;
        Ok(Place { _of_all: of_all, _of_part: of_part, _standing: standing })
    }

    /// How many places are free.
    pub(crate) fn free(&self) -> usize {
        self.all.available_permits()
    }

    fn stand(&self, account: AccountNo) -> Standing {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || Line { part: Arc::new(Semaphore::new(self.part)), standing: 0 };
        let line = lines.entry(account).or_insert_with(new);
        line.standing += 1;
        Standing { account, part: line.part.clone(), lines: self.lines.clone() }
    }
}

/// How many places an account gets: as many as is said, or three quarters of all, and one at least.
fn part(limits: &Limits) -> u64 {
    match limits.uploads_per_account {
        0 => limits.uploads - limits.uploads / 4,
        said => said,
    }
}

impl Drop for Standing {
    fn drop(&mut self) {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = lines.get_mut(&self.account) {
            line.standing -= 1;
            if line.standing == 0 {
                lines.remove(&self.account);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    const ONE: AccountNo = AccountNo(1);
    const OTHER: AccountNo = AccountNo(2);

    fn places(uploads: u64, uploads_per_account: u64) -> Places {
        Places::new(&Limits { uploads, uploads_per_account, ..Limits::default() })
    }

    fn taken(places: &Places, account: AccountNo) -> Option<Place> {
        places.take(account).now_or_never().map(Result::unwrap)
    }

    #[test]
    fn an_account_gets_its_part_and_not_one_more_and_others_get_what_is_left() {
        let places = places(4, 3);
        let mut own: Vec<_> = (0..3).map(|_| taken(&places, ONE).unwrap()).collect();
        assert!(taken(&places, ONE).is_none());
        let others = taken(&places, OTHER).unwrap();
        assert!(taken(&places, OTHER).is_none(), "all are taken");
        own.pop();
        assert!(taken(&places, OTHER).is_some());
        drop(others);
        assert!(taken(&places, ONE).is_some());
    }

    #[test]
    fn many_who_wait_in_one_line_delay_nobody_in_another_and_the_first_of_them_is_next() {
        let places = places(3, 2);
        let own = [taken(&places, ONE).unwrap(), taken(&places, ONE).unwrap()];
        let mut waiting: Vec<_> = (0..100).map(|_| Box::pin(places.take(ONE))).collect();
        assert!(waiting.iter_mut().all(|place| place.as_mut().now_or_never().is_none()));
        assert!(taken(&places, OTHER).is_some());
        drop(own);
        assert!(waiting[0].as_mut().now_or_never().is_some() && waiting[1].as_mut().now_or_never().is_some());
    }

    #[test]
    fn who_goes_away_while_waiting_leaves_nothing_behind() {
        let places = places(2, 1);
        let own = taken(&places, ONE).unwrap();
        let other = taken(&places, OTHER).unwrap();
        let mut waiting = Box::pin(places.take(ONE));
        assert!(waiting.as_mut().now_or_never().is_none());
        drop((waiting, own, other));
        assert_eq!(places.free(), 2);
        assert!(places.lines.lock().unwrap().is_empty(), "nobody stands in any line");
    }

    #[test]
    fn an_account_gets_three_quarters_where_nobody_says_and_one_at_least() {
        let part = |uploads| super::part(&Limits { uploads, ..Limits::default() });
        assert_eq!([128, 8, 4, 2, 1].map(part), [96, 6, 3, 2, 1]);
    }
}
