//! A unit of work on its way to an engine, together with the caller who waits for its answer.
//!
//! Its types are hidden behind [`Unit`], so that units of all kinds stand in one line, and what runs them is compiled
//! once and not once for each of them.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use futures_util::future::BoxFuture;
use tokio::sync::oneshot;

use crate::{Error, Retryable, Tx};

/// How often a unit is run in all when its engine asks for reruns.
pub(crate) const RUNS: u32 = 5;

/// A unit whose types are hidden. It keeps its result until it answers.
pub(crate) trait Unit: Send {
    /// Runs the unit once, and keeps its result.
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> BoxFuture<'t, Outcome>;
    /// Keeps a failure in the place of its result.
    fn fail(&mut self, error: Error) -> Outcome;
    /// Answers the caller: with the unit's result, or with the failure of the commit that held it.
    fn answer(self: Box<Self>, end: Result<(), Error>);
    /// Whether the caller still waits. A unit that nobody waits for is not begun.
    fn is_wanted(&self) -> bool;
    /// What to call it in the log.
    fn name(&self) -> &'static str;
}

/// What is to be done with the changes of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Keep,
    Undo,
    Rerun,
}

impl Outcome {
    fn of<T, E: Retryable>(result: &Result<T, E>) -> Self {
        match result {
            Ok(_) => Self::Keep,
            Err(error) if error.is_retry() => Self::Rerun,
            Err(_) => Self::Undo,
        }
    }
}

/// A unit as its caller wrote it.
pub(crate) type Code<T, E> = Box<dyn for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + Sync>;

/// The one kind of [`Unit`].
struct Waiting<T, E> {
    code: Code<T, E>,
    name: &'static str,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Box<dyn Any + Send>>,
}

/// What the caller of a unit waits for: a `Result<T, E>` whose types are hidden.
pub(crate) type Reply = oneshot::Receiver<Box<dyn Any + Send>>;

/// A unit for an engine, and where its answer will come.
pub(crate) fn waiting<T, E>(code: Code<T, E>, name: &'static str) -> (Box<dyn Unit>, Reply)
where
    T: Send + 'static,
    E: From<Error> + Retryable + Send + 'static,
{
    let (reply, answer) = oneshot::channel();
    (Box::new(Waiting { code, name, result: None, reply }), answer)
}

/// The answer to a unit that [`waiting`] made with these types; `None` of an engine that ended without answering.
pub(crate) fn answered<T, E>(answer: Option<Box<dyn Any + Send>>) -> Result<T, E>
where
    T: 'static,
    E: From<Error> + 'static,
{
    match answer.map(<Box<dyn Any + Send>>::downcast) {
        Some(Ok(result)) => *result,
        Some(Err(_)) => Err(Error::other("unit", "it was answered with another unit's result").into()),
        None => Err(Error::closed().into()),
    }
}

impl<T, E> Unit for Waiting<T, E>
where
    T: Send + 'static,
    E: From<Error> + Retryable + Send + 'static,
{
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> BoxFuture<'t, Outcome> {
        Box::pin(Running { future: (self.code)(tx), result: &mut self.result })
    }

    fn fail(&mut self, error: Error) -> Outcome {
        let result = Err(error.into());
        let outcome = Outcome::of(&result);
        self.result = Some(result);
        outcome
    }

    fn answer(self: Box<Self>, end: Result<(), Error>) {
        let result: Result<T, E> = match (end, self.result) {
            (Err(error), _) => Err(error.into()),
            (Ok(()), Some(result)) => result,
            (Ok(()), None) => Err(Error::other("unit", "it was answered before it ran").into()),
        };
        // The caller may have gone meanwhile; the unit holds all the same.
        drop(self.reply.send(Box::new(result)));
    }

    fn is_wanted(&self) -> bool {
        !self.reply.is_closed()
    }

    fn name(&self) -> &'static str {
        self.name
    }
}

/// A run of a unit, which leaves its result with the unit.
struct Running<'t, T, E> {
    future: BoxFuture<'t, Result<T, E>>,
    result: &'t mut Option<Result<T, E>>,
}

impl<T, E> Unpin for Running<'_, T, E> {}

impl<T, E: Retryable> Future for Running<'_, T, E> {
    type Output = Outcome;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome> {
        let result = ready!(self.future.as_mut().poll(context));
        let outcome = Outcome::of(&result);
        *self.result = Some(result);
        Poll::Ready(outcome)
    }
}

/// Runs a unit by polling its future once: every method of [`Tx`] answers at once on SQLite, so that is all it needs.
pub(crate) fn poll_once(unit: &mut dyn Unit, tx: &mut Tx) -> Outcome {
    let polled = catch_unwind(AssertUnwindSafe(|| unit.run(tx).as_mut().poll(&mut Context::from_waker(Waker::noop()))));
    match polled {
        Ok(Poll::Ready(outcome)) => sound(outcome, unit, tx),
        Ok(Poll::Pending) => {
            tracing::error!(unit = unit.name(), "bug: a unit awaited something else than its Tx");
            unit.fail(Error::Pending)
        }
        Err(panic) => panicked(unit, &*panic),
    }
}

/// A unit in which a statement failed cannot succeed: PostgreSQL would silently turn its commit into a rollback.
pub(crate) fn sound(outcome: Outcome, unit: &mut dyn Unit, tx: &mut Tx) -> Outcome {
    match tx.take_failure() {
        Some(failure) if outcome == Outcome::Keep => unit.fail(failure),
        _ => outcome,
    }
}

/// A unit whose run ended by a panic.
pub(crate) fn panicked(unit: &mut dyn Unit, panic: &(dyn Any + Send)) -> Outcome {
    tracing::error!(unit = unit.name(), panic = panic_text(panic), "a unit panicked");
    unit.fail(Error::Panicked)
}

/// The words of a panic, if it has any.
pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> &str {
    let fixed = panic.downcast_ref::<&str>().copied();
    fixed.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no text")
}
