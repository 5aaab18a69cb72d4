//! Asking for work to be done later, and after it.

use crate::cursor::{Key, Place};
use crate::job;
use crate::op::audit::{Entry, note};
use crate::plan::FolderChange;
use crate::query::Start;
use crate::table::task::{self, NewTask};
use crate::unit::tenanted;
use crate::{Edit, Remove, View, entropy, node};
use attache_model::audit::Deed;
use attache_model::error::What;
use attache_model::id::TaskId;
use attache_model::page::Page;
use attache_model::task::{Task, TaskState};
use attache_model::{Error, FolderRef, Result};
use std::sync::Arc;
use std::time::Duration;

impl View<'_> {
    /// A task of the caller's account.
    ///
    /// # Errors
    /// `NotFound(Task)`.
    pub async fn task(&self, id: TaskId) -> Result<Task> {
        let unit = tenanted::<Task, _>(move |mut t| {
            Box::pin(async move { Ok(task::get(&mut t, id).await?.ok_or(Error::NotFound(What::Task))?) })
        });
        self.read("read a task", unit).await
    }

    /// The tasks of the caller's account that are in one of these states (`None` for all), newest first.
    ///
    /// # Errors
    /// `CursorInvalid`.
    pub async fn tasks(&self, states: Option<&[TaskState]>, start: Start, limit: u32) -> Result<Page<Task>> {
        let states = states.unwrap_or(&TaskState::ALL);
        let list = format!("tasks|{states:?}");
        let (at, id) = match self.place(&list, &start)? {
            None => (i64::MAX, String::new()),
            Some(Place { key: Key::Int(at), tie: Key::Text(id) }) => (at, id),
            Some(_) => return Err(Error::bug("a cursor of tasks holds something else")),
        };
        let fixed = Arc::new((states.to_vec(), id));
        let unit = tenanted::<Vec<Task>, _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move { task::list(&mut t, &fixed.0, (at, &fixed.1), limit + 1).await })
        });
        let items = self.read("list tasks", unit).await?;
        let place = |task: &Task| Place { key: Key::Int(task.requested_at.0), tie: Key::Text(task.id.to_string()) };
        Ok(self.cut(&list, limit, items, place))
    }
}

impl Edit<'_> {
    /// Changes a folder by a task. What can be checked now is; a name that is taken by then fails the task.
    ///
    /// # Errors
    /// As `change_folder`, but for a taken name.
    pub async fn change_folder_later(&self, reference: &FolderRef, change: FolderChange) -> Result<TaskId> {
        let folder = self.check_folder_change(reference, &change).await?;
        self.enqueue(job::folder::KIND, &job::folder::Payload::new(folder, change)).await
    }

    /// Keeps a task for the worker, with the caller's rights.
    pub(crate) async fn enqueue<P: serde::Serialize>(&self, kind: &'static str, payload: &P) -> Result<TaskId> {
        enqueue(self, kind, payload).await
    }
}

impl Remove<'_> {
    /// Erases what is in the trash now, by a task.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn empty_trash(&self) -> Result<TaskId> {
        // Moments are kept in whole milliseconds: what came into the trash in this one is meant too.
        let before = self.now().plus(Duration::from_millis(1));
        enqueue(self, job::trash::KIND, &job::trash::Payload::new(before)).await
    }
}

async fn enqueue<P: serde::Serialize>(view: &View<'_>, kind: &'static str, payload: &P) -> Result<TaskId> {
    let now = view.now();
    let id = TaskId(entropy::uuid(now));
    let by = Entry::by(view.caller(), now, Deed::TaskCreated, format!("task/{id}"));
    let new = Arc::new(NewTask {
        id,
        actor: view.caller().actor(),
        scopes: view.caller().scopes(),
        kind,
        payload: serde_json::to_string(payload).map_err(|error| Error::internal("write a task down", error))?,
        run_at: now,
        dedup: None,
        requested_at: now,
    });
    let (core, account) = (view.core.clone(), view.caller().account());
    let unit = tenanted::<(), _>(move |mut t| {
        let (new, core, by) = (new.clone(), core.clone(), by.clone());
        Box::pin(async move {
            task::add(&mut t, &new).await?;
            t.after_commit(move || core.wake());
            node::say_task(t.bare()).await?;
            note(&mut t, by).await
        })
    });
    view.core.write("keep a task", account, unit).await?;
    attache_point::fail_point!("core.task_kept");
    Ok(id)
}
