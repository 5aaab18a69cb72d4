//! Resumable uploads from a record's panel: their files land on the record, and a guest goes on only with uploads of the same
//! record's panel.

use super::{Resume, abort, in_time};
use crate::op::panel::{Panel, PanelGoal};
use crate::plan::{Goal, NewUpload, Replacement};
use crate::table::upload::Row;
use crate::unit::tenanted;
use attache_model::upload::Upload;
use attache_model::{Error, Result, UploadRef, What};
use std::sync::Arc;

impl Panel<'_> {
    /// Opens an upload.
    ///
    /// # Errors
    /// `NotFound(File)` for a version of a file that the panel does not show; what [`crate::Edit::open_upload`] can end in;
    /// `MissingScope`.
    pub async fn open_upload(&self, goal: PanelGoal, length: Option<u64>, memo: String) -> Result<Upload> {
        let goal = match goal {
            PanelGoal::File(new) => Goal::File(Box::new(self.plan(&new))),
            PanelGoal::Version { file, media_type, charset } => {
                Goal::Version { file, with: Replacement { media_type, charset, ..Replacement::default() } }
            }
        };
        self.changing()?.open_upload(NewUpload { length, goal, memo }).await
    }

    /// An upload of this record's panel, finished or not.
    ///
    /// # Errors
    /// `NotFound(Upload)` for every other one; `Gone(Upload)` when its time is over; `MissingScope`.
    pub async fn upload(&self, upload: impl Into<UploadRef>) -> Result<Upload> {
        let edit = self.changing()?;
        let (upload, now, record) = (upload.into(), edit.now(), Arc::new(self.record().clone()));
        let unit = tenanted::<Row, _>(move |mut t| {
            let record = record.clone();
            Box::pin(async move {
                // Whose it is comes first: of others not even the end is told.
                let row = crate::table::upload::find(&mut t, upload).await?;
                let own = row.is_some_and(|row| row.panel.as_ref() == Some(&*record));
                if !own {
                    return Err(Error::NotFound(What::Upload).into());
                }
                in_time(&mut t, upload, now).await
            })
        });
        Ok(edit.read("look at a panel's upload", unit).await?.upload)
    }

    /// An upload to go on with.
    ///
    /// # Errors
    /// As [`Panel::upload`].
    pub async fn resume(&self, upload: impl Into<UploadRef>) -> Result<Resume> {
        let edit = self.changing()?;
        let no = self.upload(upload).await?.no;
        Ok(Resume { core: edit.core.clone(), account: edit.caller().account(), no })
    }

    /// Gives an upload up and forgets it. The file that a finished one became stays.
    ///
    /// # Errors
    /// As [`Panel::upload`].
    pub async fn abort_upload(&self, upload: impl Into<UploadRef>) -> Result<()> {
        let edit = self.changing()?;
        let no = self.upload(upload).await?.no;
        abort(&edit, no.into()).await
    }
}
