//! Replacing a file's content: the new bytes are a version, the old ones stay as one.

use crate::op::blob::Arrival;
use crate::op::put::{facts, whole};
use crate::op::{get, version};
use crate::plan::Replacement;
use crate::settle::{Change, settle};
use crate::staged::Staged;
use crate::unit::tenanted;
use crate::{Edit, etag, sniff};
use attache_model::event::EventKind;
use attache_model::file::File;
use attache_model::{FileRef, Result};
use std::sync::Arc;

impl Edit<'_> {
    /// A file that this handle may change, as it is now.
    async fn look_at(&self, file: FileRef) -> Result<File> {
        let (now, sees) = (self.now(), self.caller().reaches_hidden());
        let unit = tenanted::<File, _>(move |mut t| {
            Box::pin(async move { Ok(get::visible(&mut t, file, now, sees).await?.file) })
        });
        self.read("read a file's name", unit).await
    }

    /// Rules on a replacement that need no look at the database.
    pub(crate) fn check_replacement(&self, with: &Replacement) -> Result<()> {
        self.check_access(with.access)?;
        self.check_expiry(with.expires_at.flatten())?;
        with.media_type.as_deref().map_or(Ok(()), sniff::check_type)
    }

    /// Makes staged bytes the active version of a file. Its name, id and place stay.
    ///
    /// # Errors
    /// `NotFound(File)`, `Precondition`, `Quota`, `Invalid`.
    pub async fn replace_file(&self, file: impl Into<FileRef>, mut with: Replacement, staged: Staged) -> Result<File> {
        self.check_replacement(&with)?;
        let (file, now, author, sees) = (file.into(), self.now(), self.author(), self.caller().reaches_hidden());
        let there = self.look_at(file).await?;
        if is_condition_tested_early() {
            etag::demand(&std::mem::take(&mut with.condition), &there)?;
        }
        let facts = facts(&staged, &there.name, with.media_type.as_deref(), with.charset.as_deref());
        let fixed = Arc::new((with, Arrival::of(self.core, &staged), facts, author));
        let unit = tenanted::<(File, bool), _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let (with, arrival, facts, author) = &*fixed;
                let mut row = get::to_change(&mut t, file, now, sees).await?;
                author.demand(&mut t, row.file.no).await?;
                etag::demand(&with.condition, &row.file)?;
                let adopted = version::append(&mut t, &mut row, arrival, facts, author.user, now).await?;
                row.file.upload = author.upload.map(|ending| ending.no);
                row.file.access = with.access.unwrap_or(row.file.access);
                row.file.expires_at = with.expires_at.unwrap_or(row.file.expires_at);
                version::save(&mut t, &mut row, author.user, now).await?;
                let row = whole(&mut t, row).await?;
                let change = Change::file(EventKind::FileReplaced, row.file.no);
                settle(&mut t, author, now, &change.with(crate::table::signed(arrival.size), 0)).await?;
                Ok((row.file, adopted))
            })
        });
        let (core, account) = (self.core.clone(), self.caller().account());
        let commit = async move {
            attache_point::fail_point!("core.version_offered");
            let end = core.write("replace a file", account, unit).await;
            attache_point::fail_point!("core.file_replaced");
            end
        };
        self.core.commit_staged(staged, commit).await
    }
}

/// A fault that tests plant: the condition is tested before the commit and not in it, so that two writers may both win.
fn is_condition_tested_early() -> bool {
    attache_point::fail_point!("core.if_match_early", |_| true);
    false
}
