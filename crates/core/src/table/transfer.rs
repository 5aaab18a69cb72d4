//! How far a copy into this installation is.

use crate::unit::{Outcome, vals};
use attache_db::{Sql, Tx, sql};

/// The one step that is kept: all of the copy. What its position holds is the installation that it comes from.
const STEP: &str = "copy";

sql!(TRANSFER_ADD, "INSERT INTO transfer (step, position, done) VALUES ($1, $2, 0)");
sql!(TRANSFER_GET, "SELECT position, done FROM transfer WHERE step = $1");
sql!(TRANSFER_DONE, "UPDATE transfer SET done = 1 WHERE step = 'copy'");

/// A copy into this installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Begun {
    /// The id of the installation that it comes from.
    pub(crate) from: String,
    /// Whether all of it is here.
    pub(crate) done: bool,
}

/// Writes down that a copy has begun.
pub(crate) async fn begin(tx: &mut Tx, from: &str) -> Outcome<()> {
    tx.run(&TRANSFER_ADD, vals![STEP, from]).await?;
    Ok(())
}

/// The copy that was begun, if one was.
pub(crate) async fn find(tx: &mut Tx) -> Outcome<Option<Begun>> {
    let read = |rec: &attache_db::Rec<'_>| Ok(Begun { from: rec.text(0)?, done: rec.int(1)? != 0 });
    Ok(tx.one(&TRANSFER_GET, vals![STEP], read).await?)
}

/// What writes down that the copy is here, in the transaction that brings its rows.
pub(crate) fn done() -> &'static Sql {
    &TRANSFER_DONE
}
