//! Which installation this is.

use crate::unit::{Outcome, vals};
use attache_db::{Tx, sql};
use attache_model::Time;

sql!(INSTALLATION_ADD, "INSERT INTO installation (no, id, created_at) VALUES (1, $1, $2) ON CONFLICT (no) DO NOTHING");
sql!(INSTALLATION_GET, "SELECT id FROM installation WHERE no = 1");
sql!(TRANSFER_OPEN, "SELECT 1 FROM transfer WHERE done = 0 LIMIT 1");

/// The id; `id` where it has none yet.
pub(crate) async fn ensure(tx: &mut Tx, id: &str, now: Time) -> Outcome<Option<String>> {
    tx.run(&INSTALLATION_ADD, vals![id, now.0]).await?;
    get(tx).await
}

/// The id.
pub(crate) async fn get(tx: &mut Tx) -> Outcome<Option<String>> {
    Ok(tx.one(&INSTALLATION_GET, &[], |rec| rec.text(0)).await?)
}

/// Whether another installation is being copied into this one.
pub(crate) async fn is_half_copied(tx: &mut Tx) -> Outcome<bool> {
    Ok(tx.one(&TRANSFER_OPEN, &[], |_| Ok(())).await?.is_some())
}
