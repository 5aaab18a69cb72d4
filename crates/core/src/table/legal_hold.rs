//! Legal holds, which stand in the rows of their files.

use crate::unit::{Outcome, Tenanted, vals};
use attache_db::{Rec, sql};
use attache_model::legal_hold::{HeldFile, LegalHold};
use attache_model::{FileId, FileNo, Time, UserNo};

sql!(
    LEGAL_HOLD_SET,
    "UPDATE file SET legal_hold_at = $3, legal_hold_by = $4, legal_hold_reason = $5, revision = revision + 1
     WHERE account_no = $1 AND no = $2"
);
// The index that serves these has the files under hold alone.
sql!(
    LEGAL_HOLD_LIST,
    "SELECT no, id, legal_hold_at, legal_hold_by, legal_hold_reason FROM file
     WHERE account_no = $1 AND no > $2 AND hidden <= $3 AND legal_hold_at > 0 ORDER BY no LIMIT $4"
);
sql!(
    LEGAL_HOLD_KEPT,
    "SELECT COUNT(*) FROM file WHERE account_no = $1 AND legal_hold_at > 0
       AND ((trashed_at > 0 AND trashed_at < $2) OR expires_at <= $3)"
);

/// Reads since when, who and why from column `at` on.
pub(crate) fn read(rec: &Rec<'_>, at: usize) -> Result<Option<LegalHold>, attache_db::Error> {
    let Some(placed_at) = super::time_or_none(rec, at)? else { return Ok(None) };
    Ok(Some(LegalHold { placed_at, placed_by: UserNo(rec.int(at + 1)?), reason: rec.text(at + 2)? }))
}

/// Puts a file under a hold, or under none.
pub(crate) async fn set(t: &mut Tenanted<'_>, file: FileNo, hold: Option<&LegalHold>) -> Outcome<u64> {
    let (at, by, reason) = hold.map_or((0, 0, ""), |hold| (hold.placed_at.0, hold.placed_by.0, hold.reason.as_str()));
    t.run(&LEGAL_HOLD_SET, vals![file.0, at, by, reason]).await
}

/// Files under hold after one of them, by number.
pub(crate) async fn list(t: &mut Tenanted<'_>, after: FileNo, sees_hidden: bool, limit: u32) -> Outcome<Vec<HeldFile>> {
    let read = |rec: &Rec<'_>| {
        let hold = read(rec, 2)?.ok_or_else(|| super::foreign(2, "a legal hold"))?;
        Ok(HeldFile { no: FileNo(rec.int(0)?), id: FileId(super::uuid(rec, 1)?), hold })
    };
    t.all(&LEGAL_HOLD_LIST, vals![after.0, sees_hidden, limit], read).await
}

/// How many files stay although their time in the trash, or their own, is over.
pub(crate) async fn kept(t: &mut Tenanted<'_>, trashed_before: Time, now: Time) -> Outcome<u64> {
    let count = t.one(&LEGAL_HOLD_KEPT, vals![trashed_before.0, now.0], |rec| super::unsigned(rec, 0)).await?;
    Ok(count.unwrap_or(0))
}
