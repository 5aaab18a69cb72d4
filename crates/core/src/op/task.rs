//! Asking for work to be done later, and after it.

use crate::Edit;
use crate::View;
use crate::entropy;
use crate::job;
use crate::plan::FolderChange;
use crate::table::task::{self, NewTask};
use crate::unit::tenanted;
use attache_model::error::What;
use attache_model::id::TaskId;
use attache_model::task::Task;
use attache_model::{Error, FolderRef, Result};
use std::sync::Arc;

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
        let now = self.now();
        let new = Arc::new(NewTask {
            id: TaskId(entropy::uuid(now)),
            actor: self.caller().actor(),
            scopes: self.caller().scopes(),
            kind,
            payload: serde_json::to_string(payload).map_err(|error| Error::internal("write a task down", error))?,
            run_at: now,
            dedup: None,
            requested_at: now,
        });
        let id = new.id;
        let (core, account) = (self.core.clone(), self.caller().account());
        let unit = tenanted::<(), _>(move |mut t| {
            let (new, core) = (new.clone(), core.clone());
            Box::pin(async move {
                task::add(&mut t, &new).await?;
                t.after_commit(move || core.wake());
                Ok(())
            })
        });
        self.core.write("keep a task", account, unit).await?;
        Ok(id)
    }
}
