//! Erasing: bytes, name and all, at once. Events keep the number of what was erased and nothing else of it.

use crate::op::file_use::outlive;
use crate::op::get;
use crate::plan::Condition;
use crate::settle::{Author, Change, settle};
use crate::table::{self, blob, file, once, task, upload, version};
use crate::unit::{Outcome, Tenanted, tenanted};
use crate::{Core, Remove, etag};
use attache_model::event::EventKind;
use attache_model::{AccountNo, Error, FileNo, FileRef, Result, Time, UserNo, What};
use std::sync::Arc;

impl Remove<'_> {
    /// Erases a file, living or in the trash. Bytes that another file has too stay for that one.
    ///
    /// # Errors
    /// `NotFound(File)`, the second time too; `Precondition`.
    pub async fn erase_file(&self, file: impl Into<FileRef>, condition: Condition) -> Result<()> {
        let (file, now, sees) = (file.into(), self.now(), self.caller().reaches_hidden());
        let fixed = Arc::new((condition, self.author()));
        let unit = tenanted::<Vec<String>, _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let (condition, author) = &*fixed;
                let row = get::to_remove(&mut t, file, now, sees).await?;
                etag::demand(condition, &row.file)?;
                forget(&mut t, &row, author, now, EventKind::FileErased).await
            })
        });
        let dead = self.write("erase a file", unit).await?;
        self.core.bury(self.caller().account(), dead).await;
        self.core.scrub().await;
        Ok(())
    }
}

impl Core {
    /// Removes those of a few files whose time is over, in one commit, on behalf of `by`; how many that were.
    pub(crate) async fn purge_files(
        &self,
        account: AccountNo,
        files: &[FileNo],
        trashed_before: Time,
        by: UserNo,
    ) -> Result<usize> {
        let now = self.now();
        let fixed = Arc::new((
            files.to_vec(),
            Author { user: by, once: None, task: None, upload: None, intake: None, within: None },
        ));
        let unit = tenanted::<(usize, Vec<String>), _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let (files, author) = &*fixed;
                let (mut purged, mut dead) = (0, Vec::new());
                file::hold_all(&mut t, &files.iter().map(|no| (*no).into()).collect::<Vec<_>>()).await?;
                for no in files {
                    let held = file::hold(&mut t, (*no).into()).await?;
                    if let Some(row) = held.filter(|row| is_over(row, trashed_before, now)) {
                        dead.extend(forget(&mut t, &row, author, now, EventKind::FilePurged).await?);
                        purged += 1;
                    }
                }
                Ok((purged, dead))
            })
        });
        let (purged, dead) = self.write("purge files", account, unit).await?;
        self.bury(account, dead).await;
        Ok(purged)
    }

    /// Takes what was erased out of the database's log too. What fails here is done by the next checkpoint.
    pub(crate) async fn scrub(&self) {
        if let Err(error) = self.0.db.scrub_log().await {
            tracing::warn!(%error, "the database's log keeps erased content until its next checkpoint");
        }
    }
}

/// Whether a file's time in the trash, or its own, is over.
fn is_over(row: &file::Row, trashed_before: Time, now: Time) -> bool {
    row.file.trashed_at.is_some_and(|at| at < trashed_before) || row.file.expires_at.is_some_and(|end| end <= now)
}

/// Takes a file out of every table. The keys of blobs that died with it, whose bytes are to be removed.
async fn forget(
    t: &mut Tenanted<'_>,
    row: &file::Row,
    author: &Author,
    now: Time,
    kind: EventKind,
) -> Outcome<Vec<String>> {
    let no = row.file.no;
    let versions = version::list(t, no).await?;
    once::forget_effect(t, &format!("file/{no}")).await?;
    task::clear_file(t, no).await?;
    upload::forget_file(t, no).await?;
    outlive(t, row, kind == EventKind::FileErased).await?;
    version::forget(t, no).await?;
    if file::forget(t, no).await? == 0 {
        return Err(Error::NotFound(What::File).into());
    }
    let mut dead = Vec::new();
    let mut bytes = 0;
    for version in versions {
        bytes += table::signed(version.version.size);
        dead.extend(blob::release(t, &version.blob).await?);
    }
    // What is in the trash does not count any more.
    let (bytes, files) = if row.file.trashed_at.is_none() { (bytes, 1) } else { (0, 0) };
    settle(t, author, now, &Change::file(kind, no).with(-bytes, -files)).await?;
    Ok(dead)
}
