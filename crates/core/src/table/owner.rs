//! Owners, which are the records of some links, and the pictures that are shown for them.

use crate::table::link::{numbered, owner_types};
use crate::unit::{Outcome, Tenanted, vals};
use attache_db::sql;
use attache_model::link::Record;
use attache_model::{FileNo, Owner, Time, UserNo};

// An owner has no row of its own that could be held: its name is. SQLite has one writer at a time.
sql!(
    OWNER_LOCK,
    sqlite: "SELECT 1 WHERE $1 IS NULL AND $2 IS NULL",
    postgres: "SELECT pg_advisory_xact_lock(hashtextextended($2, $1))"
);
sql!(
    OWNER_COVERS,
    "SELECT DISTINCT f.no FROM link l JOIN file f ON f.account_no = $1 AND f.no = l.file_no
     WHERE l.account_no = $1 AND l.record_type = $2 AND l.record_id = $3 AND f.cover = 1"
);
// It writes what is there, which holds the links: who takes the file off the record meanwhile waits, or came first.
sql!(
    OWNER_HOLD_LINKS,
    "UPDATE link SET visible = visible WHERE account_no = $1 AND record_type = $2 AND record_id = $3 AND file_no = $4"
);
// The file has another owner by a link that came or went, number $5 on record $6/$7: the newest of its other links to
// owners is neither newer nor on the same record.
sql!(
    OWNER_UNCOVER,
    concat!(
        "UPDATE file SET cover = 0, revision = revision + 1, updated_by = $3,
           updated_at = CASE WHEN updated_at < $4 THEN $4 ELSE updated_at + 1000 END
         WHERE account_no = $1 AND no = $2 AND cover = 1 AND NOT EXISTS (SELECT 1 FROM link k
           WHERE k.account_no = $1 AND k.no = (SELECT MAX(l.no) FROM link l
             WHERE l.account_no = $1 AND l.file_no = $2 AND l.no <> $5 AND l.record_type IN (",
        owner_types!(),
        ") AND ",
        numbered!("l."),
        ") AND (k.no > $5 OR (k.record_type = $6 AND k.record_id = $7)))"
    )
);

/// Nobody else chooses a picture for an owner until the unit ends. To be taken before any file is held.
pub(crate) async fn lock(t: &mut Tenanted<'_>, owner: Owner) -> Outcome<()> {
    let name = Record::from(owner).to_string();
    t.one(&OWNER_LOCK, vals![&name], |_| Ok(())).await.map(drop)
}

/// The files on an owner, in whatever state, that are some owner's picture.
pub(crate) async fn covers(t: &mut Tenanted<'_>, owner: Owner) -> Outcome<Vec<FileNo>> {
    let record = Record::from(owner);
    t.all(&OWNER_COVERS, vals![record.kind(), record.id()], |rec| rec.int(0).map(FileNo)).await
}

/// Nobody else takes a file off an owner until the unit ends; false when it is not there.
pub(crate) async fn hold_links(t: &mut Tenanted<'_>, owner: Owner, file: FileNo) -> Outcome<bool> {
    let record = Record::from(owner);
    Ok(t.run(&OWNER_HOLD_LINKS, vals![record.kind(), record.id(), file.0]).await? > 0)
}

/// A link of a file that came, or the newest of some that went.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn<'r> {
    pub(crate) file: FileNo,
    pub(crate) link: i64,
    pub(crate) record: &'r Record,
}

/// Takes the mark of a picture off a file that has another owner since a link of it came or went.
pub(crate) async fn uncover(t: &mut Tenanted<'_>, turn: Turn<'_>, by: UserNo, now: Time) -> Outcome<bool> {
    let vals = vals![turn.file.0, by.0, now.0, turn.link, turn.record.kind(), turn.record.id()];
    Ok(t.run(&OWNER_UNCOVER, vals).await? > 0)
}
