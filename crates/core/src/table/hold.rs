//! Holds: while one is in force, no stored bytes are removed.

use crate::unit::{Outcome, vals};
use attache_db::{Tx, sql};
use attache_model::Time;

sql!(HOLD_TAKE, "INSERT INTO hold (id, reason, until_at) VALUES ($1, $2, $3)");
// One that has ended cannot be had back: bytes may have gone since.
sql!(HOLD_RENEW, "UPDATE hold SET until_at = $2 WHERE id = $1 AND until_at > $3");
sql!(HOLD_END, "DELETE FROM hold WHERE id = $1");
sql!(HOLD_FORGET, "DELETE FROM hold WHERE until_at <= $1");
sql!(HOLD_IN_FORCE, "SELECT 1 FROM hold WHERE until_at > $1 LIMIT 1");

/// Takes a hold.
pub(crate) async fn take(tx: &mut Tx, id: &str, reason: &str, until: Time, now: Time) -> Outcome<()> {
    tx.run(&HOLD_FORGET, vals![now.0]).await?;
    tx.run(&HOLD_TAKE, vals![id, reason, until.0]).await?;
    Ok(())
}

/// Makes a hold last longer; false when it has ended.
pub(crate) async fn renew(tx: &mut Tx, id: &str, until: Time, now: Time) -> Outcome<bool> {
    Ok(tx.run(&HOLD_RENEW, vals![id, until.0, now.0]).await? == 1)
}

/// Ends a hold.
pub(crate) async fn end(tx: &mut Tx, id: &str) -> Outcome<()> {
    tx.run(&HOLD_END, vals![id]).await?;
    Ok(())
}

/// Whether any hold is in force.
pub(crate) async fn is_any(tx: &mut Tx, now: Time) -> Outcome<bool> {
    Ok(tx.one(&HOLD_IN_FORCE, vals![now.0], |_| Ok(())).await?.is_some())
}
