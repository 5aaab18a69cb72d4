//! Appending bytes at an offset.

use super::{Resume, Row, growth};
use crate::plan::{Appended, Chunk};
use crate::settle::over_quota;
use crate::staged::refusal;
use crate::table::{self, book, upload};
use crate::turn::Turn;
use crate::unit::{Outcome, Tenanted, tenanted};
use crate::{Body, Core};
use attache_blobs::{Grown, Piece};
use attache_model::account::{Quota, Usage};
use attache_model::error::{Code, QuotaKind};
use attache_model::upload::UploadState;
use attache_model::{Error, Result, UploadNo, What};
use futures_util::StreamExt as _;
use std::sync::Arc;

impl Resume {
    /// Adds the bytes of a body at `offset`, which must be where the upload stands. Any request that is sending to the
    /// same upload is called off. Of a body that is cut, what came is kept, unless a checksum was announced.
    ///
    /// # Errors
    /// `Offset`, `Superseded`, `Length` for more bytes than the upload has room for, `Checksum`, `Cut`, `Quota`,
    /// `TooLarge`, `Invalid` for a length that was said before, `NotFound(Upload)`, `Gone(Upload)`; for the last bytes what
    /// making the file can end in: then they are here, and asking again tries again.
    pub async fn append(&self, offset: u64, chunk: Chunk, body: Body) -> Result<Appended> {
        let this = self.clone();
        let work = async move {
            let (turn, row) = this.turn().await?;
            this.append_at(offset, chunk, body, row, &turn).await
        };
        self.core.undivided(work).await
    }

    pub(super) async fn append_at(
        &self,
        offset: u64,
        chunk: Chunk,
        body: Body,
        mut row: Row,
        turn: &Turn,
    ) -> Result<Appended> {
        if offset != row.upload.offset {
            return Err(Error::Offset { expected: row.upload.offset });
        }
        declare(&self.core, &mut row, chunk.declares)?;
        if row.upload.state != UploadState::Open {
            nothing(body, &row).await?;
            return self.complete_if_whole(row).await;
        }
        let room = self.room(&row).await?;
        let (algorithm, equals) = chunk.checksum.unzip();
        let piece =
            Piece { max_len: room.bytes, len: chunk.len, digest: algorithm, keep_cut: equals.is_none(), equals };
        let (row, grown) = self.take_in(row, body, piece, room.over, turn).await?;
        let row = self.advance(offset, row, None).await?;
        match grown.cut {
            Some(cut) => Err(refusal(cut)),
            None => self.complete_if_whole(row).await,
        }
    }

    /// Makes the next bytes durable; `over` is said of more than the piece may have. The row that comes back counts them
    /// and is still to be committed.
    pub(super) async fn take_in(
        &self,
        mut row: Row,
        body: Body,
        piece: Piece,
        over: Error,
        turn: &Turn,
    ) -> Result<(Row, Grown)> {
        let _place = self.core.upload_place(self.account).await?;
        let body = turn.watched(body);
        let grown = self.core.0.blobs.append(&growth(&row)?, body, &piece).await.map_err(|error| match error {
            attache_blobs::Error::TooLarge { .. } => over,
            error => refusal(error),
        })?;
        attache_point::fail_point!("core.piece_taken");
        row.upload.offset = grown.growth.len;
        row.digests.clone_from(&grown.growth.digests);
        row.held_bytes = row.held_bytes.max(table::signed(row.upload.length.unwrap_or(row.upload.offset)));
        Ok((row, grown))
    }

    /// Commits that the upload went on from `from` to where `row` is, with the part that brought it there.
    pub(super) async fn advance(&self, from: u64, row: Row, part: Option<upload::Part>) -> Result<Row> {
        let fixed = Arc::new((row, part));
        let unit = tenanted::<Row, _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move { advance(&mut t, from, &fixed.0, fixed.1.as_ref()).await })
        });
        let counted = self.core.write("count an upload's bytes", self.account, unit).await;
        attache_point::fail_point!("core.piece_counted");
        counted
    }

    /// Makes the file when every byte is here.
    pub(super) async fn complete_if_whole(&self, mut row: Row) -> Result<Appended> {
        if row.upload.state == UploadState::Open && row.upload.is_whole() {
            row.upload.state = match row.upload.for_joining {
                true => UploadState::Done,
                false => UploadState::Completing,
            };
        }
        match row.upload.state {
            UploadState::Completing => self.complete(row).await,
            UploadState::Done => self.ended(row).await,
            UploadState::Open => Ok(Appended { upload: row.upload, file: None }),
        }
    }
}

async fn advance(t: &mut Tenanted<'_>, from: u64, row: &Row, part: Option<&upload::Part>) -> Outcome<Row> {
    let no: UploadNo = row.upload.no;
    let before = upload::find(t, no.into()).await?.ok_or(Error::NotFound(What::Upload))?;
    let more = row.held_bytes - before.held_bytes;
    if more > 0 && !book::reserve(t, more, 0).await? {
        return Err(over_quota(t, 0).await?.into());
    }
    if !upload::advance(t, from, row).await? {
        return Err(overtaken(t, row).await?.into());
    }
    if let Some(part) = part {
        upload::add_part(t, no, row.upload.parts, part).await?;
    }
    Ok(row.clone())
}

/// Why bytes for an upload do not count.
async fn overtaken(t: &mut Tenanted<'_>, row: &Row) -> Outcome<Error> {
    let now = upload::find(t, row.upload.no.into()).await?.ok_or(Error::NotFound(What::Upload))?;
    Ok(if now.node == row.node { Error::Offset { expected: now.upload.offset } } else { Error::Superseded })
}

/// A body for an upload that has every byte must be empty.
async fn nothing(mut body: Body, row: &Row) -> Result<()> {
    let (expected, mut got) = (row.upload.offset, row.upload.offset);
    while let Some(Ok(chunk)) = body.next().await {
        got += chunk.len() as u64;
        if got > expected {
            return Err(Error::Length { expected, got });
        }
    }
    Ok(())
}

/// Takes a late word about the upload's length.
fn declare(core: &Core, row: &mut Row, declared: Option<u64>) -> Result<()> {
    let Some(length) = declared else { return Ok(()) };
    let limit = core.limits().file_bytes;
    match row.upload.length {
        Some(known) if known == length => Ok(()),
        Some(known) => Err(Error::invalid("length", format!("it was declared before: {known} bytes"))),
        None if length > limit => Err(Error::TooLarge { code: Code::FileTooLarge, limit }),
        None if length < row.upload.offset => {
            Err(Error::invalid("length", format!("{} bytes are here already", row.upload.offset)))
        }
        None => {
            row.upload.length = Some(length);
            Ok(())
        }
    }
}

/// How many bytes may still come, and what is said when more do.
pub(super) struct Room {
    pub(super) bytes: u64,
    pub(super) over: Error,
}

impl Resume {
    /// What an upload's length leaves, or the largest file. What is not reserved yet must be within the quota, so that
    /// bytes that the account may not have are refused before they are stored.
    ///
    /// # Errors
    /// `Quota` for a length that was said late.
    pub(super) async fn room(&self, row: &Row) -> Result<Room> {
        let limit = self.core.limits().file_bytes;
        let (most, over) = match row.upload.length {
            Some(expected) => (expected, Error::Length { expected, got: expected.saturating_add(1) }),
            None => (limit, Error::TooLarge { code: Code::FileTooLarge, limit }),
        };
        let room = |most: u64, over| Room { bytes: most.saturating_sub(row.upload.offset), over };
        let held = u64::try_from(row.held_bytes).unwrap_or(0);
        if most <= held {
            return Ok(room(most, over));
        }
        let (usage, quota) = self.book().await?;
        let Some(limit) = quota.bytes else { return Ok(room(most, over)) };
        let paid = held.saturating_add(limit.saturating_sub(usage.bytes));
        let poor = Error::Quota { which: QuotaKind::Bytes, limit };
        match row.upload.length {
            _ if most <= paid => Ok(room(most, over)),
            Some(_) => Err(poor),
            None => Ok(room(paid, poor)),
        }
    }

    async fn book(&self) -> Result<(Usage, Quota)> {
        let unit = tenanted::<(Usage, Quota), _>(|mut t| {
            Box::pin(async move { Ok(book::get(&mut t).await?.ok_or(Error::NotFound(What::Account))?) })
        });
        self.core.read("read the account's book", self.account, unit).await
    }
}
