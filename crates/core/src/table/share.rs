//! Signed links that their owners can list and take back.

use crate::table::file_use::Look;
use crate::unit::{Outcome, Tenanted, vals};
use attache_db::{Rec, sql};
use attache_model::id::ShareId;
use attache_model::listing::{FileLabel, LabelledShare};
use attache_model::share::Share;
use attache_model::{FileId, FileNo, Time, UserNo};

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
    "SELECT s.id, s.file_no, s.version_no, s.expires_at, s.created_at, s.created_by, s.revoked_at, f.id,
       CASE WHEN f.title <> '' THEN f.title ELSE f.name END
     FROM share s LEFT JOIN file f ON f.account_no = $1 AND f.no = s.file_no AND f.hidden <= $7
     WHERE s.account_no = $1 AND ($2 < 0 OR s.file_no = $2) AND s.revoked_at = 0 AND s.expires_at > $3
       AND s.created_at <= $4 AND (s.created_at < $4 OR s.id < $5)
     ORDER BY s.created_at DESC, s.id DESC LIMIT $6"
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
    look: Look,
    before: (i64, &str),
    limit: u32,
) -> Outcome<Vec<LabelledShare>> {
    let vals = vals![file.map_or(-1, |no| no.0), look.now.0, before.0, before.1, limit, look.sees_hidden];
    t.all(&SHARE_LIST, vals, |rec| {
        let file = match rec.text_or_null(7)? {
            Some(_) => Some(FileLabel { id: FileId(super::uuid(rec, 7)?), name: rec.text(8)? }),
            None => None,
        };
        Ok(LabelledShare { share: read(rec)?, file })
    })
    .await
}

/// Takes a link back; 0 when it does not work any more.
pub(crate) async fn revoke(t: &mut Tenanted<'_>, id: ShareId, now: Time) -> Outcome<u64> {
    t.run(&SHARE_REVOKE, vals![&id.to_string(), now.0]).await
}
