//! What files sum up to: by folder, by record, by kind, and in the trash. Bytes are those of all versions. Hidden files count
//! for those who see them.

use crate::unit::{Outcome, Tenanted, vals};
use attache_db::{Rec, Sql, sql};
use attache_model::account::Usage;
use attache_model::link::Record;
use attache_model::listing::{Holder, Holding};
use attache_model::media::Kind;
use attache_model::{FolderId, FolderNo};

/// Bytes of all versions of a row of `file f`: most files have one.
macro_rules! bytes {
    () => {
        "CAST(SUM(CASE WHEN f.versions = 1 THEN f.size
           ELSE (SELECT SUM(v.size) FROM version v WHERE v.account_no = $1 AND v.file_no = f.no) END) AS BIGINT)"
    };
}

sql!(
    USAGE_FOLDERS,
    concat!(
        "SELECT u.files, u.bytes, u.folder_no, d.id FROM (
           SELECT f.folder_no AS folder_no, COUNT(*) AS files, ",
        bytes!(),
        " AS bytes FROM file f WHERE f.account_no = $1 AND f.trashed_at = 0 AND f.hidden <= $2 GROUP BY f.folder_no) u
         JOIN folder d ON d.account_no = $1 AND d.no = u.folder_no
         WHERE u.bytes <= $3 AND (u.bytes < $3 OR u.folder_no > $4) ORDER BY u.bytes DESC, u.folder_no LIMIT $5"
    )
);
// A file that is on a record for several reasons counts once, for the first of them.
sql!(
    USAGE_RECORDS,
    concat!(
        "SELECT u.files, u.bytes, u.record_type, u.record_id, COALESCE(c.name, '') FROM (
           SELECT l.record_type AS record_type, l.record_id AS record_id, COUNT(*) AS files, ",
        bytes!(),
        " AS bytes FROM link l CROSS JOIN file f
           WHERE l.account_no = $1 AND f.account_no = $1 AND f.no = l.file_no AND f.trashed_at = 0 AND f.hidden <= $2
             AND (l.origin = 0 OR NOT EXISTS (SELECT 1 FROM link b WHERE b.account_no = $1
               AND b.record_type = l.record_type AND b.record_id = l.record_id AND b.file_no = l.file_no
               AND b.origin < l.origin))
           GROUP BY l.record_type, l.record_id) u
         LEFT JOIN card c ON c.account_no = $1 AND c.record_type = u.record_type AND c.record_id = u.record_id
         WHERE u.bytes <= $3 AND (u.bytes < $3 OR u.record_type || '/' || u.record_id > $4)
         ORDER BY u.bytes DESC, u.record_type || '/' || u.record_id LIMIT $5"
    )
);
// Summed up by folder first, in the order of the index that has all of it.
sql!(
    USAGE_KINDS,
    concat!(
        "SELECT u.files, u.bytes, u.kind FROM (
           SELECT g.kind AS kind, CAST(SUM(g.files) AS BIGINT) AS files, CAST(SUM(g.bytes) AS BIGINT) AS bytes FROM (
             SELECT f.folder_no, f.kind AS kind, COUNT(*) AS files, ",
        bytes!(),
        " AS bytes FROM file f WHERE f.account_no = $1 AND f.trashed_at = 0 AND f.hidden <= $2
             GROUP BY f.folder_no, f.kind) g GROUP BY g.kind) u
         WHERE u.bytes <= $3 AND (u.bytes < $3 OR u.kind > $4) ORDER BY u.bytes DESC, u.kind LIMIT $5"
    )
);
sql!(
    USAGE_TRASH,
    concat!(
        "SELECT COUNT(*), COALESCE(",
        bytes!(),
        ", 0) FROM file f WHERE f.account_no = $1 AND f.trashed_at > 0 AND f.hidden <= $2"
    )
);

/// Which part of a list of holders: after this many bytes and this key, so many, as somebody sees it.
#[derive(Clone, Debug)]
pub(crate) struct After<K> {
    pub(crate) sees_hidden: bool,
    pub(crate) bytes: i64,
    pub(crate) key: K,
    pub(crate) limit: u32,
}

/// The folders that hold most, directly; the greatest first. The path is left as `/`.
pub(crate) async fn folders(t: &mut Tenanted<'_>, after: &After<i64>) -> Outcome<Vec<Holding>> {
    by_number(t, &USAGE_FOLDERS, after, |rec| {
        let (no, id) = (FolderNo(rec.int(2)?), FolderId(super::uuid(rec, 3)?));
        Ok(Holder::Folder { no, id, path: String::from("/") })
    })
    .await
}

/// The kinds that there is most of.
pub(crate) async fn kinds(t: &mut Tenanted<'_>, after: &After<i64>) -> Outcome<Vec<Holding>> {
    by_number(t, &USAGE_KINDS, after, |rec| super::coded(rec, 2, Kind::from_code, "a kind").map(Holder::Kind)).await
}

async fn by_number(
    t: &mut Tenanted<'_>,
    sql: &'static Sql,
    after: &After<i64>,
    holder: impl Fn(&Rec<'_>) -> Result<Holder, attache_db::Error> + Send + Sync,
) -> Outcome<Vec<Holding>> {
    let vals = vals![after.sees_hidden, after.bytes, after.key, after.limit];
    t.all(sql, vals, |rec| Ok(Holding { usage: read(rec)?, holder: holder(rec)?, name: String::new() })).await
}

/// The records whose files take most. A file counts for each record that it is on.
pub(crate) async fn records(t: &mut Tenanted<'_>, after: &After<String>) -> Outcome<Vec<Holding>> {
    let vals = vals![after.sees_hidden, after.bytes, &after.key, after.limit];
    t.all(&USAGE_RECORDS, vals, |rec| {
        let record = Record::new(&rec.text(2)?, &rec.text(3)?).map_err(|_| super::foreign(2, "a record"))?;
        Ok(Holding { usage: read(rec)?, holder: Holder::Record(record), name: rec.text(4)? })
    })
    .await
}

/// What is in the trash.
pub(crate) async fn trash(t: &mut Tenanted<'_>, sees_hidden: bool) -> Outcome<Usage> {
    Ok(t.one(&USAGE_TRASH, vals![sees_hidden], read).await?.unwrap_or_default())
}

fn read(rec: &Rec<'_>) -> Result<Usage, attache_db::Error> {
    Ok(Usage { files: super::unsigned(rec, 0)?, bytes: super::unsigned(rec, 1)? })
}
