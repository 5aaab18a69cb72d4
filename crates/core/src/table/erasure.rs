//! The ledger of what was removed for good.

use crate::unit::{Outcome, Tenanted, vals};
use attache_db::{Rec, Tx, sql};
use attache_model::erasure::{Erasure, ErasureKind, Parts, Trace};
use attache_model::id::ErasureId;
use attache_model::{AccountNo, FileId, FileNo, Time, UserNo};

sql!(
    ERASURE_ADD,
    "INSERT INTO erasure (account_no, id, file_no, file_id, kind, actor_no, asked_at, gone_at, waits_for, parts)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 0, '', $8)
     ON CONFLICT (account_no, id) DO UPDATE SET gone_at = 0, waits_for = '', parts = excluded.parts"
);
sql!(
    ERASURE_GET,
    "SELECT account_no, id, file_no, file_id, kind, actor_no, asked_at, gone_at, waits_for, parts FROM erasure
     WHERE account_no = $1 AND id = $2"
);
sql!(
    ERASURE_LIST,
    "SELECT account_no, id, file_no, file_id, kind, actor_no, asked_at, gone_at, waits_for, parts FROM erasure
     WHERE account_no = $1 AND id < $2 ORDER BY id DESC LIMIT $3"
);
sql!(
    ERASURE_WALK,
    "SELECT account_no, id, file_no, file_id, kind, actor_no, asked_at, gone_at, waits_for, parts FROM erasure
     WHERE account_no = $1 AND id > $2 ORDER BY id LIMIT $3"
);
sql!(
    ERASURE_WAITING,
    "SELECT account_no, id FROM erasure WHERE gone_at = 0 AND (account_no, id) > ($1, $2) ORDER BY account_no, id LIMIT $3"
);
sql!(ERASURE_GONE, "UPDATE erasure SET gone_at = $3, waits_for = '' WHERE account_no = $1 AND id = $2 AND gone_at = 0");
sql!(
    ERASURE_WAITS,
    "UPDATE erasure SET waits_for = $3 WHERE account_no = $1 AND id = $2 AND gone_at = 0 AND waits_for <> $3"
);
// A number belongs to another file when an older state of the database was brought back and numbers were given anew.
sql!(
    ERASURE_TRACES,
    "SELECT
       (SELECT COUNT(*) FROM file WHERE account_no = $1 AND id = $3),
       (SELECT COUNT(*) FROM file WHERE account_no = $1 AND no = $2 AND id <> $3),
       (SELECT COUNT(*) FROM version WHERE account_no = $1 AND file_no = $2),
       (SELECT COUNT(*) FROM link WHERE account_no = $1 AND file_no = $2),
       (SELECT COUNT(*) FROM share WHERE account_no = $1 AND file_no = $2),
       (SELECT COUNT(*) FROM once WHERE account_no = $1 AND effect = $4 AND effect <> ''),
       (SELECT COUNT(*) FROM task WHERE account_no = $1 AND result_file_no = $2),
       (SELECT COUNT(*) FROM upload WHERE account_no = $1 AND file_no = $2),
       (SELECT COUNT(*) FROM field_value WHERE account_no = $1 AND file_no = $2 AND name <> ''),
       (SELECT COUNT(*) FROM note WHERE account_no = $1 AND file_no = $2 AND name <> '')"
);
sql!(
    ERASURE_BLOB,
    "SELECT 1 FROM blob WHERE account_no = $1 AND key = $2
     UNION ALL SELECT 1 FROM blob_small WHERE account_no = $1 AND key = $2"
);

/// What an account's rows still know of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Traces {
    /// Its row, found by its id.
    pub(crate) file: u64,
    /// The number is another file's by now: what is counted by number below is that one's.
    pub(crate) renumbered: bool,
    pub(crate) versions: u64,
    pub(crate) links: u64,
    pub(crate) signed_links: u64,
    pub(crate) kept_answers: u64,
    pub(crate) tasks: u64,
    pub(crate) uploads: u64,
    /// Fields and notes that have a name of it; those without keep its number alone.
    pub(crate) field_values: u64,
    pub(crate) notes: u64,
}

impl Traces {
    /// What there is, but for names on records where those may stay.
    pub(crate) fn found(&self, kind: ErasureKind) -> Vec<Trace> {
        let names = kind == ErasureKind::Erase;
        let by_number = [
            (Trace::Versions, self.versions),
            (Trace::Links, self.links),
            (Trace::SignedLinks, self.signed_links),
            (Trace::KeptAnswers, self.kept_answers),
            (Trace::Tasks, self.tasks),
            (Trace::Uploads, self.uploads),
            (Trace::FieldValues, if names { self.field_values } else { 0 }),
            (Trace::Notes, if names { self.notes } else { 0 }),
        ];
        let own = by_number.into_iter().filter(|_| !self.renumbered);
        let all = std::iter::once((Trace::File, self.file)).chain(own);
        all.filter(|(_, count)| *count > 0).map(|(trace, _)| trace).collect()
    }
}

fn read(rec: &Rec<'_>) -> Result<Erasure, attache_db::Error> {
    let parts: Parts = serde_json::from_str(&rec.text(9)?).map_err(|_| super::foreign(9, "what an erasure removed"))?;
    let words = rec.text(8)?;
    let waits_for = words.split_whitespace().map(|word| Trace::from_word(word).ok_or(word)).collect::<Result<_, _>>();
    Ok(Erasure {
        account: AccountNo(rec.int(0)?),
        id: ErasureId(super::uuid(rec, 1)?),
        file: FileNo(rec.int(2)?),
        file_id: FileId(super::uuid(rec, 3)?),
        kind: super::coded(rec, 4, ErasureKind::from_code, "a kind of erasure")?,
        actor: UserNo(rec.int(5)?),
        asked_at: super::time(rec, 6)?,
        gone_at: super::time_or_none(rec, 7)?,
        waits_for: waits_for.map_err(|_| super::foreign(8, "traces of a file"))?,
        parts,
    })
}

/// Writes down what a unit removes. One that is there already is asked for anew: an older state of the database was
/// brought back and had the file again.
pub(crate) async fn add(t: &mut Tenanted<'_>, erasure: &Erasure) -> Outcome<u64> {
    let (id, file_id) = (erasure.id.to_string(), erasure.file_id.to_string());
    let parts = serde_json::to_string(&erasure.parts).unwrap_or_default();
    let (kind, actor, asked_at) = (erasure.kind.code(), erasure.actor.0, erasure.asked_at.0);
    t.run(&ERASURE_ADD, vals![&id, erasure.file.0, &file_id, kind, actor, asked_at, &parts]).await
}

/// One erasure.
pub(crate) async fn get(t: &mut Tenanted<'_>, id: ErasureId) -> Outcome<Option<Erasure>> {
    t.one(&ERASURE_GET, vals![&id.to_string()], read).await
}

/// The account's erasures from before `before`, newest first.
pub(crate) async fn list(t: &mut Tenanted<'_>, before: &str, limit: u32) -> Outcome<Vec<Erasure>> {
    t.all(&ERASURE_LIST, vals![before, limit], read).await
}

/// The account's erasures after `after`, oldest first.
pub(crate) async fn walk(t: &mut Tenanted<'_>, after: &str, limit: u32) -> Outcome<Vec<Erasure>> {
    t.all(&ERASURE_WALK, vals![after, limit], read).await
}

/// Some erasures of any account, after one of them, that were not seen to be gone yet.
pub(crate) async fn waiting(tx: &mut Tx, after: (i64, &str), limit: u32) -> Outcome<Vec<(AccountNo, ErasureId)>> {
    let read = |rec: &Rec<'_>| Ok((AccountNo(rec.int(0)?), ErasureId(super::uuid(rec, 1)?)));
    Ok(tx.all(&ERASURE_WAITING, vals![after.0, after.1, limit], read).await?)
}

/// Notes that all of it was looked for and nothing was found.
pub(crate) async fn gone(t: &mut Tenanted<'_>, id: ErasureId, now: Time) -> Outcome<u64> {
    t.run(&ERASURE_GONE, vals![&id.to_string(), now.0]).await
}

/// Notes what a look still found.
pub(crate) async fn waits(t: &mut Tenanted<'_>, id: ErasureId, found: &[Trace]) -> Outcome<u64> {
    let words: Vec<&str> = found.iter().map(|trace| trace.word()).collect();
    t.run(&ERASURE_WAITS, vals![&id.to_string(), &words.join(" ")]).await
}

/// What the account's rows know of a file.
pub(crate) async fn traces(t: &mut Tenanted<'_>, file: FileNo, id: FileId) -> Outcome<Traces> {
    let read = |rec: &Rec<'_>| {
        let count = |column| super::unsigned(rec, column);
        Ok(Traces {
            file: count(0)?,
            renumbered: count(1)? > 0,
            versions: count(2)?,
            links: count(3)?,
            signed_links: count(4)?,
            kept_answers: count(5)?,
            tasks: count(6)?,
            uploads: count(7)?,
            field_values: count(8)?,
            notes: count(9)?,
        })
    };
    let effect = format!("file/{file}");
    let found = t.one(&ERASURE_TRACES, vals![file.0, &id.to_string(), &effect], read).await?;
    Ok(found.ok_or_else(|| super::foreign(0, "counts"))?)
}

/// Whether any row of the account has a content under this key.
pub(crate) async fn has_blob(t: &mut Tenanted<'_>, key: &str) -> Outcome<bool> {
    Ok(t.one(&ERASURE_BLOB, vals![key], |rec| rec.int(0)).await?.is_some())
}
