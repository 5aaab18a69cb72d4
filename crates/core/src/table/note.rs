//! Notes on records.

use crate::table::file_use::{self, Look};
use crate::unit::{Outcome, Tenanted, vals};
use attache_db::{Rec, sql};
use attache_model::link::Record;
use attache_model::note::{Note, NoteFile};
use attache_model::{FileNo, Time, UserNo, VersionId};

/// The columns that [`read`] takes, in its order, of the note `n` and its file.
macro_rules! columns {
    () => {
        concat!(
            file_use::columns!("n"),
            ", n.no, n.record_type, n.record_id, n.kind, n.text, n.created_at, n.updated_at, n.created_by, n.updated_by, \
             n.responsible"
        )
    };
}

/// Where they come from.
macro_rules! source {
    () => {
        " FROM note n LEFT JOIN file f ON f.account_no = $1 AND f.no = n.file_no WHERE n.account_no = $1"
    };
}

/// The beginning of every statement that reads notes through [`read`], up to its first condition.
pub(crate) const SELECT: &str = concat!("SELECT ", columns!(), source!());

sql!(
    NOTE_ADD,
    "INSERT INTO note (account_no, no, record_type, record_id, kind, text, file_no, file_id, pinned, version_no, name,
       created_at, updated_at, created_by, updated_by, responsible)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
);
sql!(NOTE_GET, concat!("SELECT ", columns!(), source!(), " AND n.no = $2 AND n.record_type = $3"));
// Writing first holds the note: changes of one note go one after the other.
sql!(
    NOTE_HOLD,
    "UPDATE note SET updated_at = $4, updated_by = $5 WHERE account_no = $1 AND no = $2 AND record_type = $3"
);
sql!(NOTE_SAVE, "UPDATE note SET kind = $3, text = $4, responsible = $5 WHERE account_no = $1 AND no = $2");
sql!(
    NOTE_SET_FILE,
    "UPDATE note SET file_no = $3, file_id = $4, pinned = $5, version_no = $6, name = $7
     WHERE account_no = $1 AND no = $2"
);
sql!(
    NOTE_USES,
    "SELECT 1 FROM note WHERE account_no = $1 AND record_type = $2 AND record_id = $3 AND file_no = $4 LIMIT 1"
);
// $6 is 1 for one who may read words. A file whose author put words beside it in the same second is left to the words.
sql!(
    NOTE_FEED,
    concat!(
        "SELECT ",
        columns!(),
        source!(),
        " AND n.record_type = $2 AND n.record_id = $3 AND n.created_at <= $4 AND (n.created_at < $4 OR n.no < $5)
          AND ((n.file_no IS NULL AND $6 = 1) OR (n.file_no IS NOT NULL AND ($6 = 0 OR NOT EXISTS (
            SELECT 1 FROM note c WHERE c.account_no = $1 AND c.record_type = $2 AND c.record_id = $3
              AND c.created_at = n.created_at AND c.created_by = n.created_by AND c.file_no IS NULL AND c.kind = 'common'))))
          ORDER BY n.created_at DESC, n.no DESC LIMIT $7"
    )
);
// Files in a while, each with the first words that its author put beside it in the same second.
sql!(
    NOTE_BESIDE,
    concat!(
        "SELECT ",
        columns!(),
        ", (SELECT MIN(c.no) FROM note c WHERE c.account_no = $1 AND c.record_type = $2 AND c.record_id = $3
            AND c.created_at = n.created_at AND c.created_by = n.created_by AND c.file_no IS NULL AND c.kind = 'common')",
        source!(),
        " AND n.record_type = $2 AND n.record_id = $3 AND n.created_at >= $4 AND n.created_at <= $5
          AND n.file_no IS NOT NULL ORDER BY n.no"
    )
);
sql!(
    NOTE_PURGED,
    "UPDATE note SET name = CASE WHEN name = '' THEN $3 ELSE name END,
       version_no = CASE WHEN pinned = 0 THEN $4 ELSE version_no END
     WHERE account_no = $1 AND file_no = $2"
);
// What people wrote stays, without the names of what was erased.
sql!(
    NOTE_ERASED,
    "UPDATE note SET text = REPLACE(REPLACE(text, name, ''), $3, ''), name = '' WHERE account_no = $1 AND file_no = $2"
);

/// The file of a note, as it is kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kept<'a> {
    pub(crate) file: Option<FileNo>,
    pub(crate) id: String,
    pub(crate) pinned: bool,
    pub(crate) version: i64,
    pub(crate) name: &'a str,
}

/// Reads the columns of [`SELECT`].
pub(crate) fn read(rec: &Rec<'_>, look: Look) -> Result<Note, attache_db::Error> {
    let file = match rec.int_or_null(0)? {
        None => None,
        Some(_) => Some(file_of(file_use::read(rec, 0, look)?)),
    };
    let at = file_use::COLUMNS;
    Ok(Note {
        no: rec.int(at)?,
        record: Record::new(&rec.text(at + 1)?, &rec.text(at + 2)?).map_err(|_| super::foreign(at + 2, "a record"))?,
        kind: rec.text(at + 3)?,
        text: rec.text(at + 4)?,
        file,
        created_at: super::time(rec, at + 5)?,
        updated_at: super::time(rec, at + 6)?,
        created_by: UserNo(rec.int(at + 7)?),
        updated_by: UserNo(rec.int(at + 8)?),
        responsible: UserNo(rec.int(at + 9)?),
    })
}

fn file_of(used: file_use::Used) -> NoteFile {
    NoteFile {
        no: used.no,
        file: used.id,
        version: VersionId::of(used.id, used.version),
        pinned: used.pinned,
        name: used.name,
        deleted: used.deleted,
    }
}

/// Keeps a new note.
pub(crate) async fn add(t: &mut Tenanted<'_>, note: &Note, kept: &Kept<'_>) -> Outcome<u64> {
    let vals = vals![
        note.no,
        note.record.kind(),
        note.record.id(),
        &note.kind,
        &note.text,
        kept.file.map(|no| no.0),
        &kept.id,
        kept.pinned,
        kept.version,
        kept.name,
        note.created_at.0,
        note.updated_at.0,
        note.created_by.0,
        note.updated_by.0,
        note.responsible.0,
    ];
    t.run(&NOTE_ADD, vals).await
}

/// A note on a record of type `kind`.
pub(crate) async fn get(t: &mut Tenanted<'_>, kind: &str, no: i64, look: Look) -> Outcome<Option<Note>> {
    t.one(&NOTE_GET, vals![no, kind], |rec| read(rec, look)).await
}

/// Marks a note as written, and nobody else changes it until the unit ends; false when there is none.
pub(crate) async fn hold(t: &mut Tenanted<'_>, kind: &str, no: i64, now: Time, by: UserNo) -> Outcome<bool> {
    Ok(t.run(&NOTE_HOLD, vals![no, kind, now.0, by.0]).await? == 1)
}

/// Writes a held note's kind, words and who is in charge.
pub(crate) async fn save(t: &mut Tenanted<'_>, note: &Note) -> Outcome<u64> {
    t.run(&NOTE_SAVE, vals![note.no, &note.kind, &note.text, note.responsible.0]).await
}

/// Gives a held note another file.
pub(crate) async fn set_file(t: &mut Tenanted<'_>, no: i64, kept: &Kept<'_>) -> Outcome<u64> {
    let file = kept.file.map(|no| no.0);
    t.run(&NOTE_SET_FILE, vals![no, file, &kept.id, kept.pinned, kept.version, kept.name]).await
}

/// Whether a file is in any note on a record.
pub(crate) async fn uses(t: &mut Tenanted<'_>, record: &Record, file: FileNo) -> Outcome<bool> {
    Ok(t.one(&NOTE_USES, vals![record.kind(), record.id(), file.0], |rec| rec.int(0)).await?.is_some())
}

/// Where a page of a record's feed begins and how long it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Feed {
    pub(crate) before: (Time, i64),
    pub(crate) words: bool,
    pub(crate) limit: u32,
}

/// The notes that lead an item of a record's feed, newest first.
pub(crate) async fn feed(t: &mut Tenanted<'_>, record: &Record, page: Feed, look: Look) -> Outcome<Vec<Note>> {
    let (at, no) = page.before;
    let vals = vals![record.kind(), record.id(), at.0, no, page.words, page.limit];
    t.all(&NOTE_FEED, vals, |rec| read(rec, look)).await
}

/// The files that stand beside words in the same second, in a while, each with the number of the note that leads it.
pub(crate) async fn beside(
    t: &mut Tenanted<'_>,
    record: &Record,
    (from, to): (Time, Time),
    look: Look,
) -> Outcome<Vec<(i64, NoteFile)>> {
    let lead = file_use::COLUMNS + 10;
    let vals = vals![record.kind(), record.id(), from.0, to.0];
    let found = t.all(&NOTE_BESIDE, vals, |rec| Ok((rec.int_or_null(lead)?, read(rec, look)?.file))).await?;
    Ok(found.into_iter().filter_map(|(lead, file)| Some((lead?, file?))).collect())
}

/// Lets notes keep what a file is called, now that it goes.
pub(crate) async fn file_purged(t: &mut Tenanted<'_>, file: FileNo, name: &str, version: i64) -> Outcome<u64> {
    t.run(&NOTE_PURGED, vals![file.0, name, version]).await
}

/// Lets notes forget what an erased file was called.
pub(crate) async fn file_erased(t: &mut Tenanted<'_>, file: FileNo, name: &str) -> Outcome<u64> {
    t.run(&NOTE_ERASED, vals![file.0, name]).await
}
