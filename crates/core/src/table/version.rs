//! Versions of files.

use crate::unit::{Outcome, Tenanted, vals};
use attache_db::{Rec, sql};
use attache_model::digest::{Md5, Sha256};
use attache_model::file::Version;
use attache_model::media::Kind;
use attache_model::{FileNo, UserNo};

sql!(
    VERSION_ADD,
    "INSERT INTO version (account_no, file_no, no, blob_key, size, media_type, kind, encoding, width, height, sha256, md5, created_at, created_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
);
sql!(
    VERSION_GET,
    "SELECT no, blob_key, size, media_type, kind, encoding, width, height, sha256, md5, created_at, created_by FROM version
     WHERE account_no = $1 AND file_no = $2 AND no = $3"
);
sql!(
    VERSION_LIST,
    "SELECT no, blob_key, size, media_type, kind, encoding, width, height, sha256, md5, created_at, created_by FROM version
     WHERE account_no = $1 AND file_no = $2 ORDER BY no DESC"
);
sql!(VERSION_LAST, "SELECT COALESCE(MAX(no), 0) FROM version WHERE account_no = $1 AND file_no = $2");
sql!(
    VERSION_WEIGH,
    "SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM version WHERE account_no = $1 AND file_no = $2"
);
sql!(
    VERSION_FORGET,
    "DELETE FROM version WHERE account_no = $1 AND file_no = $2
     RETURNING no, blob_key, size, media_type, kind, encoding, width, height, sha256, md5, created_at, created_by"
);

/// A version and where its bytes are.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) version: Version,
    pub(crate) blob: String,
}

/// Reads the columns no, blob_key, size, media_type, kind, encoding, width, height, sha256, md5, created_at,
/// created_by from column `at` on; a file's row has those of its active version in the same order.
pub(crate) fn read(rec: &Rec<'_>, at: usize) -> Result<Row, attache_db::Error> {
    let encoding = rec.text(at + 5)?;
    let version = Version {
        no: rec.int(at)?,
        size: super::unsigned(rec, at + 2)?,
        media_type: rec.text(at + 3)?,
        kind: super::coded(rec, at + 4, Kind::from_code, "a kind of content")?,
        encoding: (!encoding.is_empty()).then_some(encoding),
        width: super::side(rec, at + 6)?,
        height: super::side(rec, at + 7)?,
        sha256: Sha256::from_hex(&rec.text(at + 8)?).ok_or_else(|| super::foreign(at + 8, "a SHA-256"))?,
        md5: Md5::from_hex(&rec.text(at + 9)?).ok_or_else(|| super::foreign(at + 9, "an MD5"))?,
        created_at: super::time(rec, at + 10)?,
        created_by: UserNo(rec.int(at + 11)?),
    };
    Ok(Row { version, blob: rec.text(at + 1)? })
}

/// Keeps a version of a file.
pub(crate) async fn add(t: &mut Tenanted<'_>, file: FileNo, version: &Version, blob: &str) -> Outcome<u64> {
    let (sha256, md5) = (version.sha256.to_string(), version.md5.to_string());
    let vals = vals![
        file.0,
        version.no,
        blob,
        super::signed(version.size),
        &version.media_type,
        version.kind.code(),
        version.encoding.as_deref().unwrap_or_default(),
        version.width,
        version.height,
        &sha256,
        &md5,
        version.created_at.0,
        version.created_by.0,
    ];
    t.run(&VERSION_ADD, vals).await
}

/// One version of a file.
pub(crate) async fn get(t: &mut Tenanted<'_>, file: FileNo, no: i64) -> Outcome<Option<Row>> {
    t.one(&VERSION_GET, vals![file.0, no], |rec| read(rec, 0)).await
}

/// All versions of a file, newest first.
pub(crate) async fn list(t: &mut Tenanted<'_>, file: FileNo) -> Outcome<Vec<Row>> {
    t.all(&VERSION_LIST, vals![file.0], |rec| read(rec, 0)).await
}

/// The number of a file's newest version.
pub(crate) async fn last(t: &mut Tenanted<'_>, file: FileNo) -> Outcome<i64> {
    Ok(t.one(&VERSION_LAST, vals![file.0], |rec| rec.int(0)).await?.unwrap_or(0))
}

/// How many bytes the versions of a file hold.
pub(crate) async fn weigh(t: &mut Tenanted<'_>, file: FileNo) -> Outcome<i64> {
    Ok(t.one(&VERSION_WEIGH, vals![file.0], |rec| rec.int(0)).await?.unwrap_or(0))
}

/// Forgets all versions of a file: what they were, newest first. They are those that went, also where another unit gave one
/// of them another content a moment ago.
pub(crate) async fn forget(t: &mut Tenanted<'_>, file: FileNo) -> Outcome<Vec<Row>> {
    let mut gone = t.all(&VERSION_FORGET, vals![file.0], |rec| read(rec, 0)).await?;
    gone.sort_by_key(|row| std::cmp::Reverse(row.version.no));
    Ok(gone)
}
