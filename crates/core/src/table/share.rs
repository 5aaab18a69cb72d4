//! Signed links that their owners can list and take back.

use crate::unit::{Outcome, Tenanted, vals};
use attache_db::{Rec, sql};
use attache_model::id::ShareId;
use attache_model::share::Share;
use attache_model::{FileNo, Time, UserNo};

sql!(
    SHARE_ADD,
    "INSERT INTO share (account_no, id, file_no, version_no, expires_at, created_at, created_by, revoked_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 0)"
);
sql!(
    SHARE_GET,
    "SELECT id, file_no, version_no, expires_at, created_at, created_by, revoked_at FROM share
     WHERE account_no = $1 AND id = $2"
);
sql!(
    SHARE_LIST,
    "SELECT id, file_no, version_no, expires_at, created_at, created_by, revoked_at FROM share
     WHERE account_no = $1 AND ($2 < 0 OR file_no = $2) AND revoked_at = 0 AND expires_at > $3
       AND created_at <= $4 AND (created_at < $4 OR id < $5)
     ORDER BY created_at DESC, id DESC LIMIT $6"
);
sql!(SHARE_REVOKE, "UPDATE share SET revoked_at = $3 WHERE account_no = $1 AND id = $2 AND revoked_at = 0");

fn read(rec: &Rec<'_>) -> Result<Share, attache_db::Error> {
    Ok(Share {
        id: ShareId(super::uuid(rec, 0)?),
        file: FileNo(rec.int(1)?),
        version: Some(rec.int(2)?).filter(|no| *no > 0),
        expires_at: super::time(rec, 3)?,
        created_at: super::time(rec, 4)?,
        created_by: UserNo(rec.int(5)?),
        revoked_at: super::time_or_none(rec, 6)?,
    })
}

/// Keeps a link's row.
pub(crate) async fn add(t: &mut Tenanted<'_>, share: &Share) -> Outcome<u64> {
    let id = share.id.to_string();
    let vals = vals![
        &id,
        share.file.0,
        share.version.unwrap_or(0),
        share.expires_at.0,
        share.created_at.0,
        share.created_by.0,
    ];
    t.run(&SHARE_ADD, vals).await
}

/// A link's row, in whatever state.
pub(crate) async fn get(t: &mut Tenanted<'_>, id: ShareId) -> Outcome<Option<Share>> {
    t.one(&SHARE_GET, vals![&id.to_string()], read).await
}

/// Working links, newest first, of one file or of all, from before `(at, id)`.
pub(crate) async fn list(
    t: &mut Tenanted<'_>,
    file: Option<FileNo>,
    now: Time,
    before: (i64, &str),
    limit: u32,
) -> Outcome<Vec<Share>> {
    t.all(&SHARE_LIST, vals![file.map_or(-1, |no| no.0), now.0, before.0, before.1, limit], read).await
}

/// Takes a link back; 0 when it does not work any more.
pub(crate) async fn revoke(t: &mut Tenanted<'_>, id: ShareId, now: Time) -> Outcome<u64> {
    t.run(&SHARE_REVOKE, vals![&id.to_string(), now.0]).await
}
