//! Links between files and records.

use crate::table::file;
use crate::unit::{Outcome, Tenanted, vals};
use attache_db::{Rec, sql};
use attache_model::link::{Link, Origin, Record};
use attache_model::{FileNo, Time, UserNo};

sql!(
    LINK_ADD,
    "INSERT INTO link (account_no, no, file_no, record_type, record_id, origin, role, visible, created_at, created_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT (account_no, record_type, record_id, file_no, origin) DO NOTHING"
);
sql!(
    LINK_OF_FILE,
    "SELECT no, file_no, record_type, record_id, origin, role, visible, created_at, created_by FROM link
     WHERE account_no = $1 AND file_no = $2 ORDER BY no"
);
sql!(
    LINK_FIND,
    "SELECT no, file_no, record_type, record_id, origin, role, visible, created_at, created_by FROM link
     WHERE account_no = $1 AND record_type = $2 AND record_id = $3 AND file_no = $4 AND origin = $5"
);
sql!(
    LINK_REMOVE,
    "DELETE FROM link WHERE account_no = $1 AND record_type = $2 AND record_id = $3 AND file_no = $4
       AND ($5 < 0 OR origin = $5)"
);
sql!(
    LINK_ON_RECORD,
    "SELECT l.no, l.file_no, l.record_type, l.record_id, l.origin, l.role, l.visible, l.created_at, l.created_by,
       f.no, f.id, f.folder_no, f.name, f.ext, f.access, f.usable, f.source, f.metadata, f.created_at, f.updated_at,
       f.expires_at, f.trashed_at, f.created_by, f.revision, f.version_no, f.blob_key, f.size, f.media_type, f.kind,
       f.encoding, f.width, f.height, f.sha256, f.md5, f.versioned_at, f.versioned_by
     FROM link l JOIN file f ON f.account_no = $1 AND f.no = l.file_no
     WHERE l.account_no = $1 AND l.record_type = $2 AND l.record_id = $3 AND l.no < $4
       AND f.trashed_at = 0 AND f.expires_at > $5 AND f.hidden <= $6
     ORDER BY l.no DESC LIMIT $7"
);

fn read(rec: &Rec<'_>) -> Result<Link, attache_db::Error> {
    let record = Record::new(&rec.text(2)?, &rec.text(3)?).map_err(|_| super::foreign(2, "a record"))?;
    Ok(Link {
        no: rec.int(0)?,
        file: FileNo(rec.int(1)?),
        record,
        origin: super::coded(rec, 4, Origin::from_code, "an origin")?,
        role: rec.text(5)?,
        visible: rec.int(6)? != 0,
        created_at: super::time(rec, 7)?,
        created_by: UserNo(rec.int(8)?),
    })
}

/// Keeps a link; false when the file is on the record for that reason already.
pub(crate) async fn add(t: &mut Tenanted<'_>, link: &Link) -> Outcome<bool> {
    let vals = vals![
        link.no,
        link.file.0,
        link.record.kind(),
        link.record.id(),
        link.origin.code(),
        &link.role,
        link.visible,
        link.created_at.0,
        link.created_by.0,
    ];
    Ok(t.run(&LINK_ADD, vals).await? == 1)
}

/// The link of a file on a record for one reason.
pub(crate) async fn find(t: &mut Tenanted<'_>, record: &Record, file: FileNo, origin: Origin) -> Outcome<Option<Link>> {
    t.one(&LINK_FIND, vals![record.kind(), record.id(), file.0, origin.code()], read).await
}

/// Takes a file off a record, for one reason or for all; how many links that were.
pub(crate) async fn remove(
    t: &mut Tenanted<'_>,
    record: &Record,
    file: FileNo,
    origin: Option<Origin>,
) -> Outcome<u64> {
    t.run(&LINK_REMOVE, vals![record.kind(), record.id(), file.0, origin.map_or(-1, Origin::code)]).await
}

/// Every link of a file, oldest first.
pub(crate) async fn of_file(t: &mut Tenanted<'_>, file: FileNo) -> Outcome<Vec<Link>> {
    t.all(&LINK_OF_FILE, vals![file.0], read).await
}

/// The visible files of a record with their links, newest link first, from below link number `before`.
pub(crate) async fn on_record(
    t: &mut Tenanted<'_>,
    record: &Record,
    before: i64,
    now: Time,
    sees_hidden: bool,
    limit: u32,
) -> Outcome<Vec<(Link, file::Row)>> {
    let vals = vals![record.kind(), record.id(), before, now.0, sees_hidden, limit];
    t.all(&LINK_ON_RECORD, vals, |rec| Ok((read(rec)?, file::read_at(rec, 9)?))).await
}
