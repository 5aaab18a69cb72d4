//! Blobs: the bytes that versions share. A blob lives while versions refer to it; then it is dying, and gone once its
//! bytes are.

use crate::unit::{Outcome, Tenanted, vals};
use attache_db::{Rec, Tx, sql};
use attache_model::Time;
use attache_model::digest::Sha256;

sql!(
    BLOB_ATTACH,
    "UPDATE blob SET refs = refs + 1
     WHERE account_no = $1 AND state = 1 AND key = (
       SELECT key FROM blob WHERE account_no = $1 AND sha256 = $2 AND size = $3 AND state = 1
       ORDER BY damaged_at, key LIMIT 1)
     RETURNING key, damaged_at"
);
sql!(
    BLOB_ADD,
    "INSERT INTO blob (account_no, key, home, size, sha256, refs, state, created_at, read_at, reread_at)
     VALUES ($1, $2, $3, $4, $5, 1, 1, $6, $6, $7)"
);
sql!(BLOB_SMALL_ADD, "INSERT INTO blob_small (account_no, key, bytes) VALUES ($1, $2, $3)");
sql!(
    BLOB_SMALL_WHOLE,
    "SELECT s.bytes, b.damaged_at FROM blob_small s JOIN blob b ON b.account_no = $1 AND b.key = s.key
     WHERE s.account_no = $1 AND s.key = $2"
);
sql!(BLOB_LEAVE_VERSIONS, "UPDATE version SET blob_key = $3 WHERE account_no = $1 AND blob_key = $2");
sql!(
    BLOB_LEAVE_FILES,
    "UPDATE file SET blob_key = $3 WHERE account_no = $1 AND blob_key = $2
       AND no IN (SELECT file_no FROM version WHERE account_no = $1 AND blob_key = $3)"
);
sql!(
    BLOB_TAKE_REFS,
    "UPDATE blob SET refs = (SELECT refs FROM blob WHERE account_no = $1 AND key = $2) WHERE account_no = $1 AND key = $3"
);
sql!(BLOB_DIE, "UPDATE blob SET refs = 0, state = 2 WHERE account_no = $1 AND key = $2");
sql!(BLOB_SMALL_GET, "SELECT bytes FROM blob_small WHERE account_no = $1 AND key = $2");
sql!(
    BLOB_RELEASE,
    "UPDATE blob SET refs = refs - 1, state = CASE WHEN refs = 1 THEN 2 ELSE state END
     WHERE account_no = $1 AND key = $2 RETURNING refs, home"
);
sql!(BLOB_GONE, "DELETE FROM blob WHERE account_no = $1 AND key = $2 AND state = 2");
sql!(BLOB_DYING, "SELECT account_no, key FROM blob WHERE state = 2 AND home = 1 ORDER BY account_no, key LIMIT $1");
sql!(BLOB_KNOWN, "SELECT 1 FROM blob WHERE key = $1 AND home = 1");
sql!(
    BLOB_WALK,
    "SELECT account_no, key, home, size, sha256, state FROM blob
     WHERE (account_no, key) > ($1, $2) ORDER BY account_no, key LIMIT $3"
);
sql!(BLOB_COUNT_REFS, "SELECT COUNT(*) FROM version WHERE account_no = $1 AND blob_key = $2");
sql!(
    BLOB_REFS,
    "SELECT refs, (SELECT COUNT(*) FROM version WHERE account_no = $1 AND blob_key = $2) FROM blob
     WHERE account_no = $1 AND key = $2"
);
// Whoever adds a reference or takes one away changes the blob's row in the same unit, and waits until this one has ended.
sql!(BLOB_HOLD, "UPDATE blob SET refs = refs WHERE account_no = $1 AND key = $2 RETURNING refs");
sql!(BLOB_SET_REFS, "UPDATE blob SET refs = $3 WHERE account_no = $1 AND key = $2");

/// Where a blob's bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Home {
    /// In `blob_small`.
    Row,
    /// On the volume.
    Volume,
}

/// A blob's row, for the check.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) account: i64,
    pub(crate) key: String,
    pub(crate) home: Home,
    pub(crate) size: u64,
    pub(crate) sha256: Sha256,
    pub(crate) dying: bool,
}

/// A living blob that was found by its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Twin {
    pub(crate) key: String,
    /// Its own bytes are others than they should be, or gone.
    pub(crate) damaged: bool,
}

/// Adds a reference to a living blob of the same content, to a damaged one only where there is no other.
pub(crate) async fn attach(t: &mut Tenanted<'_>, sha256: &Sha256, size: i64) -> Outcome<Option<Twin>> {
    let read = |rec: &Rec<'_>| Ok(Twin { key: rec.text(0)?, damaged: rec.int(1)? > 0 });
    t.one(&BLOB_ATTACH, vals![&sha256.to_string(), size], read).await
}

/// Puts a blob in the place of a damaged one of the same content: whatever referred to that refers to this, and that dies.
pub(crate) async fn replace(t: &mut Tenanted<'_>, damaged: &str, whole: &str) -> Outcome<()> {
    for sql in [&BLOB_LEAVE_VERSIONS, &BLOB_LEAVE_FILES, &BLOB_TAKE_REFS] {
        t.run(sql, vals![damaged, whole]).await?;
    }
    die(t, damaged).await
}

/// Lets a blob die that nothing refers to. Bytes on the volume are removed by the sweep, as those of every dying blob.
pub(crate) async fn die(t: &mut Tenanted<'_>, key: &str) -> Outcome<()> {
    t.run(&BLOB_DIE, vals![key]).await?;
    if key.starts_with(crate::entropy::ROW_KEY_PREFIX) { gone(t, key).await } else { Ok(()) }
}

/// A new blob with one reference; `bytes` are given when they live in the database. At `again` it is read again, as a
/// sample.
pub(crate) async fn add(
    t: &mut Tenanted<'_>,
    key: &str,
    bytes: Option<&[u8]>,
    size: i64,
    sha256: &Sha256,
    now: Time,
    again: Option<Time>,
) -> Outcome<()> {
    let digest = sha256.to_string();
    let home = i64::from(bytes.is_none());
    let blob = vals![key, home, size, &digest, now.0, again.map_or(0, |at| at.0)];
    match bytes {
        None => t.run(&BLOB_ADD, blob).await.map(|_| ()),
        Some(bytes) => t.batch(&[(&BLOB_ADD, blob), (&BLOB_SMALL_ADD, vals![key, bytes])]).await,
    }
}

/// The bytes of a blob that lives in the database; `None` in them when it is known as damaged.
pub(crate) async fn whole_bytes(t: &mut Tenanted<'_>, key: &str) -> Outcome<Option<Option<Vec<u8>>>> {
    t.one(&BLOB_SMALL_WHOLE, vals![key], |rec| if rec.int(1)? > 0 { Ok(None) } else { rec.bytes(0).map(Some) }).await
}

/// The bytes of a blob that lives in the database.
pub(crate) async fn bytes(t: &mut Tenanted<'_>, key: &str) -> Outcome<Option<Vec<u8>>> {
    t.one(&BLOB_SMALL_GET, vals![key], |rec| rec.bytes(0)).await
}

/// What becomes of a blob that a version lets go of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Released {
    /// Other versions have it.
    Kept,
    /// It was in the database, and is gone.
    Row,
    /// It is dying: its bytes are to be removed after the commit.
    Dying,
}

/// Takes a reference away. With the last one the blob dies.
pub(crate) async fn release(t: &mut Tenanted<'_>, key: &str) -> Outcome<Released> {
    let left = t.one(&BLOB_RELEASE, vals![key], |rec| Ok((rec.int(0)?, rec.int(1)?))).await?;
    match left {
        Some((0, 0)) => gone(t, key).await.map(|()| Released::Row),
        Some((0, _)) => Ok(Released::Dying),
        _ => Ok(Released::Kept),
    }
}

/// Forgets a dying blob, once its bytes are removed.
pub(crate) async fn gone(t: &mut Tenanted<'_>, key: &str) -> Outcome<()> {
    t.run(&BLOB_GONE, vals![key]).await.map(|_| ())
}

/// Some dying blobs of any account whose bytes are on the volume.
pub(crate) async fn dying(tx: &mut Tx, limit: i64) -> Outcome<Vec<(i64, String)>> {
    Ok(tx.all(&BLOB_DYING, vals![limit], |rec| Ok((rec.int(0)?, rec.text(1)?))).await?)
}

/// Whether any blob has its bytes on the volume under this key.
pub(crate) async fn known(tx: &mut Tx, key: &str) -> Outcome<bool> {
    Ok(tx.one(&BLOB_KNOWN, vals![key], |rec| rec.int(0)).await?.is_some())
}

/// The blobs after `(account, key)`, for the check.
pub(crate) async fn walk(tx: &mut Tx, account: i64, key: &str, limit: i64) -> Outcome<Vec<Row>> {
    let read = |rec: &Rec<'_>| {
        Ok(Row {
            account: rec.int(0)?,
            key: rec.text(1)?,
            home: if rec.int(2)? == 0 { Home::Row } else { Home::Volume },
            size: super::unsigned(rec, 3)?,
            sha256: Sha256::from_hex(&rec.text(4)?).ok_or_else(|| super::foreign(4, "a SHA-256"))?,
            dying: rec.int(5)? == 2,
        })
    };
    Ok(tx.all(&BLOB_WALK, vals![account, key, limit], read).await?)
}

/// How many versions really refer to a blob.
pub(crate) async fn count_refs(t: &mut Tenanted<'_>, key: &str) -> Outcome<i64> {
    Ok(t.one(&BLOB_COUNT_REFS, vals![key], |rec| rec.int(0)).await?.unwrap_or(0))
}

/// How many versions a blob says that refer to it, and how many do, both at one moment. `None` for a blob that is not there.
pub(crate) async fn refs(t: &mut Tenanted<'_>, key: &str) -> Outcome<Option<(i64, i64)>> {
    t.one(&BLOB_REFS, vals![key], |rec| Ok((rec.int(0)?, rec.int(1)?))).await
}

/// How many versions a blob says that refer to it. That changes no more until the unit ends.
pub(crate) async fn hold_refs(t: &mut Tenanted<'_>, key: &str) -> Outcome<Option<i64>> {
    t.one(&BLOB_HOLD, vals![key], |rec| rec.int(0)).await
}

/// Writes a recounted number of references.
pub(crate) async fn set_refs(t: &mut Tenanted<'_>, key: &str, refs: i64) -> Outcome<()> {
    t.run(&BLOB_SET_REFS, vals![key, refs]).await.map(|_| ())
}
