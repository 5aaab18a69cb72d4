//! Erasing: bytes, name and all, at once. Events keep the number of what was erased and nothing else of it; the ledger
//! keeps what went, in the commit that takes it away.

use crate::op::erasure::Wish;
use crate::op::erasure::look::Look;
use crate::op::file_use::outlive;
use crate::op::{get, legal_hold};
use crate::plan::Condition;
use crate::settle::{Author, Change, settle};
use crate::table::blob::{self, Released};
use crate::table::{self, erasure, file, once, task, upload, version};
use crate::unit::{Outcome, Tenanted, tenanted};
use crate::{Core, Remove, etag};
use attache_model::erasure::{ErasedContent, Erasure, ErasureKind, Fate, Parts, Removed};
use attache_model::event::EventKind;
use attache_model::id::ErasureId;
use attache_model::{AccountNo, Error, FileNo, FileRef, Result, Time, UserNo, What};
use std::collections::HashMap;
use std::sync::Arc;

impl Remove<'_> {
    /// Erases a file, living or in the trash. Bytes that another file has too stay for that one. The erasure's id: it may
    /// still be on its way when this returns, because a store or a backup keeps the bytes.
    ///
    /// # Errors
    /// `NotFound(File)`, the second time too; `Precondition`; `Held` for a file under legal hold.
    pub async fn erase_file(&self, file: impl Into<FileRef>, condition: Condition) -> Result<ErasureId> {
        let (file, now, sees) = (file.into(), self.now(), self.caller().reaches_hidden());
        let (core, account) = (self.core, self.caller().account());
        let wish = Wish::new(core, account, ErasureKind::Erase, self.caller().actor(), now);
        let fixed = Arc::new((condition, self.author()));
        let unit = tenanted::<Vec<String>, _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let (condition, author) = &*fixed;
                let row = get::to_remove(&mut t, file, now, sees).await?;
                etag::demand(condition, &row.file)?;
                forget(&mut t, &row, author, now, &wish).await
            })
        });
        let dead = self.write("erase a file", unit).await?;
        attache_point::fail_point!("core.file_erased");
        core.bury(account, dead).await;
        let log_is_clean = core.scrub().await;
        attache_point::fail_point!("core.log_scrubbed");
        core.see_gone(account, &[wish.id], log_is_clean).await;
        Ok(wish.id)
    }
}

impl Core {
    /// Removes those of a few files whose time is over, in one commit, on behalf of `by`; how many that were. What is under
    /// legal hold is passed over.
    pub(crate) async fn purge_files(
        &self,
        account: AccountNo,
        files: &[FileNo],
        trashed_before: Time,
        by: UserNo,
    ) -> Result<usize> {
        let now = self.now();
        let wishes: Vec<(FileNo, Wish)> =
            files.iter().map(|no| (*no, Wish::new(self, account, ErasureKind::Purge, by, now))).collect();
        let fixed = Arc::new((wishes, Author::of(by)));
        let unit = tenanted::<(Vec<ErasureId>, Vec<String>), _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let (wishes, author) = &*fixed;
                let (mut purged, mut dead) = (Vec::new(), Vec::new());
                file::hold_all(&mut t, &wishes.iter().map(|(no, _)| (*no).into()).collect::<Vec<_>>()).await?;
                for (no, wish) in wishes {
                    let held = file::hold(&mut t, (*no).into()).await?;
                    if let Some(row) =
                        held.filter(|row| is_over(row, trashed_before, now) && legal_hold::demand(row).is_ok())
                    {
                        dead.extend(forget(&mut t, &row, author, now, wish).await?);
                        purged.push(wish.id);
                    }
                }
                Ok((purged, dead))
            })
        });
        let (purged, dead) = self.write("purge files", account, unit).await?;
        self.bury(account, dead).await;
        self.see_gone(account, &purged, false).await;
        Ok(purged.len())
    }

    /// Looks for what was just removed. What is still there, or cannot be looked for now, is left to the sweep.
    async fn see_gone(&self, account: AccountNo, erasures: &[ErasureId], log_is_clean: bool) {
        let look = Look { log_is_clean, mend: false };
        if let Err(error) = self.look_for(account, erasures, look).await {
            tracing::warn!(%error, "what was erased could not be looked for; the sweep does it");
        }
    }

    /// Takes what was erased out of the database's log too; whether that is done. What fails here is done by the next
    /// checkpoint.
    pub(crate) async fn scrub(&self) -> bool {
        let done = self.0.db.scrub_log().await;
        if let Err(error) = &done {
            tracing::warn!(%error, "the database's log keeps erased content until its next checkpoint");
        }
        done.is_ok()
    }
}

/// Whether a file's time in the trash, or its own, is over.
fn is_over(row: &file::Row, trashed_before: Time, now: Time) -> bool {
    row.file.trashed_at.is_some_and(|at| at < trashed_before) || row.file.expires_at.is_some_and(|end| end <= now)
}

/// Takes a file out of every table and writes down what went. The keys of blobs that died with it, whose bytes are to be
/// removed.
///
/// # Errors
/// `Held` for a file under legal hold.
pub(crate) async fn forget(
    t: &mut Tenanted<'_>,
    row: &file::Row,
    author: &Author,
    now: Time,
    wish: &Wish,
) -> Outcome<Vec<String>> {
    legal_hold::demand(row)?;
    let no = row.file.no;
    let (removed, versions) = forget_rows(t, row, wish.kind).await?;
    let bytes: i64 = versions.iter().map(|row| table::signed(row.version.size)).sum();
    let (contents, dead) = release(t, versions, wish).await?;
    let parts = Parts { key: wish.opener.key, contents, removed };
    erasure::add(t, &written(t.account(), row, wish, parts)).await?;
    // What is in the trash does not count any more.
    let (bytes, files) = if row.file.trashed_at.is_none() { (bytes, 1) } else { (0, 0) };
    let kind = match wish.kind {
        ErasureKind::Erase => EventKind::FileErased,
        ErasureKind::Purge => EventKind::FilePurged,
    };
    settle(t, author, now, &Change::file(kind, no).with(-bytes, -files)).await?;
    Ok(dead)
}

/// Takes a file's rows away, and its name from those that stay; how many of each, and what its versions were, newest first.
async fn forget_rows(
    t: &mut Tenanted<'_>,
    row: &file::Row,
    kind: ErasureKind,
) -> Outcome<(Removed, Vec<version::Row>)> {
    let no = row.file.no;
    // Links go with the file's own row.
    let there = erasure::traces(t, no, row.file.id).await?;
    let kept_answers = once::forget_effect(t, &format!("file/{no}")).await?;
    let tasks = task::clear_file(t, no).await?;
    let uploads = upload::forget_file(t, no).await?;
    let (field_values, notes) = outlive(t, row, kind == ErasureKind::Erase).await?;
    let versions = version::forget(t, no).await?;
    if file::forget(t, no).await? == 0 {
        return Err(Error::NotFound(What::File).into());
    }
    let (links, signed_links) = (there.links, there.signed_links);
    let count = versions.len() as u64;
    let removed = Removed { versions: count, links, signed_links, kept_answers, tasks, uploads, field_values, notes };
    Ok((removed, versions))
}

/// Gives up the contents of versions, newest first; what becomes of each, oldest first, and the keys of those whose bytes
/// are to be removed.
async fn release(
    t: &mut Tenanted<'_>,
    versions: Vec<version::Row>,
    wish: &Wish,
) -> Outcome<(Vec<ErasedContent>, Vec<String>)> {
    let (mut fates, mut dead) = (HashMap::new(), Vec::new());
    for row in &versions {
        // Several versions may have one content; the last one that lets go of it says what becomes of it.
        let fate = match blob::release(t, &row.blob).await? {
            Released::Kept => Fate::Kept,
            Released::Row => Fate::Row { key: row.blob.clone() },
            Released::Dying => {
                dead.push(row.blob.clone());
                Fate::Store { key: row.blob.clone() }
            }
        };
        fates.insert(row.blob.clone(), fate);
    }
    let content = |row: version::Row| ErasedContent {
        version: row.version.no,
        size: row.version.size,
        sealed: wish.opener.seal(&row.version.sha256),
        fate: fates.get(&row.blob).cloned().unwrap_or(Fate::Kept),
    };
    Ok((versions.into_iter().rev().map(content).collect(), dead))
}

/// The ledger's line of a file that goes.
fn written(account: AccountNo, row: &file::Row, wish: &Wish, parts: Parts) -> Erasure {
    Erasure {
        id: wish.id,
        account,
        file: row.file.no,
        file_id: row.file.id,
        kind: wish.kind,
        actor: wish.actor,
        asked_at: wish.asked_at,
        gone_at: None,
        waits_for: Vec::new(),
        parts,
    }
}
