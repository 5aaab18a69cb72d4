//! Resumable uploads: opened with what they are to become, sent in pieces, and a file once every byte is here.
//!
//! The row says how many bytes count, and a piece counts when its commit is done: bytes are durable first, then the row
//! moves on, then the sender hears of it. A whole upload is `completing` until the commit that makes its file also ends
//! it; a crash in between leaves one that the next request for it completes.

mod append;
mod complete;
mod guest;
mod join;
mod open;
mod part;
mod ticket;
mod turn;

use crate::node::Node;
use crate::op::audit::{Entry, note};
use crate::settle::Ending;
use crate::table::upload::{self, Row};
use crate::turn::Turn;
use crate::unit::{Outcome, Tenanted, tenanted};
use crate::{Appended, Caller, Core, Edit, Remove, View};
use attache_blobs::{Growth, Key};
use attache_model::audit::Deed;
use attache_model::file::File;
use attache_model::upload::{Upload, UploadState};
use attache_model::{AccountNo, Error, Result, Time, UploadNo, UploadRef, What};

/// One upload to go on with. Whoever has it may send bytes: it was opened by somebody who might, and holds what they
/// were allowed.
#[derive(Clone, Debug)]
pub struct Resume {
    core: Core,
    account: AccountNo,
    no: UploadNo,
}

impl View<'_> {
    /// An upload, finished or not. Whoever sends to it is not disturbed.
    ///
    /// # Errors
    /// `NotFound(Upload)`; `Gone(Upload)` when its time is over.
    pub async fn upload(&self, upload: impl Into<UploadRef>) -> Result<Upload> {
        let (upload, now) = (upload.into(), self.now());
        let unit =
            tenanted::<Upload, _>(move |mut t| Box::pin(async move { Ok(in_time(&mut t, upload, now).await?.upload) }));
        self.read("look at an upload", unit).await
    }
}

impl Edit<'_> {
    /// An upload to go on with.
    ///
    /// # Errors
    /// As [`View::upload`].
    pub async fn resume(&self, upload: impl Into<UploadRef>) -> Result<Resume> {
        let no = self.upload(upload).await?.no;
        Ok(Resume { core: self.core.clone(), account: self.caller().account(), no })
    }

    /// Gives an upload up and forgets it. The file that a finished one became stays.
    ///
    /// # Errors
    /// As [`View::upload`].
    pub async fn abort_upload(&self, upload: impl Into<UploadRef>) -> Result<()> {
        abort(self, upload.into()).await
    }
}

impl Remove<'_> {
    /// As [`Edit::abort_upload`].
    ///
    /// # Errors
    /// As [`View::upload`].
    pub async fn abort_upload(&self, upload: impl Into<UploadRef>) -> Result<()> {
        abort(self, upload.into()).await
    }
}

impl Resume {
    /// Whose upload it is.
    pub fn account(&self) -> AccountNo {
        self.account
    }

    /// Where the upload stands for good: a request that is sending to it is called off, and what it brought is counted;
    /// one that only lacks its file gets it.
    ///
    /// # Errors
    /// As [`View::upload`]; for a whole one what making the file can end in.
    pub async fn upload(&self) -> Result<Upload> {
        let this = self.clone();
        let work = async move {
            let (_turn, row) = match this.turn().await {
                // A newer request took over from the one that was called off. This one is no sender: it is told anyway.
                Err(Error::Superseded) => {
                    let row = this.row().await?;
                    if row.upload.state != UploadState::Completing {
                        return Ok(row.upload);
                    }
                    this.turn_after().await?
                }
                turn => turn?,
            };
            match row.upload.state {
                UploadState::Completing => Ok(this.complete(row).await?.upload),
                UploadState::Open | UploadState::Done => Ok(row.upload),
            }
        };
        self.core.undivided(work).await
    }

    /// The upload's row, while its time is not over.
    async fn row(&self) -> Result<Row> {
        let (upload, now) = (UploadRef::No(self.no), self.core.now());
        let unit = tenanted::<Row, _>(move |mut t| Box::pin(async move { in_time(&mut t, upload, now).await }));
        self.core.read("look at an upload", self.account, unit).await
    }

    /// Whoever opened the upload, with what they were allowed then.
    fn opener(&self, row: &Row) -> Caller {
        Caller::new(self.account, row.upload.created_by, row.scopes, None)
    }

    /// A done upload with its file, which may be in the trash by now.
    async fn ended(&self, row: Row) -> Result<Appended> {
        let opener = self.opener(&row);
        let file: Option<File> = match row.upload.file {
            Some(no) => Some(self.core.edit(&opener)?.trashed_file(no).await?),
            None => None,
        };
        Ok(Appended { upload: row.upload, file })
    }
}

impl Core {
    /// Ends uploads whose time is over: their bytes go, and what they had reserved is free again. Who has their turns does
    /// not matter: nothing counts for one that is ended.
    pub(crate) async fn end_upload(&self, account: AccountNo, no: UploadNo) -> Result<()> {
        let turn = self.0.turns.take(account, no).await?;
        let now = self.now();
        let unit = tenanted::<Option<Row>, _>(move |mut t| {
            Box::pin(async move {
                let row = upload::find(&mut t, no.into()).await?.filter(|row| row.upload.expires_at <= now);
                let Some(row) = row else { return Ok(None) };
                if !upload::end(&mut t, no).await? {
                    return Ok(None);
                }
                release(&mut t, &row).await?;
                note(&mut t, Entry::operator(now, Deed::UploadExpired, format!("upload/{no}"))).await?;
                Ok(Some(row))
            })
        });
        if let Some(row) = self.write("end an upload", account, unit).await? {
            self.drop_bytes(&row, &turn).await;
        }
        Ok(())
    }

    /// Removes the bytes of an upload that is no more. What fails is left to the sweep.
    async fn drop_bytes(&self, row: &Row, _turn: &Turn) {
        if self.keeps_bytes().await {
            return;
        }
        let removed = async {
            let key: Key = row.key.parse().map_err(|error| Error::internal("read an upload's key", error))?;
            let blobs = &self.0.blobs;
            blobs.abandon(&key).await.map_err(crate::staged::refusal)?;
            if row.upload.is_whole() {
                // It may have got its key already.
                blobs.remove(&key).await.map_err(crate::staged::refusal)?;
            }
            Ok::<(), Error>(())
        };
        if let Err(error) = removed.await {
            tracing::warn!(%error, "bytes of an upload were left to the sweep");
        }
    }
}

/// Forgets an upload and gives back what it had reserved.
async fn abort(view: &View<'_>, upload: UploadRef) -> Result<()> {
    let (core, account, caller) = (view.core.clone(), view.caller().account(), view.caller().clone());
    let no = view.upload(upload).await?.no;
    let work = async move {
        let resume = Resume { core: core.clone(), account, no };
        let (turn, _) = resume.turn().await?;
        let now = core.now();
        let by = Entry::by(&caller, now, Deed::UploadAborted, format!("upload/{no}"));
        let unit = tenanted::<Row, _>(move |mut t| {
            let by = by.clone();
            Box::pin(async move {
                let row = in_time(&mut t, no.into(), now).await?;
                release(&mut t, &row).await?;
                upload::forget(&mut t, no).await?;
                note(&mut t, by).await?;
                Ok(row)
            })
        });
        let row = core.write("give an upload up", account, unit).await?;
        if row.upload.file.is_none() {
            core.drop_bytes(&row, &turn).await;
        }
        Ok(())
    };
    view.core.undivided(work).await
}

/// Gives back what an upload had reserved.
async fn release(t: &mut Tenanted<'_>, row: &Row) -> Outcome<()> {
    crate::table::book::reserve(t, -row.held_bytes, -row.held_files).await?;
    Ok(())
}

/// The row of an upload whose time is not over.
///
/// # Errors
/// `NotFound(Upload)`, `Gone(Upload)`.
async fn in_time(t: &mut Tenanted<'_>, upload: UploadRef, now: Time) -> Outcome<Row> {
    let row = upload::find(t, upload).await?.ok_or(Error::NotFound(What::Upload))?;
    if row.upload.expires_at <= now {
        return Err(Error::Gone(What::Upload).into());
    }
    Ok(row)
}

/// The bytes that are here, as the volume knows them.
fn growth(row: &Row) -> Result<Growth> {
    let key = row.key.parse().map_err(|error| Error::internal("read an upload's key", error))?;
    Ok(Growth { key, len: row.upload.offset, digests: row.digests.clone() })
}

/// What an upload's end takes with it.
fn ending(row: &Row, node: Node) -> Ending {
    Ending { no: row.upload.no, node, held_bytes: row.held_bytes, held_files: row.held_files }
}

#[cfg(test)]
mod tests;
