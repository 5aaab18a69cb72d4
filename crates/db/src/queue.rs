//! A waiting line between async callers and plain threads that wakes one thread per item.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// First in, first out. Its length is bounded by the callers, each of whom waits for an answer.
pub(crate) struct Queue<T> {
    line: Mutex<Line<T>>,
    arrived: Condvar,
}

struct Line<T> {
    items: VecDeque<T>,
    closed: bool,
}

/// What a thread got for its waiting.
pub(crate) enum Next<T> {
    Item(T),
    /// Nothing came within the patience given.
    Idle,
    /// Closed, and nothing is left.
    Closed,
}

impl<T> Queue<T> {
    pub(crate) fn new() -> Self {
        Self { line: Mutex::new(Line { items: VecDeque::new(), closed: false }), arrived: Condvar::new() }
    }

    /// Adds an item; `false` (and the item is dropped) once the queue is closed.
    pub(crate) fn push(&self, item: T) -> bool {
        let mut line = self.line();
        if line.closed {
            return false;
        }
        line.items.push_back(item);
        drop(line);
        self.arrived.notify_one();
        true
    }

    /// Takes the first item, waiting for one; for ever if `patience` is `None`.
    pub(crate) fn next(&self, patience: Option<Duration>) -> Next<T> {
        let mut line = self.line();
        loop {
            if let Some(item) = line.items.pop_front() {
                return Next::Item(item);
            }
            if line.closed {
                return Next::Closed;
            }
            line = match patience {
                None => self.arrived.wait(line).unwrap_or_else(PoisonError::into_inner),
                Some(patience) => {
                    let waited = self.arrived.wait_timeout(line, patience);
                    let (line, end) = waited.unwrap_or_else(PoisonError::into_inner);
                    if end.timed_out() && line.items.is_empty() && !line.closed {
                        return Next::Idle;
                    }
                    line
                }
            };
        }
    }

    /// Takes the first item if it is here and `fits`, without waiting.
    pub(crate) fn next_if(&self, fits: impl FnOnce(&T) -> bool) -> Option<T> {
        let mut line = self.line();
        if line.items.front().is_some_and(fits) { line.items.pop_front() } else { None }
    }

    /// Refuses further items; those that wait are still handed out.
    pub(crate) fn close(&self) {
        self.line().closed = true;
        self.arrived.notify_all();
    }

    /// Closes, and drops what waits: for a thread that ends out of turn, so that no caller waits for ever.
    pub(crate) fn abandon(&self) {
        let left = {
            let mut line = self.line();
            line.closed = true;
            std::mem::take(&mut line.items)
        };
        self.arrived.notify_all();
        drop(left);
    }

    fn line(&self) -> MutexGuard<'_, Line<T>> {
        // A panic cannot happen between two changes of the line, so a poisoned lock holds a sound line.
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> std::fmt::Debug for Queue<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue").field("waiting", &self.line().items.len()).finish_non_exhaustive()
    }
}
