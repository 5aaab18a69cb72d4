//! The files in the fields of a record. Each has a link of origin `field` on the record, for as long as a field holds it.

use crate::op::file_use::{self, Writing};
use crate::record::{FileUse, NewValue};
use crate::table::field::{self, Kept};
use crate::table::file_use::Look;
use crate::unit::{Outcome, Tenanted};
use attache_model::card::Card;
use attache_model::limits::Limits;
use attache_model::link::{Origin, Record};
use attache_model::{Error, FileNo, Result};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Records whose values one statement reads.
const CHUNK: usize = 256;

/// Refuses values whose shown names cannot be kept.
///
/// # Errors
/// `Invalid` at `{place}.values.{index}.name`.
pub(crate) fn check(values: &[NewValue], place: usize, limits: &Limits) -> Result<()> {
    for (index, value) in values.iter().enumerate() {
        if let Some(wanted) = &value.file {
            file_use::check(wanted, &format!("{place}.values.{index}"), limits)?;
        }
    }
    Ok(())
}

/// The uses of files in some values.
pub(crate) fn uses<'v>(values: impl Iterator<Item = &'v NewValue>) -> Vec<&'v FileUse> {
    values.filter_map(|value| value.file.as_ref()).collect()
}

/// Writes values of a record whose card is held. `place` is the record's in the request.
///
/// # Errors
/// `Invalid` at `{place}.values.{index}.` and `field`, `file` or `version`.
pub(crate) async fn put(
    t: &mut Tenanted<'_>,
    writing: &mut Writing<'_>,
    record: &Record,
    values: &[NewValue],
    place: usize,
) -> Outcome<()> {
    for (index, value) in values.iter().enumerate() {
        let place = format!("{place}.values.{index}");
        if !writing.has_field(t, record.kind(), value.field).await? {
            let why = format!("a {} has no field {}", record.kind(), value.field);
            return Err(Error::invalid(format!("{place}.field"), why).into());
        }
        put_one(t, writing, record, value, &place).await?;
    }
    Ok(())
}

async fn put_one(
    t: &mut Tenanted<'_>,
    writing: &mut Writing<'_>,
    record: &Record,
    value: &NewValue,
    place: &str,
) -> Outcome<()> {
    let before = field::value_file(t, record, value.field).await?;
    let after = match &value.file {
        None => {
            field::clear_value(t, record, value.field).await?;
            None
        }
        Some(wanted) => {
            let file = file_use::usable(t, wanted, place, writing.look).await?;
            let kept = Kept {
                field: value.field,
                file: file.no,
                id: file.id,
                pinned: file.pinned,
                version: file.version,
                name: wanted.name.as_deref().unwrap_or_default(),
                size: file.size,
            };
            field::set_value(t, record, &kept).await?;
            writing.attach(t, record, file.no, Origin::Field).await?;
            Some(file.no)
        }
    };
    match before {
        Some(before) if Some(before) != after => release(t, writing, record, before).await,
        _ => Ok(()),
    }
}

/// Takes a file off a record that no field of it holds any more.
pub(crate) async fn release(
    t: &mut Tenanted<'_>,
    writing: &mut Writing<'_>,
    record: &Record,
    file: FileNo,
) -> Outcome<()> {
    if !field::uses(t, record, file).await? {
        writing.detach(t, record, file, Origin::Field).await?;
    }
    Ok(())
}

/// Fills in the values of cards, with one statement for each type and some hundred records.
pub(crate) async fn fill(t: &mut Tenanted<'_>, cards: &mut [Card], look: Look) -> Outcome<()> {
    let mut by_kind: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for card in cards.iter() {
        by_kind.entry(card.record.kind().to_owned()).or_default().insert(card.record.id().to_owned());
    }
    let mut found: HashMap<Record, Vec<_>> = HashMap::new();
    for (kind, ids) in by_kind {
        let ids: Vec<String> = ids.into_iter().collect();
        for ids in ids.chunks(CHUNK) {
            for (id, value) in field::values(t, &kind, ids, look).await? {
                found.entry(Record::new(&kind, &id)?).or_default().push(value);
            }
        }
    }
    for card in cards {
        card.values = found.get(&card.record).cloned().unwrap_or_default();
    }
    Ok(())
}
