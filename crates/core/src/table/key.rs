//! The installation's signing keys.

use crate::unit::{Outcome, vals};
use attache_db::{Tx, sql};
use attache_model::Time;

sql!(
    KEY_ADD,
    "INSERT INTO signing_key (no, secret, created_at, retired_at) VALUES ($1, $2, $3, 0) ON CONFLICT (no) DO NOTHING"
);
sql!(KEY_LIST, "SELECT no, secret FROM signing_key WHERE retired_at = 0 ORDER BY no DESC");

/// Makes the first key where there is none.
pub(crate) async fn ensure(tx: &mut Tx, secret: &[u8; 32], now: Time) -> Outcome<u64> {
    Ok(tx.run(&KEY_ADD, vals![1i64, &secret[..], now.0]).await?)
}

/// The keys in use, newest first.
pub(crate) async fn list(tx: &mut Tx) -> Outcome<Vec<(i64, [u8; 32])>> {
    let read = |rec: &attache_db::Rec<'_>| {
        let secret = rec.bytes(1)?.try_into().map_err(|_| super::foreign(1, "a key of 32 bytes"))?;
        Ok((rec.int(0)?, secret))
    };
    Ok(tx.all(&KEY_LIST, &[], read).await?)
}
