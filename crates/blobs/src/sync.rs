//! Makes names durable, many at once: while one round of directory syncs is in the disk, the next one gathers, and every
//! name that was made before a round began is served by it.

use std::{
    collections::BTreeMap,
    io, mem,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
};

use crate::folder::Folder;

/// The queue of folders with names that are not durable yet.
#[derive(Debug, Default)]
pub(crate) struct NameSync {
    state: Mutex<State>,
    round_done: Condvar,
}

#[derive(Debug, Default)]
struct State {
    waiting: BTreeMap<String, Folder>,
    /// The number of rounds that have begun. Who comes now is served by the round of this number.
    begun: u64,
    /// The number of rounds that have ended. Rounds follow each other.
    ended: u64,
    busy: bool,
    failed: Option<io::ErrorKind>,
}

impl NameSync {
    /// Blocks until all names made in `folders` so far are durable. One of the waiting threads does the work for all.
    ///
    /// A failure is final: the system forgets what it could not write, so asking again would be answered with a success
    /// that is not one. From then on every call fails.
    pub(crate) fn sync(&self, folders: &[&Folder]) -> io::Result<()> {
        self.sync_by(folders, Folder::sync)
    }

    fn sync_by<S>(&self, folders: &[&Folder], sync: S) -> io::Result<()>
    where
        S: Fn(&Folder) -> io::Result<()>,
    {
        let mut state = self.lock();
        let round = state.begun;
        for folder in folders {
            state.waiting.entry(folder.name().to_owned()).or_insert_with(|| (*folder).clone());
        }
        while state.ended <= round && state.failed.is_none() {
            state = if state.busy {
                self.round_done.wait(state).unwrap_or_else(PoisonError::into_inner)
            } else {
                self.lead(state, &sync)
            };
        }
        state.failed.map_or(Ok(()), |kind| Err(kind.into()))
    }

    fn lead<'a, S>(&'a self, mut state: MutexGuard<'a, State>, sync: &S) -> MutexGuard<'a, State>
    where
        S: Fn(&Folder) -> io::Result<()>,
    {
        state.busy = true;
        state.begun += 1;
        let folders = mem::take(&mut state.waiting);
        drop(state);
        let result = folders.values().try_for_each(sync);
        let mut state = self.lock();
        state.busy = false;
        state.ended += 1;
        state.failed = result.err().map(|error| error.kind());
        self.round_done.notify_all();
        state
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicU64, Ordering::SeqCst},
        thread,
    };

    use super::*;

    /// Folders `0` to `count - 1`.
    fn folders(count: usize) -> (tempfile::TempDir, Vec<Folder>) {
        let place = tempfile::tempdir().unwrap();
        let root = Folder::root(place.path()).unwrap();
        let folders = (0..count).map(|n| {
            root.make(&n.to_string()).unwrap();
            root.enter(&n.to_string()).unwrap()
        });
        let folders = folders.collect();
        (place, folders)
    }

    #[test]
    fn no_call_returns_before_a_sync_that_began_after_it() {
        let (_place, folders) = folders(1);
        let names = NameSync::default();
        let (made, durable) = (AtomicU64::new(0), AtomicU64::new(0));
        let sync = |_: &Folder| {
            let seen = made.load(SeqCst);
            thread::yield_now();
            durable.store(seen, SeqCst);
            Ok(())
        };
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..500 {
                        let mine = made.fetch_add(1, SeqCst) + 1;
                        names.sync_by(&[&folders[0]], sync).unwrap();
                        assert!(durable.load(SeqCst) >= mine);
                    }
                });
            }
        });
    }

    #[test]
    fn all_who_come_during_a_round_share_the_next_one() {
        const OTHERS: usize = 7;
        let (_place, folders) = folders(1 + OTHERS);
        let names = NameSync::default();
        let rounds = || names.lock().begun;
        // The first round lasts until all others wait for the second.
        let first = |_: &Folder| {
            while names.lock().waiting.len() < OTHERS {
                thread::yield_now();
            }
            Ok(())
        };
        thread::scope(|scope| {
            scope.spawn(|| names.sync_by(&[&folders[0]], first).unwrap());
            while rounds() == 0 {
                thread::yield_now();
            }
            for folder in &folders[1..] {
                scope.spawn(|| names.sync(&[folder]).unwrap());
            }
        });
        assert_eq!(rounds(), 2);
    }

    #[test]
    fn a_failure_is_never_asked_about_again() {
        let (_place, folders) = folders(1);
        let names = NameSync::default();
        let failed = names.sync_by(&[&folders[0]], |_| Err(io::ErrorKind::Other.into()));
        assert!(failed.is_err());
        let again = names.sync_by(&[&folders[0]], |_| panic!("synced again"));
        assert!(again.is_err());
    }
}
