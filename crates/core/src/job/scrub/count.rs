//! What is counted of the scrub, for the metrics.

use super::write::Change;
use crate::Core;
use crate::figure::CareFigures;
use crate::table::scrub;
use crate::unit::bare;
use attache_model::Result;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Counts of this process.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    contents: AtomicU64,
    bytes: AtomicU64,
    unread: AtomicU64,
    found: AtomicU64,
    mended: AtomicU64,
    cut: AtomicU64,
    marked: AtomicU64,
    books: AtomicU64,
}

impl Counts {
    pub(super) fn written(&self, read: bool, bytes: u64, change: &Change) {
        match read {
            true => {
                self.contents.fetch_add(1, Relaxed);
                self.bytes.fetch_add(bytes, Relaxed);
            }
            false => drop(self.unread.fetch_add(1, Relaxed)),
        }
        match change {
            Change::Damaged(damage) if damage.is_new => drop(self.found.fetch_add(1, Relaxed)),
            Change::Mended => drop(self.mended.fetch_add(1, Relaxed)),
            Change::Damaged(_) | Change::None | Change::Gone => {}
        }
    }

    /// An answer was not given, or broken off, because the content is damaged.
    pub(crate) fn cut(&self) {
        self.cut.fetch_add(1, Relaxed);
    }

    /// The book of an account differs from a recount.
    pub(crate) fn book(&self) {
        self.books.fetch_add(1, Relaxed);
    }

    /// What was counted so far.
    pub(crate) fn figures(&self, clock_doubted: bool) -> CareFigures {
        CareFigures {
            contents_read: self.contents.load(Relaxed),
            bytes_read: self.bytes.load(Relaxed),
            unread: self.unread.load(Relaxed),
            damage_found: self.found.load(Relaxed),
            damage_mended: self.mended.load(Relaxed),
            damaged_reads: self.cut.load(Relaxed),
            damaged: self.marked.load(Relaxed),
            books_wrong: self.books.load(Relaxed),
            clock_doubted,
        }
    }
}

/// Looks how many contents of the installation are damaged.
pub(crate) async fn count_marked(core: &Core) -> Result<()> {
    let look = bare::<i64, _>(|tx| Box::pin(scrub::marked(tx)));
    let marked = core.read_all("count the damaged contents", look).await?;
    core.0.scrub.counts.marked.store(u64::try_from(marked).unwrap_or_default(), Relaxed);
    Ok(())
}
