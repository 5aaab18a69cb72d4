//! The newest moment that a server has worked at, by a clock that was believed.

use crate::unit::{Outcome, vals};
use attache_db::{Tx, sql};
use attache_model::Time;

sql!(MOMENT_GET, "SELECT seen_at FROM moment WHERE no = 1");
sql!(
    MOMENT_SEE,
    "INSERT INTO moment (no, seen_at) VALUES (1, $1)
     ON CONFLICT (no) DO UPDATE SET seen_at = $1 WHERE moment.seen_at < $1"
);
sql!(MOMENT_SET, "INSERT INTO moment (no, seen_at) VALUES (1, $1) ON CONFLICT (no) DO UPDATE SET seen_at = $1");

/// The newest moment; `None` when no server has worked yet.
pub(crate) async fn get(tx: &mut Tx) -> Outcome<Option<Time>> {
    Ok(tx.one(&MOMENT_GET, &[], |rec| super::time(rec, 0)).await?)
}

/// A server works at this moment.
pub(crate) async fn see(tx: &mut Tx, now: Time) -> Outcome<()> {
    tx.run(&MOMENT_SEE, vals![now.0]).await?;
    Ok(())
}

/// This moment is the newest, whatever was seen before.
pub(crate) async fn set(tx: &mut Tx, now: Time) -> Outcome<()> {
    tx.run(&MOMENT_SET, vals![now.0]).await?;
    Ok(())
}
