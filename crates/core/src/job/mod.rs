//! Jobs: what each kind of task does. A job may run more than once, so each ends in a unit that is safe to repeat.

pub(crate) mod folder;
pub(crate) mod import;
pub(crate) mod recount;
pub(crate) mod scrub;
pub(crate) mod sweep;
pub(crate) mod trash;
pub(crate) mod webhook;

use crate::figure::End;
use crate::settle::Held;
use crate::{Caller, Core};
use attache_model::task::{TaskError, TaskResult};

/// The kinds of task and how many of each run at once in a process.
pub(crate) const KINDS: [(&str, usize); 4] =
    [(folder::KIND, 1), (import::KIND, 4), (trash::KIND, 1), (webhook::KIND, webhook::AT_ONCE)];

/// How a job ended that did not do its work.
#[derive(Clone, Debug)]
pub(crate) enum Verdict {
    /// It may go better later.
    Again(TaskError),
    /// It never will.
    Drop(TaskError),
    /// It has written its end down itself: it is over, or goes on at a time of its own, which counts as no try.
    Written(End),
}

impl Verdict {
    /// Never, with a code and a sentence for the caller.
    pub(crate) fn drop(code: &str, message: impl Into<String>) -> Verdict {
        Verdict::Drop(TaskError { code: code.to_owned(), message: message.into() })
    }
}

/// What is told of a job that panicked.
pub(crate) fn panicked() -> TaskError {
    TaskError { code: "internal".to_owned(), message: "the task met a fault of the server".to_owned() }
}

/// What a job returns.
pub(crate) type Ended = Result<Option<TaskResult>, Verdict>;

/// Runs the job of a task.
pub(crate) async fn run(core: &Core, kind: &str, caller: &Caller, held: Held, payload: &str) -> Ended {
    match kind {
        folder::KIND => folder::run(core, caller, read(payload)?).await,
        import::KIND => import::run(core, caller, held, read(payload)?).await,
        trash::KIND => trash::run(core, caller, read(payload)?).await,
        webhook::KIND => webhook::run(core, caller, held, read(payload)?).await,
        _ => Err(Verdict::drop("unknown_kind", "this version of the server does not know this kind of task")),
    }
}

fn read<P: serde::de::DeserializeOwned>(payload: &str) -> Result<P, Verdict> {
    serde_json::from_str(payload).map_err(|error| Verdict::drop("payload", format!("the task cannot be read: {error}")))
}
