//! Durable work that a caller can ask after.

use crate::id::TaskId;
use crate::{FileNo, FolderNo, Time, UserNo};

/// How far a task is. It only moves forward: queued, running, then done or failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskState {
    /// Waiting for its turn.
    Queued,
    /// Being worked on.
    Running,
    /// Finished; the result is there.
    Done,
    /// Given up; the reason is there.
    Failed,
}

impl TaskState {
    /// Every state, in the order that a task goes through them.
    pub const ALL: [TaskState; 4] = [TaskState::Queued, TaskState::Running, TaskState::Done, TaskState::Failed];

    /// The number that is stored.
    pub const fn code(self) -> i64 {
        self as i64
    }

    /// From the stored number.
    pub const fn from_code(code: i64) -> Option<TaskState> {
        match code {
            0 => Some(TaskState::Queued),
            1 => Some(TaskState::Running),
            2 => Some(TaskState::Done),
            3 => Some(TaskState::Failed),
            _ => None,
        }
    }
}

/// What a task came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskResult {
    /// A file: stored, or found to be there already.
    File(FileNo),
    /// A folder.
    Folder(FolderNo),
}

/// A task as its caller sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// The kind of work, such as `import_url`.
    pub kind: String,
    /// Who asked for it.
    pub actor: UserNo,
    /// How far it is.
    pub state: TaskState,
    /// When it was asked for.
    pub requested_at: Time,
    /// When work on it began.
    pub started_at: Option<Time>,
    /// When it ended.
    pub completed_at: Option<Time>,
    /// What it came to, when done.
    pub result: Option<TaskResult>,
    /// Why it failed, for the caller's eyes.
    pub error: Option<TaskError>,
}

/// Why a task failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskError {
    /// A stable word, such as `source_status` or `exists`.
    pub code: String,
    /// A sentence.
    pub message: String,
}
