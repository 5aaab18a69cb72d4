//! Standard input, of which nobody knows how long it is: in one request where it is short, else in pieces.

use super::super::failure::{Failure, Result};
use super::{Done, Outcome, PIECE, Putter, hex_of};
use attache_client::{Gauge, NewFile, Progress, UploadAt};
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::io::Read;

impl Putter {
    /// Puts all of standard input in.
    pub(super) async fn stdin(&self, new: &NewFile) -> Result<Done> {
        let first = piece().await?;
        let (gauge, mut sha256) = (self.bar.gauge(), Sha256::new());
        sha256.update(&first);
        if first.len() as u64 == PIECE {
            return self.stream(new, first, sha256, &gauge).await;
        }
        let (len, sha256) = (first.len() as u64, hex_of(sha256));
        match self.client.put_bytes(new, &first, &sha256, &gauge).await {
            Ok(put) => Ok(Done::from(put)),
            Err(error) => self.refused(new, error, len, &gauge, || Ok(sha256)).await,
        }
    }

    async fn stream(&self, new: &NewFile, first: Bytes, mut sha256: Sha256, gauge: &Gauge) -> Result<Done> {
        // Its length and content are known when it is too late; so a name that is taken is refused at once.
        self.there(new, u64::MAX, gauge, || Ok(String::new())).await?;
        let at = self.client.open_upload(new, None).await?;
        let (mut next, mut offset) = (first, 0);
        let id = loop {
            // A short piece is the last one.
            let ends = ((next.len() as u64) < PIECE).then_some(offset + next.len() as u64);
            let sent = match self.whole_piece(&at, offset, &next, ends, gauge).await {
                Ok(sent) => sent,
                Err(failure) => {
                    // Nobody can go on with it; it goes by itself where this may not end it.
                    drop(self.client.end_upload(&at).await);
                    return Err(failure);
                }
            };
            offset += next.len() as u64;
            if let Some(id) = sent.file {
                break id;
            }
            next = piece().await?;
            sha256.update(&next);
        };
        let file = match self.client.file(&id).await {
            Ok(file) => file,
            Err(error) if error.is("scope_missing") => return Ok(Done { outcome: Outcome::Created, file: None }),
            Err(error) => return Err(error.into()),
        };
        if file.version.sha256 != hex_of(sha256) {
            return Err(Failure::trouble(format!("{} on the server is not what was sent; remove it", file.path)));
        }
        let outcome = if file.version.no == 1 { Outcome::Created } else { Outcome::Versioned };
        Ok(Done { outcome, file: Some(file) })
    }

    /// Sends a piece until the server has all of it; with the last one, until it has become a file.
    async fn whole_piece(
        &self,
        at: &UploadAt,
        begin: u64,
        piece: &Bytes,
        ends: Option<u64>,
        gauge: &Gauge,
    ) -> Result<Progress> {
        let (end, mut offset, mut idle) = (begin + piece.len() as u64, begin, 0);
        loop {
            let from = usize::try_from(offset - begin).unwrap_or(usize::MAX);
            let rest = piece.slice(from.min(piece.len())..);
            let progress = self.client.append(at, offset, ends, gauge, rest.into()).await?;
            gauge.set(progress.offset);
            if progress.file.is_some() || (ends.is_none() && progress.offset == end) {
                return Ok(progress);
            }
            if !(begin..=end).contains(&progress.offset) {
                return Err(Failure::trouble("the server lost what it had; send it again"));
            }
            idle = if progress.offset > offset { 0 } else { idle + 1 };
            offset = progress.offset;
            self.wait(idle).await?;
        }
    }
}

/// The next bytes of standard input: as many as a piece has, or all that is left.
async fn piece() -> Result<Bytes> {
    let read = tokio::task::spawn_blocking(|| {
        let mut piece = Vec::new();
        std::io::stdin().lock().take(PIECE).read_to_end(&mut piece)?;
        Ok::<_, std::io::Error>(piece)
    });
    let piece = read.await.map_err(|error| Failure::trouble(format!("read standard input: {error}")))?;
    Ok(piece.map_err(Failure::io("read standard input"))?.into())
}
