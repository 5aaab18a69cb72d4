//! Legal holds: put on a file, lifted, listed; and the rule that nothing of a file under hold is removed for good.
//!
//! A hold stands in the file's row. Whoever puts it on and whoever removes the file both hold that row until their commit, and
//! read it after they got it: so of a hold and an erase one is first, and the other one sees it.

use crate::Manage;
use crate::cursor::{Key, Place};
use crate::op::audit::{Entry, note};
use crate::query::Start;
use crate::table::{file, legal_hold};
use crate::unit::{Outcome, Tenanted, tenanted};
use attache_model::audit::Deed;
use attache_model::legal_hold::{HeldFile, LegalHold, check_reason};
use attache_model::page::Page;
use attache_model::{Error, FileNo, FileRef, Result, What};
use std::sync::Arc;

impl Manage<'_> {
    /// Puts a file under legal hold: from then on nothing of it is removed for good, until the hold is lifted. It may live, be
    /// in the trash, or have outlived its own time and not be removed yet. One that is under hold gets the new reason, and
    /// keeps since when and by whom. The hold as it is then.
    ///
    /// # Errors
    /// `Invalid` at `reason`; `NotFound(File)`.
    pub async fn hold_file(&self, file: impl Into<FileRef>, reason: &str) -> Result<LegalHold> {
        let (file, now, sees) = (file.into(), self.now(), self.caller().reaches_hidden());
        let wanted = LegalHold { reason: check_reason(reason)?, placed_at: now, placed_by: self.caller().actor() };
        let fixed = Arc::new((wanted, Entry::by(self.caller(), now, Deed::HoldPlaced, "")));
        let unit = tenanted::<LegalHold, _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let (wanted, by) = &*fixed;
                let row = there(&mut t, file, sees).await?;
                let before = row.file.legal_hold.as_ref();
                let (placed_at, placed_by) =
                    before.map_or((wanted.placed_at, wanted.placed_by), |hold| (hold.placed_at, hold.placed_by));
                let hold = LegalHold { placed_at, placed_by, ..wanted.clone() };
                if before != Some(&hold) {
                    legal_hold::set(&mut t, row.file.no, Some(&hold)).await?;
                    note(&mut t, by.clone().to(format!("file/{}", row.file.no))).await?;
                }
                Ok(hold)
            })
        });
        self.write("put a file under legal hold", unit).await
    }

    /// Lifts a file's legal hold: it goes again as other files do.
    ///
    /// # Errors
    /// `NotFound(File)`; `NotFound(LegalHold)` for a file that is under none.
    pub async fn lift_hold(&self, file: impl Into<FileRef>) -> Result<()> {
        let (file, now, sees) = (file.into(), self.now(), self.caller().reaches_hidden());
        let by = Entry::by(self.caller(), now, Deed::HoldLifted, "");
        let unit = tenanted::<(), _>(move |mut t| {
            let by = by.clone();
            Box::pin(async move {
                let row = there(&mut t, file, sees).await?;
                if row.file.legal_hold.is_none() {
                    return Err(Error::NotFound(What::LegalHold).into());
                }
                legal_hold::set(&mut t, row.file.no, None).await?;
                note(&mut t, by.to(format!("file/{}", row.file.no))).await
            })
        });
        self.write("lift a legal hold", unit).await
    }

    /// The files under legal hold, in the order of their numbers.
    ///
    /// # Errors
    /// `CursorInvalid`.
    pub async fn held_files(&self, start: Start, limit: u32) -> Result<Page<HeldFile>> {
        let list = "legal holds";
        let after = match self.place(list, &start)? {
            None => FileNo(0),
            Some(Place { key: Key::Int(no), .. }) => FileNo(no),
            Some(_) => return Err(Error::bug("a cursor of legal holds holds something else")),
        };
        let sees = self.caller().reaches_hidden();
        let unit = tenanted::<Vec<HeldFile>, _>(move |mut t| {
            Box::pin(async move { legal_hold::list(&mut t, after, sees, limit + 1).await })
        });
        let items = self.read("list legal holds", unit).await?;
        Ok(self.cut(list, limit, items, |held| Place { key: Key::Int(held.no.0), tie: Key::Int(held.no.0) }))
    }
}

/// The file, as long as there is anything of it. Nobody else changes it until the unit ends.
async fn there(t: &mut Tenanted<'_>, file: FileRef, sees_hidden: bool) -> Outcome<file::Row> {
    let found = file::hold(t, file).await?;
    found.filter(|row| sees_hidden || !row.file.access.is_hidden()).ok_or_else(|| Error::NotFound(What::File).into())
}

/// Demands that a file may be removed for good. It is asked in the unit that removes it, of the row that the unit holds.
///
/// # Errors
/// `Held` for a file under legal hold.
pub(crate) fn demand(row: &file::Row) -> Result<()> {
    match row.file.legal_hold {
        Some(_) => Err(Error::Held(What::File)),
        None => Ok(()),
    }
}
