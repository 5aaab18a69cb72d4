//! Makes names durable, many at once: while one round of directory syncs is in the disk, the next one gathers, and every
//! name that was made before a round began is served by it.

use std::{collections::BTreeMap, io, mem};

// The system's locks; in `sync_schedule.rs` those of the tests that try every order of the threads.
use super::locks::{Condvar, Mutex, MutexGuard, PoisonError};
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

    pub(crate) fn sync_by<S>(&self, folders: &[&Folder], sync: S) -> io::Result<()>
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

    /// Rounds that have begun, and folders that wait for the next one.
    #[cfg(test)]
    pub(crate) fn progress(&self) -> (u64, usize) {
        let state = self.lock();
        (state.begun, state.waiting.len())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
