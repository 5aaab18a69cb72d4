//! The trash: files go there on every delete that is not an erase, and come back from there. What is in the trash does
//! not count against the account's quota; what comes back does again.

use crate::op::get;
use crate::op::link::with_paths;
use crate::op::put::whole;
use crate::op::taken::{free_name, taker};
use crate::op::version;
use crate::plan::Condition;
use crate::settle::{Author, Change, settle};
use crate::table::{self, file, folder};
use crate::unit::{Outcome, Tenanted, tenanted};
use crate::{Edit, Remove, View, etag};
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
                let change = trash(&mut t, &row, author, now, Change::default()).await?;
                settle(&mut t, author, now, &change).await
            })
        });
        self.write("move a file to the trash", unit).await?;
        attache_point::fail_point!("core.file_trashed");
        Ok(())
    }

    /// Moves files to the trash in one commit, and says how many. What is unknown or in the trash already is passed over.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn trash_files(&self, files: &[FileRef]) -> Result<usize> {
        let (now, sees) = (self.now(), self.caller().reaches_hidden());
        let fixed = Arc::new((files.to_vec(), self.author()));
        let unit = tenanted::<usize, _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let (files, author) = &*fixed;
                let (mut change, mut count) = (Change::default(), 0);
                file::hold_all(&mut t, files).await?;
                for file in files {
                    let held = file::hold(&mut t, *file).await?.filter(|row| row.visible(now, sees));
                    if let Some(row) = held {
                        change = trash(&mut t, &row, author, now, change).await?;
                        count += 1;
                    }
                }
                if count > 0 {
                    settle(&mut t, author, now, &change).await?;
                }
                Ok(count)
            })
        });
        self.write("move files to the trash", unit).await
    }

    /// Takes a file out of the trash: into its folder, or the root when that is gone; under its name, or `name-1` when
    /// that is taken. Nothing is overwritten.
    ///
    /// # Errors
    /// `NotFound(File)`; `State` for a file that is not in the trash; `Quota`.
    pub async fn restore_file(&self, file: impl Into<FileRef>) -> Result<File> {
        let (file, now, sees) = (file.into(), self.now(), self.caller().reaches_hidden());
        let author = Arc::new(self.author());
        let unit = tenanted::<File, _>(move |mut t| {
            let author = author.clone();
            Box::pin(async move {
                let row = get::to_remove(&mut t, file, now, sees).await?;
                if row.file.trashed_at.is_none() {
                    let why = String::from("it is not in the trash");
                    return Err(Error::State { what: What::File, why }.into());
                }
                let (row, change) = restore(&mut t, row, &author, now, Change::default()).await?;
                settle(&mut t, &author, now, &change).await?;
                Ok(whole(&mut t, row).await?.file)
            })
        });
        let restored = self.write("restore a file", unit).await;
        attache_point::fail_point!("core.file_restored");
        restored
    }

    /// Takes files out of the trash in one commit, each as [`Remove::restore_file`] does. What is unknown or lives is
    /// passed over.
    ///
    /// # Errors
    /// `Quota`; then none comes back.
    pub async fn restore_files(&self, files: &[FileRef]) -> Result<Vec<File>> {
        restore_files(self, self.author(), files).await
    }
}

impl Edit<'_> {
    /// As [`Remove::restore_files`]: whoever may put files in may bring them back.
    ///
    /// # Errors
    /// `Quota`; then none comes back.
    pub async fn restore_files(&self, files: &[FileRef]) -> Result<Vec<File>> {
        restore_files(self, self.author(), files).await
    }
}

async fn restore_files(view: &View<'_>, author: Author, files: &[FileRef]) -> Result<Vec<File>> {
    let (now, sees) = (view.now(), view.caller().reaches_hidden());
    let fixed = Arc::new((files.to_vec(), author));
    let unit = tenanted::<Vec<File>, _>(move |mut t| {
        let fixed = fixed.clone();
        Box::pin(async move {
            let (files, author) = &*fixed;
            let (mut change, mut rows) = (Change::default(), Vec::new());
            file::hold_all(&mut t, files).await?;
            for file in files {
                let held = file::hold(&mut t, *file).await?;
                if let Some(row) = held.filter(|row| row.in_sight(now, sees) && row.file.trashed_at.is_some()) {
                    let (row, noted) = restore(&mut t, row, author, now, change).await?;
                    change = noted;
                    rows.push(row);
                }
            }
            if !rows.is_empty() {
                settle(&mut t, author, now, &change).await?;
            }
            with_paths(&mut t, rows).await
        })
    });
    view.write("restore files", unit).await
}

/// Moves a held, living file to the trash.
pub(crate) async fn trash(
    t: &mut Tenanted<'_>,
    row: &file::Row,
    author: &Author,
    now: Time,
    change: Change,
) -> Outcome<Change> {
    let Some(bytes) = file::trash(t, row.file.no, author.user, now).await? else {
        return Err(attache_db::Error::Retry.into());
    };
    Ok(change.and_file(EventKind::FileTrashed, row.file.no).with(-bytes, -1))
}

/// Brings a held file back from the trash.
async fn restore(
    t: &mut Tenanted<'_>,
    mut row: file::Row,
    author: &Author,
    now: Time,
    change: Change,
) -> Outcome<(file::Row, Change)> {
    put_back(t, &mut row, now).await?;
    version::save(t, &mut row, author.user, now).await?;
    // Whoever brings it back wants it kept, on a record or not.
    file::end_claim(t, row.file.no, Time::NEVER).await?;
    let bytes = table::version::weigh(t, row.file.no).await?;
    let change = change.and_file(EventKind::FileRestored, row.file.no).with(bytes, 1);
    Ok((row, change))
}

/// Finds the place that a restored file gets.
async fn put_back(t: &mut Tenanted<'_>, row: &mut file::Row, now: Time) -> Outcome<()> {
    (row.file.trashed_at, row.file.trashed_by) = (None, None);
    if row.file.folder != FolderNo::ROOT && !folder::hold(t, row.file.folder).await? {
        row.file.folder = FolderNo::ROOT;
    }
    if taker(t, row.file.folder, &row.file.name, now).await?.is_some() {
        row.file.name = free_name(t, row.file.folder, &row.file.name).await?;
    }
    Ok(())
}
