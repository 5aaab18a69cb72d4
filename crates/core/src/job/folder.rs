//! Changing a folder on behalf of somebody who did not wait.

use super::{Ended, Verdict};
use crate::op::folder::change_for_task;
use crate::plan::FolderChange;
use crate::settle::Author;
use crate::{Caller, Core};
use attache_model::task::{TaskError, TaskResult};
use attache_model::{Error, FolderNo, FolderRef};
use serde::{Deserialize, Serialize};

/// The kind's word.
pub(crate) const KIND: &str = "change_folder";

/// What is to be done.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Payload {
    folder: FolderNo,
    change: FolderChange,
}

impl Payload {
    pub(crate) fn new(folder: FolderNo, change: FolderChange) -> Payload {
        Payload { folder, change }
    }
}

pub(crate) async fn run(core: &Core, caller: &Caller, payload: Payload) -> Ended {
    let (folder, author) = (FolderRef::No(payload.folder), Author::new(caller));
    match change_for_task(core, caller.account(), folder, payload.change, author).await {
        Ok(folder) => Ok(Some(TaskResult::Folder(folder.no))),
        Err(Error::Exists { no, .. }) => {
            let message = format!("The folder's new name is taken there by folder {no}.");
            Err(Verdict::Drop(TaskError { code: String::from("exists"), message }))
        }
        Err(error) => Err(error.into()),
    }
}
