//! Cards: what is known of records.

use crate::Records;
use crate::op::file_use::{Writing, hold_all};
use crate::op::record::known;
use crate::op::value;
use crate::record::{CardChange, CardQuery, NewCard, check_count, check_kind, check_line, check_offset};
use crate::settle::{Author, settle};
use crate::table::{self, account, card, link};
use crate::unit::{Outcome, Tenanted, tenanted};
use attache_db::Val;
use attache_model::card::{CARD_ID_MAX, Card, NUMBER_NAME_MAX, NUMBERS_MAX};
use attache_model::error::Code;
use attache_model::event::EventKind;
use attache_model::limits::Limits;
use attache_model::link::Record;
use attache_model::page::{Next, Page};
use attache_model::{Error, Result, What};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The counter that ids of records come from.
const COUNTER: &str = "record";
/// Ids in a row that may be in use before the search takes longer and longer steps.
const PATIENCE: u32 = 16;

impl Records<'_> {
    /// What is known of a record.
    ///
    /// # Errors
    /// `NotFound(Record)` unless it has a card or a link names it.
    pub async fn card(&self, record: &Record) -> Result<Card> {
        let fixed = Arc::new((record.clone(), self.look()));
        let unit = tenanted::<Card, _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let (record, look) = &*fixed;
                let mut found = known(&mut t, record).await?.ok_or(Error::NotFound(What::Record))?;
                value::fill(&mut t, std::slice::from_mut(&mut found), *look).await?;
                Ok(found)
            })
        });
        self.inner().read("read a card", unit).await
    }

    /// A page of the cards of one type, by id.
    ///
    /// # Errors
    /// `Invalid` for a type that is none, for too many ids and for an offset past the limit `record_offset`.
    pub async fn cards(&self, kind: &str, query: &CardQuery) -> Result<Page<Card>> {
        let limits = self.inner().core.limits();
        check_kind(kind)?;
        check_count(query.ids.len(), limits)?;
        check_offset(query.offset, limits)?;
        let fixed = Arc::new((kind.to_owned(), query.clone(), self.look()));
        let unit = tenanted::<Vec<Card>, _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let (kind, query, look) = &*fixed;
                let mut cards = page(&mut t, kind, query).await?;
                value::fill(&mut t, &mut cards, *look).await?;
                Ok(cards)
            })
        });
        let mut items = self.inner().read("list cards", unit).await?;
        let more = items.len() > query.limit as usize;
        items.truncate(query.limit as usize);
        let next = more.then(|| Next::Offset(query.offset + u64::from(query.limit)));
        Ok(Page { items, next })
    }

    /// Makes cards with their values, all or none.
    ///
    /// # Errors
    /// `Exists` for an id that has a card; `Invalid` at the item.
    pub async fn put_cards(&self, kind: &str, new: Vec<NewCard>) -> Result<Vec<Card>> {
        let limits = self.inner().core.limits();
        check_kind(kind)?;
        check_count(new.len(), limits)?;
        for (at, item) in new.iter().enumerate() {
            check_new(item, at, limits)?;
        }
        let links = self.link_numbers(new.iter().map(|item| item.values.len()).sum()).await?;
        let fixed = Arc::new((kind.to_owned(), new, links, self.author(), self.look()));
        let unit = tenanted::<Vec<Card>, _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let (kind, new, links, author, look) = &*fixed;
                let (mut writing, mut cards) = (Writing::new(author.user, *look, links), Vec::new());
                hold_all(&mut t, value::uses(new.iter().flat_map(|item| &item.values))).await?;
                for (at, item) in new.iter().enumerate() {
                    let made = make(&mut t, &mut writing, kind, item).await?;
                    value::put(&mut t, &mut writing, &made.record, &item.values, at).await?;
                    cards.push(made);
                }
                finish(&mut t, writing, author, cards).await
            })
        });
        self.inner().write("make cards", unit).await
    }

    /// Changes cards and their values, all or none.
    ///
    /// # Errors
    /// `Invalid` at the item.
    pub async fn change_cards(&self, changes: Vec<CardChange>) -> Result<Vec<Card>> {
        let limits = self.inner().core.limits();
        check_count(changes.len(), limits)?;
        for (at, item) in changes.iter().enumerate() {
            check_change(item, at, limits)?;
        }
        let links = self.link_numbers(changes.iter().map(|item| item.values.len()).sum()).await?;
        let fixed = Arc::new((changes, links, self.author(), self.look()));
        let unit = tenanted::<Vec<Card>, _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let (changes, links, author, look) = &*fixed;
                let (mut writing, mut cards) = (Writing::new(author.user, *look, links), Vec::new());
                hold_all(&mut t, value::uses(changes.iter().flat_map(|item| &item.values))).await?;
                for (at, item) in changes.iter().enumerate() {
                    cards.push(change(&mut t, &mut writing, item, at).await?);
                    value::put(&mut t, &mut writing, &item.record, &item.values, at).await?;
                }
                finish(&mut t, writing, author, cards).await
            })
        });
        self.inner().write("change cards", unit).await
    }
}

async fn page(t: &mut Tenanted<'_>, kind: &str, query: &CardQuery) -> Outcome<Vec<Card>> {
    let limit = i64::from(query.limit) + 1;
    let mut vals = vec![Val::Text(kind), Val::Int(limit), Val::Int(table::signed(query.offset))];
    let mut text = format!("{} WHERE account_no = $1 AND record_type = $2", card::SELECT);
    if !query.ids.is_empty() {
        text.push_str(&format!(" AND no {}", table::one_of(query.ids.len(), 5)));
        vals.extend(table::padded(&query.ids).map(|no| Val::Int(*no)));
    }
    text.push_str(" ORDER BY no LIMIT $3 OFFSET $4");
    t.all(&text, &vals, card::read).await
}

fn check_new(new: &NewCard, at: usize, limits: &Limits) -> Result<()> {
    if new.id.is_some_and(|no| !(1..=CARD_ID_MAX).contains(&no)) {
        return Err(Error::invalid(format!("{at}.id"), format!("an id is a number from 1 to {CARD_ID_MAX}")));
    }
    check_line(&format!("{at}.name"), &new.name, limits.record_name_bytes)?;
    check_numbers(new.numbers.keys(), new.numbers.len(), at)?;
    value::check(&new.values, at, limits)
}

fn check_change(change: &CardChange, at: usize, limits: &Limits) -> Result<()> {
    if let Some(name) = &change.name {
        check_line(&format!("{at}.name"), name, limits.record_name_bytes)?;
    }
    check_numbers(change.numbers.keys(), change.numbers.values().flatten().count(), at)?;
    value::check(&change.values, at, limits)
}

fn check_numbers<'n>(names: impl Iterator<Item = &'n String>, count: usize, at: usize) -> Result<()> {
    let place = format!("{at}.numbers");
    for name in names {
        check_line(&place, name, NUMBER_NAME_MAX as u64)?;
    }
    if count > NUMBERS_MAX {
        return Err(Error::invalid(place, format!("a card has at most {NUMBERS_MAX} numbers")));
    }
    Ok(())
}

async fn make(t: &mut Tenanted<'_>, writing: &mut Writing<'_>, kind: &str, new: &NewCard) -> Outcome<Card> {
    let no = match new.id {
        Some(no) => no,
        None => free_id(t, kind).await?,
    };
    let by = new.created_by.unwrap_or(writing.by);
    let made = Card {
        record: Record::new(kind, &no.to_string())?,
        name: new.name.clone(),
        numbers: new.numbers.clone(),
        values: Vec::new(),
        created_at: new.created_at.unwrap_or(writing.look.now),
        updated_at: writing.look.now,
        created_by: by,
        updated_by: writing.by,
        responsible: new.responsible.unwrap_or(writing.by),
    };
    if !card::add(t, &made, no).await? {
        if new.id.is_none() {
            // Somebody else gave a record this id since we looked.
            return Err(attache_db::Error::Retry.into());
        }
        return Err(Error::Exists { what: What::Record, no, id: made.record.to_string() }.into());
    }
    writing.tell(EventKind::RecordCreated, None, &made.record);
    Ok(made)
}

/// The next id that names no record of this type yet.
async fn free_id(t: &mut Tenanted<'_>, kind: &str) -> Outcome<i64> {
    let (mut tries, mut step) = (0, 1);
    loop {
        let no = account::take_numbers(t, COUNTER, step).await? + step - 1;
        if !card::named(t, &Record::new(kind, &no.to_string())?).await? {
            return Ok(no);
        }
        tries += 1;
        if tries > PATIENCE {
            step *= 2;
        }
    }
}

async fn change(t: &mut Tenanted<'_>, writing: &mut Writing<'_>, change: &CardChange, at: usize) -> Outcome<Card> {
    let mut held = match card::hold(t, &change.record, writing.look.now, writing.by).await? {
        Some(held) => held,
        None => adopt(t, writing, &change.record, at).await?,
    };
    held.name = change.name.clone().unwrap_or(held.name);
    held.responsible = change.responsible.unwrap_or(held.responsible);
    merge(&mut held.numbers, &change.numbers);
    check_numbers(held.numbers.keys(), held.numbers.len(), at)?;
    card::save(t, &held).await?;
    writing.tell(EventKind::RecordUpdated, None, &held.record);
    Ok(held)
}

fn merge(numbers: &mut BTreeMap<String, i64>, changes: &BTreeMap<String, Option<i64>>) {
    for (name, number) in changes {
        match number {
            Some(number) => numbers.insert(name.clone(), *number),
            None => numbers.remove(name),
        };
    }
}

/// Gives a record that only links name a card of its own.
async fn adopt(t: &mut Tenanted<'_>, writing: &mut Writing<'_>, record: &Record, at: usize) -> Outcome<Card> {
    let refuse = |why: String| Error::refuse(Code::RecordInvalid, format!("{at}.record"), why);
    let Some(first) = link::oldest(t, record).await? else {
        return Err(refuse(format!("there is no record {record}")).into());
    };
    let no =
        record.id().parse::<i64>().ok().filter(|no| (1..=CARD_ID_MAX).contains(no) && no.to_string() == record.id());
    let Some(no) = no else {
        return Err(refuse(format!("a record with a card has a number from 1 to {CARD_ID_MAX} for its id")).into());
    };
    let named = link::named_by(record, first.created_at, first.created_by);
    let made = Card { updated_at: writing.look.now, updated_by: writing.by, ..named };
    if !card::add(t, &made, no).await? {
        // It came while we looked.
        return Err(attache_db::Error::Retry.into());
    }
    writing.tell(EventKind::RecordCreated, None, record);
    Ok(made)
}

/// Reads the values that cards have by now, and writes down what was done.
async fn finish(
    t: &mut Tenanted<'_>,
    writing: Writing<'_>,
    author: &Author,
    mut cards: Vec<Card>,
) -> Outcome<Vec<Card>> {
    value::fill(t, &mut cards, writing.look).await?;
    settle(t, author, writing.look.now, &writing.change).await?;
    Ok(cards)
}
