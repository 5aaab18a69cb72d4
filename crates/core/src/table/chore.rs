//! Housekeeping that one node does for all: which, when it is due, and until when a node is at it.

use crate::unit::{Outcome, vals};
use attache_db::{Tx, sql};
use attache_model::Time;

sql!(CHORE_DUE, "SELECT due_at FROM chore WHERE name = $1");
sql!(CHORE_ADD, "INSERT INTO chore (name, due_at, held_until) VALUES ($1, 0, 0) ON CONFLICT (name) DO NOTHING");
// A hold that ends later than any can was taken by a clock that was wrong.
sql!(
    CHORE_TAKE,
    "UPDATE chore SET held_until = $3 WHERE name = $1 AND due_at <= $2 AND (held_until <= $2 OR held_until > $3)"
);
sql!(CHORE_KEEP, "UPDATE chore SET held_until = $3 WHERE name = $1 AND held_until = $2");
sql!(CHORE_LEAVE, "UPDATE chore SET held_until = 0, due_at = $3 WHERE name = $1 AND held_until = $2");

/// Whether a chore is due; one that nobody was ever at is.
pub(crate) async fn is_due(tx: &mut Tx, name: &str, now: Time) -> Outcome<bool> {
    let due = tx.one(&CHORE_DUE, vals![name], |rec| super::time(rec, 0)).await?;
    Ok(due.is_none_or(|at| at <= now))
}

/// Takes a chore that is due until `until`; false when it is not, or somebody is at it.
pub(crate) async fn take(tx: &mut Tx, name: &str, now: Time, until: Time) -> Outcome<bool> {
    tx.run(&CHORE_ADD, vals![name]).await?;
    Ok(tx.run(&CHORE_TAKE, vals![name, now.0, until.0]).await? == 1)
}

/// Keeps a chore that was taken until `held` for longer; false when somebody else is at it by now.
pub(crate) async fn keep(tx: &mut Tx, name: &str, held: Time, until: Time) -> Outcome<bool> {
    Ok(tx.run(&CHORE_KEEP, vals![name, held.0, until.0]).await? == 1)
}

/// Leaves a chore that was taken until `held`; it is due again at `due`.
pub(crate) async fn leave(tx: &mut Tx, name: &str, held: Time, due: Time) -> Outcome<()> {
    tx.run(&CHORE_LEAVE, vals![name, held.0, due.0]).await?;
    Ok(())
}
