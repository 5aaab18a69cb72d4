//! One round after another: fresh contents whose time has come, then those that were not read for the longest time.

use super::compare::{Content, compare};
use super::write::{Looked, write};
use super::{Pace, ScrubReport};
use crate::Core;
use crate::chore::Chore;
use crate::table::scrub::{self, Place, Row};
use crate::unit::bare;
use attache_model::{Result, Time};
use std::time::Duration;

/// How often a node looks whether anything is due.
const LOOK: Duration = Duration::from_secs(15);
/// The chore's name: one node reads for all.
const CHORE: &str = "scrub";
/// Contents that are looked at between two commits.
const CHUNK: u32 = 32;
/// No further content is begun in a chunk after so many bytes.
const CHUNK_BYTES: u64 = 64 << 20;
/// A day, in seconds.
const DAY: u64 = 24 * 3600;

/// Reads what is due, round after round, for as long as it is polled.
pub(crate) async fn watch(core: &Core) {
    loop {
        tokio::time::sleep(LOOK).await;
        if let Err(error) = round(core).await {
            tracing::warn!(%error, "the scrub was cut short; it goes on with its next round");
        }
    }
}

/// Reads all that is due, while no other node does.
async fn round(core: &Core) -> Result<()> {
    let now = core.now();
    if fresh(core, now, 1).await?.is_empty() && old(core, &Place::start(), now, 1).await?.is_empty() {
        return Ok(());
    }
    let Some(mut chore) = Chore::take(core, CHORE).await? else { return Ok(()) };
    let mut pace = Pace::new(core.limits().scrub_rate);
    let read = due(core, Some(&mut chore), &mut pace, &mut ScrubReport::default()).await;
    let left = chore.leave(Time(0)).await;
    read.and(left)
}

/// Reads all that is due. With a chore it ends when another node has that.
pub(crate) async fn due(
    core: &Core,
    mut chore: Option<&mut Chore<'_>>,
    pace: &mut Pace,
    report: &mut ScrubReport,
) -> Result<()> {
    let mut place = Place::start();
    loop {
        let now = core.now();
        let some = fresh(core, now, CHUNK).await?;
        Chunk::read(core, &some, pace).await.write(core, report).await?;
        let next = old(core, &place, now, CHUNK).await?;
        let chunk = Chunk::read(core, &next, pace).await;
        if let Some(last) = chunk.last() {
            place = Place::after(last);
        }
        chunk.write(core, report).await?;
        if some.is_empty() && next.is_empty() {
            return Ok(());
        }
        if let Some(chore) = chore.as_deref_mut()
            && !chore.keep().await?
        {
            return Ok(());
        }
    }
}

/// Some contents that were read.
#[derive(Debug, Default)]
pub(crate) struct Chunk(Vec<Looked>);

impl Chunk {
    /// Reads some contents; the first ones, when they are long.
    pub(crate) async fn read(core: &Core, rows: &[Row], pace: &mut Pace) -> Chunk {
        let (mut bytes, mut looked) = (0, Vec::with_capacity(rows.len()));
        for row in rows {
            looked.push(look(core, row, pace).await);
            bytes += row.size;
            if bytes >= CHUNK_BYTES {
                break;
            }
        }
        Chunk(looked)
    }

    /// The last content that was read.
    pub(crate) fn last(&self) -> Option<&Row> {
        self.0.last().map(|looked| &looked.row)
    }

    /// Writes down what they are.
    pub(crate) async fn write(self, core: &Core, report: &mut ScrubReport) -> Result<()> {
        match self.0.is_empty() {
            true => Ok(()),
            false => write(core, self.0, report).await.map(|_| ()),
        }
    }
}

/// Looks at one content.
pub(super) async fn look(core: &Core, row: &Row, pace: &mut Pace) -> Looked {
    let Row { account, key, home, size, sha256, .. } = row;
    let content = Content { account: *account, key, home: *home, size: *size, sha256: *sha256 };
    let seen = compare(core, &content, pace).await;
    if let Err(error) = &seen {
        tracing::warn!(%error, %account, key, "a stored content could not be read again; it is tried anew");
    }
    Looked { row: row.clone(), seen: seen.ok() }
}

async fn fresh(core: &Core, now: Time, most: u32) -> Result<Vec<Row>> {
    let unit = bare::<Vec<Row>, _>(move |tx| Box::pin(scrub::fresh(tx, now, most)));
    core.read_all("find fresh contents to read again", unit).await
}

async fn old(core: &Core, from: &Place, now: Time, most: u32) -> Result<Vec<Row>> {
    let days = core.limits().scrub_days;
    if days == 0 {
        return Ok(Vec::new());
    }
    let (from, before) = (from.clone(), now.minus(Duration::from_secs(days.saturating_mul(DAY))));
    let unit = bare::<Vec<Row>, _>(move |tx| {
        let from = from.clone();
        Box::pin(async move { scrub::old(tx, &from, before, most).await })
    });
    core.read_all("find contents to read again", unit).await
}
