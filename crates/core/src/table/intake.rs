//! Intake links: what may come by them, and how much came.

use crate::unit::{Outcome, Tenanted, vals};
use attache_db::{Rec, sql};
use attache_model::id::IntakeId;
use attache_model::intake::{Accepted, Intake, Template};
use attache_model::link::Record;
use attache_model::{FolderNo, Time, UserNo};

sql!(
    INTAKE_ADD,
    "INSERT INTO intake (account_no, id, record_type, record_id, role, folder_no, title, note, file_name, types,
       max_files, max_bytes, hidden, password, received, created_at, created_by, expires_at, closed_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 0, $15, $16, $17, 0)"
);
sql!(
    INTAKE_GET,
    "SELECT id, record_type, record_id, role, folder_no, title, note, file_name, types, max_files, max_bytes, hidden,
       password, received, created_at, created_by, expires_at, closed_at
     FROM intake WHERE account_no = $1 AND id = $2"
);
sql!(
    INTAKE_LIST,
    "SELECT id, record_type, record_id, role, folder_no, title, note, file_name, types, max_files, max_bytes, hidden,
       password, received, created_at, created_by, expires_at, closed_at
     FROM intake
     WHERE account_no = $1 AND ($2 = 0 OR (closed_at = 0 AND expires_at > $3 AND received < max_files))
       AND created_at <= $4 AND (created_at < $4 OR id < $5)
     ORDER BY created_at DESC, id DESC LIMIT $6"
);
sql!(
    INTAKE_LIST_ON,
    "SELECT id, record_type, record_id, role, folder_no, title, note, file_name, types, max_files, max_bytes, hidden,
       password, received, created_at, created_by, expires_at, closed_at
     FROM intake
     WHERE account_no = $1 AND record_type = $7 AND record_id = $8
       AND ($2 = 0 OR (closed_at = 0 AND expires_at > $3 AND received < max_files))
       AND created_at <= $4 AND (created_at < $4 OR id < $5)
     ORDER BY created_at DESC, id DESC LIMIT $6"
);
sql!(
    INTAKE_TAKE,
    "UPDATE intake SET received = received + 1
     WHERE account_no = $1 AND id = $2 AND closed_at = 0 AND expires_at > $3 AND received < max_files
     RETURNING received"
);
sql!(INTAKE_CLOSE, "UPDATE intake SET closed_at = $3 WHERE account_no = $1 AND id = $2 AND closed_at = 0");

/// An intake with the digest of its password, empty for none.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) intake: Intake,
    pub(crate) password: String,
}

fn read(rec: &Rec<'_>) -> Result<Row, attache_db::Error> {
    let record = Record::new(&rec.text(1)?, &rec.text(2)?).map_err(|_| super::foreign(1, "a record"))?;
    let password = rec.text(12)?;
    let intake = Intake {
        id: IntakeId(super::uuid(rec, 0)?),
        record,
        role: rec.text(3)?,
        folder: FolderNo(rec.int(4)?),
        title: rec.text(5)?,
        note: rec.text(6)?,
        file_name: Template::stored(rec.text(7)?),
        types: Accepted::stored(&rec.text(8)?),
        max_files: super::unsigned(rec, 9)?,
        max_bytes: super::unsigned(rec, 10)?,
        hidden: rec.int(11)? != 0,
        has_password: !password.is_empty(),
        received: super::unsigned(rec, 13)?,
        created_at: super::time(rec, 14)?,
        created_by: UserNo(rec.int(15)?),
        expires_at: super::time(rec, 16)?,
        closed_at: super::time_or_none(rec, 17)?,
    };
    Ok(Row { intake, password })
}

/// Keeps a new intake.
pub(crate) async fn add(t: &mut Tenanted<'_>, row: &Row) -> Outcome<u64> {
    let (intake, id) = (&row.intake, row.intake.id.to_string());
    let types = intake.types.to_text();
    let vals = vals![
        &id,
        intake.record.kind(),
        intake.record.id(),
        &intake.role,
        intake.folder.0,
        &intake.title,
        &intake.note,
        intake.file_name.as_str(),
        &types,
        super::signed(intake.max_files),
        super::signed(intake.max_bytes),
        i64::from(intake.hidden),
        &row.password,
        intake.created_at.0,
        intake.created_by.0,
        intake.expires_at.0,
    ];
    t.run(&INTAKE_ADD, vals).await
}

/// An intake, in whatever state.
pub(crate) async fn get(t: &mut Tenanted<'_>, id: IntakeId) -> Outcome<Option<Row>> {
    t.one(&INTAKE_GET, vals![&id.to_string()], read).await
}

/// Which intakes, from before which place.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// Those of this record alone.
    pub(crate) record: Option<Record>,
    /// Those that still take files at this moment alone.
    pub(crate) open_at: Option<Time>,
    /// Made before this, of those of the same moment with a smaller id.
    pub(crate) before: (i64, String),
    pub(crate) limit: u32,
}

/// Intakes, newest first.
pub(crate) async fn list(t: &mut Tenanted<'_>, wanted: &Wanted) -> Outcome<Vec<Intake>> {
    let open = i64::from(wanted.open_at.is_some());
    let at = wanted.open_at.map_or(0, |at| at.0);
    let (made, id) = (wanted.before.0, wanted.before.1.as_str());
    let rows = match &wanted.record {
        None => t.all(&INTAKE_LIST, vals![open, at, made, id, wanted.limit], read).await?,
        Some(on) => {
            let vals = vals![open, at, made, id, wanted.limit, on.kind(), on.id()];
            t.all(&INTAKE_LIST_ON, vals, read).await?
        }
    };
    Ok(rows.into_iter().map(|row| row.intake).collect())
}

/// Counts one more file, if one more may come: which one it is, from 1.
pub(crate) async fn take(t: &mut Tenanted<'_>, id: IntakeId, now: Time) -> Outcome<Option<u64>> {
    t.one(&INTAKE_TAKE, vals![&id.to_string(), now.0], |rec| super::unsigned(rec, 0)).await
}

/// Closes an intake; 0 when it is closed.
pub(crate) async fn close(t: &mut Tenanted<'_>, id: IntakeId, now: Time) -> Outcome<u64> {
    t.run(&INTAKE_CLOSE, vals![&id.to_string(), now.0]).await
}
