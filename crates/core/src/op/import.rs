//! Importing a file from a URL: checked now, fetched by a task.

use crate::Edit;
use crate::job::import::{KIND, Payload};
use crate::outgoing;
use crate::plan::NewImport;
use attache_model::Result;
use attache_model::id::TaskId;

impl Edit<'_> {
    /// Fetches a file from a URL by a task.
    ///
    /// # Errors
    /// `UrlInvalid` for what is no http or https URL; `NotFound(Folder)` for an unknown number or id; `Invalid`.
    pub async fn import_url(&self, new: NewImport) -> Result<TaskId> {
        outgoing::parse(&new.url, self.core.limits())?;
        self.foresee(&new.file, None).await?;
        self.enqueue(KIND, &Payload::new(new)).await
    }
}
