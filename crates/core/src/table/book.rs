//! The account's book: what it holds, what it may hold, and the number of its last event.

use crate::unit::{Outcome, Tenanted, vals};
use attache_db::sql;
use attache_model::account::{Quota, Usage};

sql!(
    BOOK_POST,
    "UPDATE book SET used_bytes = used_bytes + $2, used_files = used_files + $3, event_no = event_no + $4
     WHERE account_no = $1
       AND ($2 <= 0 OR quota_bytes < 0 OR used_bytes + reserved_bytes + $2 <= quota_bytes)
       AND ($3 <= 0 OR quota_files < 0 OR used_files + reserved_files + $3 <= quota_files)
     RETURNING event_no"
);
sql!(
    BOOK_GET,
    "SELECT used_bytes, used_files, quota_bytes, quota_files, reserved_bytes, reserved_files FROM book
     WHERE account_no = $1"
);
sql!(BOOK_SET_QUOTA, "UPDATE book SET quota_bytes = $2, quota_files = $3 WHERE account_no = $1");
sql!(
    BOOK_OPEN,
    "INSERT INTO book (account_no, used_bytes, used_files, reserved_bytes, reserved_files, quota_bytes, quota_files, event_no)
     VALUES ($1, 0, 0, 0, 0, -1, -1, 0)"
);
sql!(BOOK_CORRECT, "UPDATE book SET used_bytes = $2, used_files = $3 WHERE account_no = $1");
sql!(
    BOOK_RECOUNT,
    "SELECT CAST((SELECT COALESCE(SUM(size), 0) FROM version WHERE account_no = $1) AS BIGINT),
            (SELECT COUNT(*) FROM file WHERE account_no = $1)"
);

/// Adds to what the account holds, within its quota, and takes `events` event numbers. The last of them; `None` when
/// the quota does not allow it.
pub(crate) async fn post(t: &mut Tenanted<'_>, bytes: i64, files: i64, events: i64) -> Outcome<Option<i64>> {
    t.one(&BOOK_POST, vals![bytes, files, events], |rec| rec.int(0)).await
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

/// Bytes and files that the book says are held, without reservations.
pub(crate) async fn told(t: &mut Tenanted<'_>) -> Outcome<(i64, i64)> {
    Ok(t.one(&BOOK_GET, &[], |rec| Ok((rec.int(0)?, rec.int(1)?))).await?.unwrap_or_default())
}

/// Opens the book of a new account.
pub(crate) async fn open(t: &mut Tenanted<'_>) -> Outcome<u64> {
    t.run(&BOOK_OPEN, &[]).await
}

/// What the rows themselves say the account holds: bytes and files.
pub(crate) async fn recount(t: &mut Tenanted<'_>) -> Outcome<(i64, i64)> {
    Ok(t.one(&BOOK_RECOUNT, &[], |rec| Ok((rec.int(0)?, rec.int(1)?))).await?.unwrap_or_default())
}

/// Writes a recount into the book.
pub(crate) async fn correct(t: &mut Tenanted<'_>, bytes: i64, files: i64) -> Outcome<u64> {
    t.run(&BOOK_CORRECT, vals![bytes, files]).await
}
