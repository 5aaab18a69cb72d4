//! Numbered parts: a part that comes again is recognised, and answered as it was the first time.

use super::append::Room;
use super::{Resume, Row};
use crate::plan::Appended;
use crate::table::upload::{self, Part};
use crate::turn::Turn;
use crate::unit::tenanted;
use crate::{Algorithm, Body};
use attache_blobs::Piece;
use attache_model::error::Code;
use attache_model::upload::UploadState;
use attache_model::{Error, Result, What};
use futures_util::StreamExt as _;
use sha2::{Digest as _, Sha256};

impl Resume {
    /// Takes part `no` (from 1), of at most `most` bytes. A request that sends to the same upload may finish first, if it
    /// gets on. A part that is here already is compared: the same bytes give the same answer again. Of a part that is cut
    /// nothing is kept.
    ///
    /// # Errors
    /// `State` for other bytes than those that are here; `NotFound(Upload)` for a part that cannot be next;
    /// `TooLarge` past `most`, `Length` past the upload's length, `Invalid` for an empty part where bytes are missing;
    /// `Cut`, `Superseded`, `Gone(Upload)`; for the last part what making the file can end in.
    pub async fn part(&self, no: u32, most: u64, body: Body) -> Result<Appended> {
        let this = self.clone();
        let work = async move {
            let (turn, row) = this.turn_after().await?;
            if no <= row.upload.parts {
                return this.again(no, most, body, row, &turn).await;
            }
            if no != row.upload.parts + 1 || row.upload.state != UploadState::Open {
                return Err(Error::NotFound(What::Upload));
            }
            this.next(most, body, row, &turn).await
        };
        self.core.undivided(work).await
    }

    /// The part that is next.
    async fn next(&self, most: u64, body: Body, row: Row, turn: &Turn) -> Result<Appended> {
        let (from, parts) = (row.upload.offset, row.upload.parts + 1);
        let limit = self.core.limits().upload_parts;
        if u64::from(parts) > limit {
            return Err(Error::TooMany { what: What::Part, limit });
        }
        if body.declared_len().is_some_and(|len| len > most) {
            return Err(too_large(most));
        }
        let Room { bytes: left, over } = self.room(&row).await?;
        let over = if most < left { too_large(most) } else { over };
        let piece = Piece { max_len: left.min(most), digest: Some(Algorithm::Sha256), ..Piece::default() };
        let (mut row, grown) = self.take_in(row, body, piece, over, turn).await?;
        let size = row.upload.offset - from;
        if size == 0 && !row.upload.is_whole() {
            return Err(Error::invalid("body", "the part is empty, and bytes are missing"));
        }
        let sha256 = grown.digest.ok_or(Error::bug("a part came without its digest"))?;
        row.upload.parts = parts;
        let row = self.advance(from, row, Some(Part { size, sha256 })).await?;
        self.complete_if_whole(row).await
    }

    /// A part that is here already.
    async fn again(&self, no: u32, most: u64, body: Body, row: Row, turn: &Turn) -> Result<Appended> {
        let upload = row.upload.no;
        let unit =
            tenanted::<Option<Part>, _>(move |mut t| Box::pin(async move { upload::part(&mut t, upload, no).await }));
        let there = self.core.read("look at a part", self.account, unit).await?;
        let there = there.ok_or(Error::bug("a part that was counted is not there"))?;
        if digest(turn.watched(body), most).await? != there {
            let why = format!("part {no} is here already, with other bytes");
            return Err(Error::State { what: What::Upload, why });
        }
        match row.upload.state {
            _ if no < row.upload.parts => Ok(Appended { upload: row.upload, file: None }),
            UploadState::Completing => self.complete(row).await,
            UploadState::Done => self.ended(row).await,
            UploadState::Open => Ok(Appended { upload: row.upload, file: None }),
        }
    }
}

/// Reads a part to its end without keeping it.
async fn digest(mut body: Body, most: u64) -> Result<Part> {
    let (mut size, mut sha256) = (0, Sha256::new());
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|cut| crate::staged::refusal(attache_blobs::Error::Cut(cut)))?;
        size += chunk.len() as u64;
        if size > most {
            return Err(too_large(most));
        }
        sha256.update(&chunk);
    }
    Ok(Part { size, sha256: sha256.finalize().to_vec() })
}

fn too_large(limit: u64) -> Error {
    Error::TooLarge { code: Code::BodyTooLarge, limit }
}
