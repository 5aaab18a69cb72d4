//! Answers kept for idempotency keys.

use crate::unit::{Outcome, Tenanted, vals};
use attache_db::{Rec, Tx, sql};
use attache_model::Time;

sql!(
    ONCE_BEGIN,
    "INSERT INTO once (account_no, key, fingerprint, state, effect, status, headers, body, created_at, expires_at)
     VALUES ($1, $2, $3, 0, '', 0, '', $6, $4, $5)
     ON CONFLICT (account_no, key) DO UPDATE SET fingerprint = $3, state = 0, effect = '', status = 0, headers = '',
       body = $6, created_at = $4, expires_at = $5
     WHERE once.expires_at <= $4"
);
sql!(ONCE_GET, "SELECT fingerprint, state, effect, status, headers, body FROM once WHERE account_no = $1 AND key = $2");
sql!(
    ONCE_RENEW,
    "UPDATE once SET expires_at = CASE WHEN state = 0 THEN $4 ELSE expires_at END
     WHERE account_no = $1 AND key = $2 AND state < 2 AND fingerprint = $3"
);
sql!(
    ONCE_MARK,
    "UPDATE once SET state = 1, effect = CASE WHEN $4 = '' THEN effect ELSE $4 END, expires_at = $5
     WHERE account_no = $1 AND key = $2 AND state < 2 AND fingerprint = $3"
);
sql!(
    ONCE_ANSWER,
    "UPDATE once SET state = 2, fingerprint = $4, status = $5, headers = $6, body = $7, expires_at = $8
     WHERE account_no = $1 AND key = $2 AND state < 2 AND fingerprint = $3"
);
sql!(ONCE_DROP, "DELETE FROM once WHERE account_no = $1 AND key = $2 AND state = 0 AND fingerprint = $3");
sql!(ONCE_FORGET, "DELETE FROM once WHERE expires_at <= $1");
sql!(ONCE_FORGET_EFFECT, "DELETE FROM once WHERE account_no = $1 AND effect = $2 AND effect <> ''");

/// A key's row.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) fingerprint: String,
    /// 0 being worked on, 1 committed, 2 answered.
    pub(crate) state: i64,
    pub(crate) effect: String,
    pub(crate) status: i64,
    pub(crate) headers: String,
    pub(crate) body: Vec<u8>,
}

fn read(rec: &Rec<'_>) -> Result<Row, attache_db::Error> {
    Ok(Row {
        fingerprint: rec.text(0)?,
        state: rec.int(1)?,
        effect: rec.text(2)?,
        status: rec.int(3)?,
        headers: rec.text(4)?,
        body: rec.bytes(5)?,
    })
}

/// Takes a key that is free or over; false when it is neither. Until there is an answer the row names who took it in the
/// place of the fingerprint, which is not known yet.
pub(crate) async fn begin(t: &mut Tenanted<'_>, key: &str, taker: &str, now: Time, until: Time) -> Outcome<bool> {
    Ok(t.run(&ONCE_BEGIN, vals![key, taker, now.0, until.0, &[][..]]).await? == 1)
}

/// The key's row.
pub(crate) async fn get(t: &mut Tenanted<'_>, key: &str) -> Outcome<Option<Row>> {
    t.one(&ONCE_GET, vals![key], read).await
}

/// Holds a key until `until`, unless its change is committed already; false when it is not the taker's any more.
pub(crate) async fn renew(t: &mut Tenanted<'_>, key: &str, taker: &str, until: Time) -> Outcome<bool> {
    Ok(t.run(&ONCE_RENEW, vals![key, taker, until.0]).await? == 1)
}

/// Notes, in the unit that makes a change, that the key's change is made and what it came to, if that can be told, and keeps
/// that until `until`; false when the key is not the taker's any more.
pub(crate) async fn mark(t: &mut Tenanted<'_>, key: &str, taker: &str, effect: &str, until: Time) -> Outcome<bool> {
    Ok(t.run(&ONCE_MARK, vals![key, taker, effect, until.0]).await? == 1)
}

/// Keeps the answer until `until`, if the key is still the taker's.
pub(crate) async fn answer(t: &mut Tenanted<'_>, key: &str, taker: &str, row: &Row, until: Time) -> Outcome<u64> {
    let vals = vals![key, taker, &row.fingerprint, row.status, &row.headers, &row.body[..], until.0];
    t.run(&ONCE_ANSWER, vals).await
}

/// Frees a key whose request, the one that took it, came to nothing.
pub(crate) async fn drop(t: &mut Tenanted<'_>, key: &str, taker: &str) -> Outcome<u64> {
    t.run(&ONCE_DROP, vals![key, taker]).await
}

/// Forgets keys whose time is over.
pub(crate) async fn forget(tx: &mut Tx, now: Time) -> Outcome<u64> {
    Ok(tx.run(&ONCE_FORGET, vals![now.0]).await?)
}

/// Forgets the answers that tell of something that was erased.
pub(crate) async fn forget_effect(t: &mut Tenanted<'_>, effect: &str) -> Outcome<u64> {
    t.run(&ONCE_FORGET_EFFECT, vals![effect]).await
}
