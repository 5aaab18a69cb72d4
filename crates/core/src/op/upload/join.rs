//! Joining uploads into one (tus: concatenation).

use super::{Resume, growth};
use crate::plan::{Appended, Chunk, NewUpload};
use crate::staged::refusal;
use crate::table::upload::Row;
use crate::unit::tenanted;
use crate::{Body, Edit};
use attache_model::{Error, Result, UploadId, What};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use std::io;

impl Edit<'_> {
    /// Opens an upload whose bytes are those of `pieces`, one after the other, and completes it. The pieces stay: they
    /// can be joined again until their time is over.
    ///
    /// # Errors
    /// `NotFound(Upload)` for a piece that is not there; `State` for one that is not whole or was not made to be joined;
    /// and what opening and completing can end in. Then nothing is left of the joined upload.
    pub async fn join_uploads(&self, new: NewUpload, pieces: &[UploadId]) -> Result<Appended> {
        let mut rows = Vec::with_capacity(pieces.len());
        for piece in pieces {
            rows.push(self.piece(*piece).await?);
        }
        let length = rows.iter().map(|row| row.upload.offset).sum();
        let opened = self.open_upload(NewUpload { length: Some(length), ..new }).await?;
        let resume = Resume { core: self.core.clone(), account: self.caller().account(), no: opened.no };
        let body = self.joined(&rows, length)?;
        let joined = {
            let resume = resume.clone();
            self.core.undivided(async move { resume.append(0, Chunk::default(), body).await }).await
        };
        if joined.is_err() {
            self.abort_upload(opened.no).await?;
        }
        joined
    }

    async fn piece(&self, piece: UploadId) -> Result<Row> {
        let now = self.now();
        let unit =
            tenanted::<Row, _>(move |mut t| Box::pin(async move { super::in_time(&mut t, piece.into(), now).await }));
        let row = self.read("look at a piece", unit).await?;
        if !row.upload.for_joining || !row.upload.is_whole() {
            let why = format!("only whole uploads that were opened as partial ones can be joined, and {piece} is none");
            return Err(Error::State { what: What::Upload, why });
        }
        Ok(row)
    }

    /// The bytes of all pieces, each opened when its turn comes.
    fn joined(&self, rows: &[Row], length: u64) -> Result<Body> {
        let growths = rows.iter().map(growth).collect::<Result<Vec<_>>>()?;
        let blobs = self.core.0.blobs.clone();
        let bodies = stream::iter(growths).then(move |growth| {
            let blobs = blobs.clone();
            async move {
                let body = blobs.read_growth(&growth, 0..growth.len).await;
                body.map_err(|error| io::Error::other(refusal(error)))
            }
        });
        Ok(Body::new(bodies.try_flatten(), Some(length)))
    }
}
