//! What the scrub knows of blobs: when each was read again, which is read next, and which are damaged.

use crate::table::blob::Home;
use crate::unit::{Outcome, Tenanted, vals};
use attache_db::{Error, Rec, Tx, sql};
use attache_model::digest::Sha256;
use attache_model::{AccountNo, FileNo, Time};

sql!(
    SCRUB_GET,
    "SELECT account_no, key, home, size, sha256, created_at, read_at, damaged_at FROM blob
     WHERE account_no = $1 AND key = $2 AND state = 1"
);
sql!(
    SCRUB_WALK,
    "SELECT account_no, key, home, size, sha256, created_at, read_at, damaged_at FROM blob
     WHERE (account_no, key) > ($1, $2) AND state = 1 ORDER BY account_no, key LIMIT $3"
);
sql!(
    SCRUB_OLD,
    "SELECT account_no, key, home, size, sha256, created_at, read_at, damaged_at FROM blob
     WHERE state = 1 AND (read_at, account_no, key) > ($1, $2, $3) AND read_at <= $4
     ORDER BY read_at, account_no, key LIMIT $5"
);
sql!(
    SCRUB_FRESH,
    "SELECT account_no, key, home, size, sha256, created_at, read_at, damaged_at FROM blob
     WHERE reread_at > 0 AND reread_at <= $1 AND state = 1 ORDER BY reread_at LIMIT $2"
);
sql!(SCRUB_READ, "UPDATE blob SET read_at = $3, reread_at = $4 WHERE account_no = $1 AND key = $2 AND state = 1");
sql!(SCRUB_PASS_BY, "UPDATE blob SET reread_at = $3 WHERE account_no = $1 AND key = $2 AND reread_at > 0");
sql!(
    SCRUB_MARK,
    "UPDATE blob SET damaged_at = $3, read_at = $4, reread_at = 0
     WHERE account_no = $1 AND key = $2 AND state = 1 AND damaged_at = 0"
);
sql!(
    SCRUB_UNMARK,
    "UPDATE blob SET damaged_at = 0, read_at = $3 WHERE account_no = $1 AND key = $2 AND state = 1 AND damaged_at > 0"
);
sql!(SCRUB_MARKED, "SELECT COUNT(*) FROM blob WHERE damaged_at > 0");
sql!(SCRUB_IS_MARKED, "SELECT damaged_at FROM blob WHERE account_no = $1 AND key = $2");
sql!(
    SCRUB_FILES,
    "SELECT DISTINCT file_no FROM version WHERE account_no = $1 AND blob_key = $2 ORDER BY file_no LIMIT $3"
);

/// A living blob, as the scrub looks at it.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) account: AccountNo,
    pub(crate) key: String,
    pub(crate) home: Home,
    pub(crate) size: u64,
    pub(crate) sha256: Sha256,
    pub(crate) created_at: Time,
    pub(crate) read_at: Time,
    pub(crate) damaged: bool,
}

fn read(rec: &Rec<'_>) -> Result<Row, Error> {
    Ok(Row {
        account: AccountNo(rec.int(0)?),
        key: rec.text(1)?,
        home: if rec.int(2)? == 0 { Home::Row } else { Home::Volume },
        size: super::unsigned(rec, 3)?,
        sha256: Sha256::from_hex(&rec.text(4)?).ok_or_else(|| super::foreign(4, "a SHA-256"))?,
        created_at: super::time(rec, 5)?,
        read_at: super::time(rec, 6)?,
        damaged: rec.int(7)? > 0,
    })
}

/// One living blob.
pub(crate) async fn get(t: &mut Tenanted<'_>, key: &str) -> Outcome<Option<Row>> {
    t.one(&SCRUB_GET, vals![key], read).await
}

/// The living blobs after `(account, key)`.
pub(crate) async fn walk(tx: &mut Tx, account: AccountNo, key: &str, limit: u32) -> Outcome<Vec<Row>> {
    Ok(tx.all(&SCRUB_WALK, vals![account.0, key, i64::from(limit)], read).await?)
}

/// Where a walk over blobs stands, in the order in which they were read last.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    read_at: Time,
    account: AccountNo,
    key: String,
}

impl Place {
    /// Before all blobs.
    pub(crate) fn start() -> Place {
        Place { read_at: Time(-1), account: AccountNo(0), key: String::new() }
    }

    /// Behind a blob.
    pub(crate) fn after(row: &Row) -> Place {
        Place { read_at: row.read_at, account: row.account, key: row.key.clone() }
    }
}

/// The living blobs behind a place that were not read since `before`, those that were not for the longest time first.
pub(crate) async fn old(tx: &mut Tx, from: &Place, before: Time, limit: u32) -> Outcome<Vec<Row>> {
    let Place { read_at, account, key } = from;
    Ok(tx.all(&SCRUB_OLD, vals![read_at.0, account.0, key, before.0, i64::from(limit)], read).await?)
}

/// Fresh blobs whose next reading is due.
pub(crate) async fn fresh(tx: &mut Tx, now: Time, limit: u32) -> Outcome<Vec<Row>> {
    Ok(tx.all(&SCRUB_FRESH, vals![now.0, i64::from(limit)], read).await?)
}

/// A blob was read; `again` is when it is read as a sample once more.
pub(crate) async fn read_now(t: &mut Tenanted<'_>, key: &str, now: Time, again: Option<Time>) -> Outcome<()> {
    t.run(&SCRUB_READ, vals![key, now.0, again.map_or(0, |at| at.0)]).await.map(|_| ())
}

/// A sample could not be read; `again` is when it is tried once more.
pub(crate) async fn pass_by(t: &mut Tenanted<'_>, key: &str, again: Option<Time>) -> Outcome<()> {
    t.run(&SCRUB_PASS_BY, vals![key, again.map_or(0, |at| at.0)]).await.map(|_| ())
}

/// A blob is damaged. It comes up again as one that was read at `read_at`. False when that was known, or it died meanwhile.
pub(crate) async fn mark(t: &mut Tenanted<'_>, key: &str, now: Time, read_at: Time) -> Outcome<bool> {
    Ok(t.run(&SCRUB_MARK, vals![key, now.0, read_at.0]).await? == 1)
}

/// A damaged blob is whole again; false when it was not known as damaged any more.
pub(crate) async fn unmark(t: &mut Tenanted<'_>, key: &str, now: Time) -> Outcome<bool> {
    Ok(t.run(&SCRUB_UNMARK, vals![key, now.0]).await? == 1)
}

/// How many blobs of all accounts are damaged.
pub(crate) async fn marked(tx: &mut Tx) -> Outcome<i64> {
    Ok(tx.one(&SCRUB_MARKED, &[], |rec| rec.int(0)).await?.unwrap_or(0))
}

/// Whether a blob is known as damaged.
pub(crate) async fn is_marked(t: &mut Tenanted<'_>, key: &str) -> Outcome<bool> {
    Ok(t.one(&SCRUB_IS_MARKED, vals![key], |rec| rec.int(0)).await?.is_some_and(|at| at > 0))
}

/// The first `limit` files that have a blob in one of their versions.
pub(crate) async fn files(t: &mut Tenanted<'_>, key: &str, limit: u32) -> Outcome<Vec<FileNo>> {
    t.all(&SCRUB_FILES, vals![key, i64::from(limit)], |rec| rec.int(0).map(FileNo)).await
}
