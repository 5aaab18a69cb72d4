//! The scrub as the operator asks for it: now, and as fast as it goes.

use crate::Operator;
use crate::job::scrub::{Chunk, Pace, ScrubReport, due};
use crate::table::scrub::{self, Row};
use crate::unit::bare;
use attache_model::{AccountNo, Result};

/// Contents that are looked at between two commits.
const CHUNK: u32 = 64;

impl Operator {
    /// Reads every stored content and compares it with its digest; marks what is damaged, and takes the mark from what is
    /// whole again.
    ///
    /// # Errors
    /// `Unavailable` or `Internal` when rows cannot be read or written; a content that cannot be read is in the report.
    pub async fn scrub(&self) -> Result<ScrubReport> {
        let (mut report, mut at) = (ScrubReport::default(), (AccountNo(0), String::new()));
        loop {
            let from = at.clone();
            let walk = bare::<Vec<Row>, _>(move |tx| {
                let (account, key) = from.clone();
                Box::pin(async move { scrub::walk(tx, account, &key, CHUNK).await })
            });
            let rows = self.0.read_all("walk over the contents", walk).await?;
            let chunk = Chunk::read(&self.0, &rows, &mut Pace::free()).await;
            let Some(last) = chunk.last() else { return Ok(report) };
            at = (last.account, last.key.clone());
            chunk.write(&self.0, &mut report).await?;
        }
    }

    /// Reads what is due, as a server does by itself.
    ///
    /// # Errors
    /// As [`Operator::scrub`].
    pub async fn scrub_due(&self) -> Result<ScrubReport> {
        let mut report = ScrubReport::default();
        due(&self.0, None, &mut Pace::free(), &mut report).await?;
        Ok(report)
    }
}
