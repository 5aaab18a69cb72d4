//! Importing a file from a URL: checked now, fetched by a task.

use crate::Edit;
use crate::job::import::{KIND, Payload};
use crate::outgoing;
use crate::plan::NewImport;
use attache_model::Result;
use attache_model::id::TaskId;

impl Edit<'_> {
    /// Fetches a file from a URL by a task. An address that may not be reached is refused by the task.
    ///
    /// # Errors
    /// `UrlInvalid` for what is no URL; `UrlRefused` for one that is not http or https; `NotFound(Folder)` for an unknown
    /// number or id; `Invalid`.
    pub async fn import_url(&self, new: NewImport) -> Result<TaskId> {
        outgoing::parse(&new.url, self.core.limits())?;
        self.foresee(&new.file, None).await?;
        self.enqueue(KIND, &Payload::new(new)).await
    }

    /// As [`Edit::import_url`], but what can be refused before a name is resolved is refused now.
    ///
    /// # Errors
    /// Those of [`Edit::import_url`]; `UrlRefused` for an address or a port that may not be reached.
    pub async fn import_at_once(&self, new: NewImport) -> Result<TaskId> {
        let url = outgoing::parse(&new.url, self.core.limits())?;
        self.foresee(&new.file, None).await?;
        self.core.0.outgoing.check(&url)?;
        self.enqueue(KIND, &Payload::new(new)).await
    }
}
