//! The account's book: what it holds, what it may hold, and the number of its last event.

use crate::unit::{Outcome, Tenanted, vals};
use attache_db::{Rec, sql};
use attache_model::account::{Quota, Usage};
use attache_model::audit::AuditHead;

sql!(
    BOOK_POST,
    "UPDATE book SET used_bytes = used_bytes + $2, used_files = used_files + $3, event_no = event_no + $4,
       audit_no = audit_no + $5
     WHERE account_no = $1
       AND ($2 <= 0 OR quota_bytes < 0 OR used_bytes + reserved_bytes + $2 <= quota_bytes)
       AND ($3 <= 0 OR quota_files < 0 OR used_files + reserved_files + $3 <= quota_files)
     RETURNING event_no, audit_no - $5, audit_head"
);
sql!(
    BOOK_GET,
    "SELECT used_bytes, used_files, quota_bytes, quota_files, reserved_bytes, reserved_files FROM book
     WHERE account_no = $1"
);
sql!(BOOK_HOLD, "UPDATE book SET used_bytes = used_bytes WHERE account_no = $1");
sql!(BOOK_EVENT_NO, "SELECT event_no FROM book WHERE account_no = $1");
sql!(BOOK_SET_QUOTA, "UPDATE book SET quota_bytes = $2, quota_files = $3 WHERE account_no = $1");
sql!(
    BOOK_OPEN,
    "INSERT INTO book (account_no, used_bytes, used_files, reserved_bytes, reserved_files, quota_bytes, quota_files, event_no)
     VALUES ($1, 0, 0, 0, 0, -1, -1, 0)"
);
sql!(
    BOOK_RESERVE,
    "UPDATE book SET reserved_bytes = reserved_bytes + $2, reserved_files = reserved_files + $3
     WHERE account_no = $1
       AND ($2 <= 0 OR quota_bytes < 0 OR used_bytes + reserved_bytes + $2 <= quota_bytes)
       AND ($3 <= 0 OR quota_files < 0 OR used_files + reserved_files + $3 <= quota_files)"
);
sql!(
    BOOK_CORRECT,
    "UPDATE book SET used_bytes = $2, used_files = $3, reserved_bytes = $4, reserved_files = $5 WHERE account_no = $1"
);
sql!(
    BOOK_RECOUNT,
    "SELECT CAST((SELECT COALESCE(SUM(v.size), 0) FROM file f JOIN version v ON v.account_no = $1 AND v.file_no = f.no
         WHERE f.account_no = $1 AND f.trashed_at = 0) AS BIGINT),
       (SELECT COUNT(*) FROM file WHERE account_no = $1 AND trashed_at = 0),
       CAST((SELECT COALESCE(SUM(held_bytes), 0) FROM upload WHERE account_no = $1) AS BIGINT),
       CAST((SELECT COALESCE(SUM(held_files), 0) FROM upload WHERE account_no = $1) AS BIGINT)"
);

/// Adds to what the account holds, within its quota, takes `events` event numbers, and the next number of its audit log
/// when there are some. The last event's number, and the log's head from before; `None` when the quota does not allow it.
pub(crate) async fn post(
    t: &mut Tenanted<'_>,
    bytes: i64,
    files: i64,
    events: i64,
) -> Outcome<Option<(i64, AuditHead)>> {
    let read = |rec: &Rec<'_>| Ok((rec.int(0)?, AuditHead { no: rec.int(1)?, digest: rec.text(2)? }));
    t.one(&BOOK_POST, vals![bytes, files, events, i64::from(events > 0)], read).await
}

/// What the account holds and may hold.
pub(crate) async fn get(t: &mut Tenanted<'_>) -> Outcome<Option<(Usage, Quota)>> {
    t.one(&BOOK_GET, &[], |rec| {
        let limit = |column| rec.int(column).map(|limit| u64::try_from(limit).ok());
        let usage = Usage {
            bytes: super::unsigned(rec, 0)? + super::unsigned(rec, 4)?,
            files: super::unsigned(rec, 1)? + super::unsigned(rec, 5)?,
        };
        Ok((usage, Quota { bytes: limit(2)?, files: limit(3)? }))
    })
    .await
}

/// Changes what the account may hold.
pub(crate) async fn set_quota(t: &mut Tenanted<'_>, quota: Quota) -> Outcome<u64> {
    let limit = |limit: Option<u64>| limit.map_or(-1, super::signed);
    t.run(&BOOK_SET_QUOTA, vals![limit(quota.bytes), limit(quota.files)]).await
}

/// What a book holds, or what was counted for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Bytes of all versions of living files.
    pub bytes: i64,
    /// Living files.
    pub files: i64,
    /// Bytes kept free for open uploads.
    pub reserved_bytes: i64,
    /// Files kept free for open uploads.
    pub reserved_files: i64,
}

/// Keeps room for an upload, within the quota, or gives it back; false when the quota does not allow it.
pub(crate) async fn reserve(t: &mut Tenanted<'_>, bytes: i64, files: i64) -> Outcome<bool> {
    Ok(t.run(&BOOK_RESERVE, vals![bytes, files]).await? == 1)
}

/// What the book says.
pub(crate) async fn told(t: &mut Tenanted<'_>) -> Outcome<Tally> {
    let read = |rec: &Rec<'_>| {
        Ok(Tally { bytes: rec.int(0)?, files: rec.int(1)?, reserved_bytes: rec.int(4)?, reserved_files: rec.int(5)? })
    };
    Ok(t.one(&BOOK_GET, &[], read).await?.unwrap_or_default())
}

/// Nobody else changes the book until the unit ends. Whatever it counts is changed in the unit that changes the book.
pub(crate) async fn hold(t: &mut Tenanted<'_>) -> Outcome<u64> {
    t.run(&BOOK_HOLD, &[]).await
}

/// Opens the book of a new account.
pub(crate) async fn open(t: &mut Tenanted<'_>) -> Outcome<u64> {
    t.run(&BOOK_OPEN, &[]).await
}

/// What the rows themselves say.
pub(crate) async fn recount(t: &mut Tenanted<'_>) -> Outcome<Tally> {
    let read = |rec: &Rec<'_>| {
        Ok(Tally { bytes: rec.int(0)?, files: rec.int(1)?, reserved_bytes: rec.int(2)?, reserved_files: rec.int(3)? })
    };
    Ok(t.one(&BOOK_RECOUNT, &[], read).await?.unwrap_or_default())
}

/// Writes a recount into the book.
pub(crate) async fn correct(t: &mut Tenanted<'_>, counted: Tally) -> Outcome<u64> {
    let Tally { bytes, files, reserved_bytes, reserved_files } = counted;
    t.run(&BOOK_CORRECT, vals![bytes, files, reserved_bytes, reserved_files]).await
}

/// The number of the account's last event; 0 for none.
pub(crate) async fn event_no(t: &mut Tenanted<'_>) -> Outcome<i64> {
    Ok(t.one(&BOOK_EVENT_NO, &[], |rec| rec.int(0)).await?.unwrap_or(0))
}
