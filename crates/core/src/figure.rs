//! Figures for whoever runs the service: what this process is busy with, and how tasks ended here.

use crate::job::KINDS;
use crate::job::scrub::count_marked;
use crate::unit::bare;
use crate::{Core, table};
use attache_blobs::Traffic;
use attache_db::Connections;
use attache_model::Result;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// What this process is busy with at one moment. Counts are those of the process, from its start.
#[derive(Clone, Debug)]
pub struct Figures {
    /// Uploads whose bytes are being written.
    pub uploads: u64,
    /// Previews that are being made.
    pub previews: u64,
    /// Connections to the database's server, where there is one.
    pub connections: Option<Connections>,
    /// Requests to the object store since the start, where there is one.
    pub store: Option<Traffic>,
    /// One line for each kind of task.
    pub tasks: Vec<TaskFigures>,
    /// What was found out about what is stored.
    pub care: CareFigures,
}

/// What a process found out about stored contents and books, and about its clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CareFigures {
    /// Contents that the scrub has read and compared here.
    pub contents_read: u64,
    /// Bytes of them.
    pub bytes_read: u64,
    /// Contents that it could not read here.
    pub unread: u64,
    /// Contents that were found to be damaged here.
    pub damage_found: u64,
    /// Damaged contents that were found to be whole again here.
    pub damage_mended: u64,
    /// Answers that were not given or broken off here, because the content is damaged.
    pub damaged_reads: u64,
    /// Contents that are known as damaged, in the whole installation, when this process looked last.
    pub damaged: u64,
    /// Books that differed from a recount here.
    pub books_wrong: u64,
    /// Whether this process doubts its clock.
    pub clock_doubted: bool,
}

/// The tasks of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskFigures {
    /// Its name.
    pub kind: &'static str,
    /// Due and taken by no node, in the whole installation, when this process looked last.
    pub waiting: u64,
    /// Running in this process.
    pub running: u64,
    /// Ended well here.
    pub done: u64,
    /// Met trouble here and were put off.
    pub put_off: u64,
    /// Given up here.
    pub failed: u64,
}

/// How a task ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Done,
    PutOff,
    Failed,
}

/// What is counted as it happens.
#[derive(Debug, Default)]
pub(crate) struct Counts([Count; KINDS.len()]);

#[derive(Debug, Default)]
struct Count {
    waiting: AtomicU64,
    running: AtomicU64,
    ended: [AtomicU64; 3],
}

impl Counts {
    /// A task of this kind runs as long as the answer lives.
    pub(crate) fn running(&self, kind: &str) -> Option<Running<'_>> {
        let count = self.of(kind)?;
        count.running.fetch_add(1, Relaxed);
        Some(Running(&count.running))
    }

    /// A task of this kind has ended.
    pub(crate) fn ended(&self, kind: &str, end: End) {
        if let Some(count) = self.of(kind) {
            count.ended[end as usize].fetch_add(1, Relaxed);
        }
    }

    fn of(&self, kind: &str) -> Option<&Count> {
        KINDS.iter().position(|(name, _)| *name == kind).and_then(|no| self.0.get(no))
    }
}

/// A task that runs.
#[derive(Debug)]
pub(crate) struct Running<'c>(&'c AtomicU64);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

/// Counts the tasks that wait, of every kind, and the contents that are damaged.
pub(crate) async fn count_waiting(core: Core) -> Result<()> {
    let now = core.now();
    for (count, (kind, _)) in core.0.counts.0.iter().zip(KINDS) {
        let look = bare::<i64, _>(move |tx| Box::pin(table::task::waiting(tx, kind, now)));
        let waiting = core.read_all("count the tasks that wait", look).await?;
        count.waiting.store(u64::try_from(waiting).unwrap_or_default(), Relaxed);
    }
    count_marked(&core).await
}

impl Core {
    /// What this process is busy with now. Asks nobody: what is known of the database's tasks may be some seconds old.
    pub fn figures(&self) -> Figures {
        let taken = |most: u64, free: usize| most.saturating_sub(free as u64);
        let tasks = KINDS.iter().zip(&self.0.counts.0).map(|((kind, _), count)| TaskFigures {
            kind,
            waiting: count.waiting.load(Relaxed),
            running: count.running.load(Relaxed),
            done: count.ended[End::Done as usize].load(Relaxed),
            put_off: count.ended[End::PutOff as usize].load(Relaxed),
            failed: count.ended[End::Failed as usize].load(Relaxed),
        });
        Figures {
            uploads: taken(self.limits().uploads, self.0.uploads.free()),
            previews: taken(self.limits().previews, self.0.previews.available_permits()),
            connections: self.0.db.connections(),
            store: self.0.blobs.traffic(),
            tasks: tasks.collect(),
            care: self.0.scrub.counts.figures(self.doubts_clock()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_counted_while_it_runs_and_once_it_has_ended() {
        let counts = Counts::default();
        let kind = KINDS[0].0;
        let running = counts.running(kind);
        assert_eq!(counts.0[0].running.load(Relaxed), 1);
        drop(running);
        counts.ended(kind, End::PutOff);
        assert_eq!(counts.0[0].running.load(Relaxed), 0);
        assert_eq!(counts.0[0].ended.each_ref().map(|count| count.load(Relaxed)), [0, 1, 0]);
    }

    #[test]
    fn a_kind_that_nobody_knows_is_not_counted() {
        let counts = Counts::default();
        assert!(counts.running("made_up").is_none());
        counts.ended("made_up", End::Done);
        assert!(counts.0.iter().all(|count| count.ended[0].load(Relaxed) == 0));
    }
}
