//! Completing: the bytes of a whole upload become a file or a version, and the same commit ends the upload.

use super::{Resume, Row, ending, growth};
use crate::plan::{Appended, Goal};
use crate::staged::{Staged, refusal};
use attache_model::file::File;
use attache_model::upload::UploadState;
use attache_model::{Error, Result, What};

impl Resume {
    /// Makes the file of a whole upload. It is safe to repeat after a crash at any point.
    ///
    /// # Errors
    /// `State` when the folder or file that it was for is gone; whatever putting a file can end in.
    pub(super) async fn complete(&self, mut row: Row) -> Result<Appended> {
        let growth = growth(&row)?;
        let place = self.core.upload_place(self.account).await?;
        attache_point::fail_point!("core.upload_whole");
        let stored = self.core.0.blobs.finish(&growth).await.map_err(refusal)?;
        attache_point::fail_point!("core.upload_finished");
        let staged = Staged::of_upload(&self.core, stored, place);
        let inline = staged.volume_key().is_none();
        let file = self.make(&row, staged).await.map_err(target_gone)?;
        attache_point::fail_point!("core.upload_ended");
        if inline
            && !self.core.keeps_bytes().await
            && let Err(error) = self.core.0.blobs.abandon(&growth.key).await
        {
            tracing::warn!(%error, "bytes of a finished upload were left to the sweep");
        }
        row.upload.state = UploadState::Done;
        row.upload.file = Some(file.no);
        Ok(Appended { upload: row.upload, file: Some(file) })
    }

    async fn make(&self, row: &Row, staged: Staged) -> Result<File> {
        let opener = self.opener(row);
        let edit = self.core.edit(&opener)?.for_upload(ending(row, self.core.0.node)).within(row.panel.as_ref());
        let goal = serde_json::from_str(&row.goal).map_err(|error| Error::internal("read an upload's goal", error))?;
        match goal {
            Goal::File(new) => Ok(edit.put_file(*new, staged).await?.into_file()),
            Goal::Version { file, with } => edit.replace_file(file, with, staged).await,
            Goal::Joining => Err(Error::bug("an upload that is to be joined was completed")),
        }
    }
}

/// What an upload was for has gone since it was opened.
fn target_gone(error: Error) -> Error {
    let gone = |what, why: &str| Error::State { what, why: why.to_owned() };
    match error {
        Error::NotFound(What::Folder) => gone(What::Folder, "the folder that the upload was for has been deleted"),
        Error::NotFound(What::File) => gone(What::File, "the file that the upload was for has been deleted"),
        error => error,
    }
}
