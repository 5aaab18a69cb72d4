//! The trash: files go there on every delete that is not an erase, and come back from there.

use crate::op::get;
use crate::op::put::whole;
use crate::op::taken::{free_name, taker};
use crate::op::version;
use crate::plan::Condition;
use crate::settle::{Change, settle};
use crate::table::{file, folder};
use crate::unit::{Outcome, Tenanted, tenanted};
use crate::{Remove, etag};
use attache_model::event::EventKind;
use attache_model::file::File;
use attache_model::{Error, FileRef, FolderNo, Result, Time, What};
use std::sync::Arc;

impl Remove<'_> {
    /// Moves a file to the trash. One that is there already stays there.
    ///
    /// # Errors
    /// `NotFound(File)` for one that never was, was erased or purged; `Precondition`.
    pub async fn trash_file(&self, file: impl Into<FileRef>, condition: Condition) -> Result<()> {
        let (file, now, sees) = (file.into(), self.now(), self.caller().reaches_hidden());
        let fixed = Arc::new((condition, self.author()));
        let unit = tenanted::<(), _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let (condition, author) = &*fixed;
                let row = get::to_remove(&mut t, file, now, sees).await?;
                if row.file.trashed_at.is_some() {
                    return Ok(());
                }
                etag::demand(condition, &row.file)?;
                if !file::trash(&mut t, row.file.no, now).await? {
                    return Err(attache_db::Error::Retry.into());
                }
                settle(&mut t, author, now, &Change::file(EventKind::FileTrashed, row.file.no)).await
            })
        });
        self.write("move a file to the trash", unit).await
    }

    /// Takes a file out of the trash: into its folder, or the root when that is gone; under its name, or `name-1` when
    /// that is taken. Nothing is overwritten.
    ///
    /// # Errors
    /// `NotFound(File)`; `State` for a file that is not in the trash.
    pub async fn restore_file(&self, file: impl Into<FileRef>) -> Result<File> {
        let (file, now, sees) = (file.into(), self.now(), self.caller().reaches_hidden());
        let author = Arc::new(self.author());
        let unit = tenanted::<File, _>(move |mut t| {
            let author = author.clone();
            Box::pin(async move {
                let mut row = get::to_remove(&mut t, file, now, sees).await?;
                if row.file.trashed_at.is_none() {
                    let why = String::from("it is not in the trash");
                    return Err(Error::State { what: What::File, why }.into());
                }
                put_back(&mut t, &mut row, now).await?;
                version::save(&mut t, &mut row, now).await?;
                settle(&mut t, &author, now, &Change::file(EventKind::FileRestored, row.file.no)).await?;
                Ok(whole(&mut t, row).await?.file)
            })
        });
        self.write("restore a file", unit).await
    }
}

/// Finds the place that a restored file gets.
async fn put_back(t: &mut Tenanted<'_>, row: &mut file::Row, now: Time) -> Outcome<()> {
    row.file.trashed_at = None;
    if row.file.folder != FolderNo::ROOT && !folder::hold(t, row.file.folder).await? {
        row.file.folder = FolderNo::ROOT;
    }
    if taker(t, row.file.folder, &row.file.name, now).await?.is_some() {
        row.file.name = free_name(t, row.file.folder, &row.file.name).await?;
    }
    Ok(())
}
