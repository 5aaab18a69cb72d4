//! Cards of records.

use crate::unit::{Outcome, Tenanted, vals};
use attache_db::{Rec, sql};
use attache_model::card::Card;
use attache_model::link::Record;
use attache_model::name::fold;
use attache_model::{Time, UserNo};
use std::collections::BTreeMap;

/// The columns that [`read`] takes, in its order.
macro_rules! columns {
    () => {
        "record_type, record_id, name, numbers, created_at, updated_at, created_by, updated_by, responsible"
    };
}

/// The beginning of every statement that reads cards through [`read`].
pub(crate) const SELECT: &str = concat!("SELECT ", columns!(), " FROM card");

sql!(
    CARD_ADD,
    "INSERT INTO card (account_no, record_type, record_id, no, name, numbers, created_at, updated_at, created_by, updated_by,
       responsible, name_key)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     ON CONFLICT (account_no, record_type, record_id) DO NOTHING"
);
sql!(
    CARD_GET,
    concat!("SELECT ", columns!(), " FROM card WHERE account_no = $1 AND record_type = $2 AND record_id = $3")
);
// It writes before it reads, which holds the card: changes of one card go one after the other.
sql!(
    CARD_HOLD,
    concat!(
        "UPDATE card SET updated_at = $4, updated_by = $5 WHERE account_no = $1 AND record_type = $2 AND record_id = $3
         RETURNING ",
        columns!()
    )
);
sql!(
    CARD_SAVE,
    "UPDATE card SET name = $4, numbers = $5, responsible = $6, name_key = $7
     WHERE account_no = $1 AND record_type = $2 AND record_id = $3"
);
sql!(
    CARD_NAMED,
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM card c WHERE c.account_no = $1 AND c.record_type = $2 AND c.record_id = $3)
       OR EXISTS (SELECT 1 FROM link l WHERE l.account_no = $1 AND l.record_type = $2 AND l.record_id = $3)
       OR EXISTS (SELECT 1 FROM note n WHERE n.account_no = $1 AND n.record_type = $2 AND n.record_id = $3)"
);

/// Reads the columns of [`SELECT`]; the values are left out.
pub(crate) fn read(rec: &Rec<'_>) -> Result<Card, attache_db::Error> {
    read_at(rec, 0)
}

/// As [`read`], of columns the first of which is column `at`.
pub(crate) fn read_at(rec: &Rec<'_>, at: usize) -> Result<Card, attache_db::Error> {
    let numbers = rec.text(at + 3)?;
    Ok(Card {
        record: Record::new(&rec.text(at)?, &rec.text(at + 1)?).map_err(|_| super::foreign(at + 1, "a record"))?,
        name: rec.text(at + 2)?,
        numbers: serde_json::from_str(&numbers).map_err(|_| super::foreign(at + 3, "a JSON object of numbers"))?,
        values: Vec::new(),
        created_at: super::time(rec, at + 4)?,
        updated_at: super::time(rec, at + 5)?,
        created_by: UserNo(rec.int(at + 6)?),
        updated_by: UserNo(rec.int(at + 7)?),
        responsible: UserNo(rec.int(at + 8)?),
    })
}

fn numbers_text(numbers: &BTreeMap<String, i64>) -> String {
    serde_json::to_string(numbers).unwrap_or_default()
}

/// Keeps a new card, whose record has `no` for its id; false when the record has one.
pub(crate) async fn add(t: &mut Tenanted<'_>, card: &Card, no: i64) -> Outcome<bool> {
    let (numbers, key) = (numbers_text(&card.numbers), fold(&card.name));
    let vals = vals![
        card.record.kind(),
        card.record.id(),
        no,
        &card.name,
        &numbers,
        card.created_at.0,
        card.updated_at.0,
        card.created_by.0,
        card.updated_by.0,
        card.responsible.0,
        &key,
    ];
    Ok(t.run(&CARD_ADD, vals).await? == 1)
}

/// A record's own card, without values.
pub(crate) async fn get(t: &mut Tenanted<'_>, record: &Record) -> Outcome<Option<Card>> {
    t.one(&CARD_GET, vals![record.kind(), record.id()], read).await
}

/// As [`get`], written by `by` at `now`, and nobody else changes it until the unit ends.
pub(crate) async fn hold(t: &mut Tenanted<'_>, record: &Record, now: Time, by: UserNo) -> Outcome<Option<Card>> {
    t.one(&CARD_HOLD, vals![record.kind(), record.id(), now.0, by.0], read).await
}

/// Writes a held card's name, numbers and who is in charge.
pub(crate) async fn save(t: &mut Tenanted<'_>, card: &Card) -> Outcome<u64> {
    let (numbers, key) = (numbers_text(&card.numbers), fold(&card.name));
    let (kind, id) = (card.record.kind(), card.record.id());
    t.run(&CARD_SAVE, vals![kind, id, &card.name, &numbers, card.responsible.0, &key]).await
}

/// Whether a card, a link or a note names a record.
pub(crate) async fn named(t: &mut Tenanted<'_>, record: &Record) -> Outcome<bool> {
    Ok(t.one(&CARD_NAMED, vals![record.kind(), record.id()], |rec| rec.int(0)).await?.is_some())
}
