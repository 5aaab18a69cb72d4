//! A unit of work waiting for a SQLite thread, together with the caller who waits for its answer.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Poll, Waker};

use futures_util::future::BoxFuture;
use tokio::sync::oneshot;

use crate::{Error, Retryable, Tx};

/// How often a unit is run in all when its engine asks for reruns.
pub(crate) const RUNS: u32 = 5;

/// A unit whose types are hidden, so that units of all kinds stand in one line.
pub(crate) trait Unit: Send {
    /// Runs the unit once and keeps its result.
    fn run(&mut self, tx: &mut Tx) -> Outcome;
    /// Answers the caller: with the unit's result, or with the failure of the commit that held it.
    fn answer(self: Box<Self>, end: Result<(), Error>);
    /// Whether the caller still waits. A unit that nobody waits for is not begun.
    fn is_wanted(&self) -> bool;
}

/// What is to be done with the changes of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Keep,
    Undo,
    Rerun,
}

/// The one kind of [`Unit`].
pub(crate) struct Waiting<T, E, F> {
    pub(crate) unit: F,
    pub(crate) result: Option<Result<T, E>>,
    pub(crate) reply: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Unit for Waiting<T, E, F>
where
    F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send,
    T: Send,
    E: From<Error> + Retryable + Send,
{
    fn run(&mut self, tx: &mut Tx) -> Outcome {
        let result = poll_once(&self.unit, tx);
        let outcome = match &result {
            Ok(_) => Outcome::Keep,
            Err(error) if error.is_retry() => Outcome::Rerun,
            Err(_) => Outcome::Undo,
        };
        self.result = Some(result);
        outcome
    }

    fn answer(self: Box<Self>, end: Result<(), Error>) {
        let result = match (end, self.result) {
            (Err(error), _) => Err(error.into()),
            (Ok(()), Some(result)) => result,
            (Ok(()), None) => Err(Error::other("unit", "it was answered before it ran").into()),
        };
        // The caller may have gone meanwhile; the unit holds all the same.
        drop(self.reply.send(result));
    }

    fn is_wanted(&self) -> bool {
        !self.reply.is_closed()
    }
}

/// Polls the unit's future once: every method of [`Tx`] answers at once on SQLite, so that is all it needs.
fn poll_once<T, E, F>(unit: &F, tx: &mut Tx) -> Result<T, E>
where
    F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, E>>,
    E: From<Error>,
{
    let polled = catch_unwind(AssertUnwindSafe(|| {
        let mut future = unit(tx);
        future.as_mut().poll(&mut Context::from_waker(Waker::noop()))
    }));
    match polled {
        Ok(Poll::Ready(result)) => sound(result, tx),
        Ok(Poll::Pending) => {
            tracing::error!(unit = std::any::type_name::<F>(), "bug: a unit awaited something else than its Tx");
            Err(Error::Pending.into())
        }
        Err(panic) => {
            tracing::error!(unit = std::any::type_name::<F>(), panic = panic_text(&*panic), "a unit panicked");
            Err(Error::Panicked.into())
        }
    }
}

/// A unit in which a statement failed cannot succeed: PostgreSQL would silently turn its commit into a rollback.
pub(crate) fn sound<T, E: From<Error>>(result: Result<T, E>, tx: &mut Tx) -> Result<T, E> {
    match tx.take_failure() {
        Some(failure) if result.is_ok() => Err(failure.into()),
        _ => result,
    }
}

/// The words of a panic, if it has any.
pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let fixed = panic.downcast_ref::<&str>().copied();
    fixed.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no text")
}
