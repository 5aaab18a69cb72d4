//! Notes on records. The file of a note is on the record's tab, through a link of origin `note` where it needs one.

use crate::Records;
use crate::numbers::Kind;
use crate::op::file_use::{self, Writing, hold_all};
use crate::op::list::built::{Built, Own};
use crate::op::record::known;
use crate::query::Order;
use crate::record::{
    FileUse, NewNote, NoteChange, NoteQuery, NoteSort, check_count, check_kind, check_line, check_offset, check_text,
};
use crate::settle::settle;
use crate::table::file_use::Look;
use crate::table::link;
use crate::table::note::{self, Kept};
use crate::unit::{Outcome, Tenanted, tenanted};
use attache_model::error::Code;
use attache_model::event::EventKind;
use attache_model::limits::Limits;
use attache_model::link::{Origin, Record};
use attache_model::note::{NOTE_KIND_MAX, Note};
use attache_model::page::{Next, Page};
use attache_model::{Error, FileNo, Result, Time, What};
use std::sync::Arc;

/// The moments that a note can speak of: the years 0 to 9999.
const MOMENTS: std::ops::Range<i64> = -62_167_219_200..253_402_300_800;

impl Records<'_> {
    /// A note on a record of one type.
    ///
    /// # Errors
    /// `NotFound(Note)`.
    pub async fn note(&self, kind: &str, no: i64) -> Result<Note> {
        let fixed = Arc::new((kind.to_owned(), self.look()));
        let unit = tenanted::<Note, _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let (kind, look) = &*fixed;
                Ok(note::get(&mut t, kind, no, *look).await?.ok_or(Error::NotFound(What::Note))?)
            })
        });
        self.inner().read("read a note", unit).await
    }

    /// A page of the notes on records of one type.
    ///
    /// # Errors
    /// `Invalid` for a type that is none, for lists that are too long and for an offset past the limit `record_offset`.
    pub async fn notes(&self, kind: &str, query: &NoteQuery) -> Result<Page<Note>> {
        let limits = self.inner().core.limits();
        check_kind(kind)?;
        for len in [query.nos.len(), query.records.len(), query.kinds.len()] {
            check_count(len, limits)?;
        }
        check_offset(query.offset, limits)?;
        let fixed = Arc::new((kind.to_owned(), query.clone(), self.look()));
        let unit = tenanted::<Vec<Note>, _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let (kind, query, look) = &*fixed;
                let built = page(kind, query);
                let text = format!("{} AND {}{}", note::SELECT, built.conditions.join(" AND "), end(query));
                t.all(&text, &built.vals(), |rec| note::read(rec, *look)).await
            })
        });
        let mut items = self.inner().read("list notes", unit).await?;
        let more = items.len() > query.limit as usize;
        items.truncate(query.limit as usize);
        let next = more.then(|| Next::Offset(query.offset + u64::from(query.limit)));
        Ok(Page { items, next })
    }

    /// Puts notes on records, all or none.
    ///
    /// # Errors
    /// `Invalid` at the item; at `{index}.record` for a record that is not there.
    pub async fn put_notes(&self, new: Vec<NewNote>) -> Result<Vec<Note>> {
        let limits = self.inner().core.limits();
        check_count(new.len(), limits)?;
        let mut numbers = Vec::with_capacity(new.len());
        for (at, item) in new.iter().enumerate() {
            check_new(item, at, limits)?;
        }
        for _ in &new {
            numbers.push(self.inner().core.number(self.caller().account(), Kind::Note).await?);
        }
        let links = self.link_numbers(new.len()).await?;
        let fixed = Arc::new((new, numbers, links, self.author(), self.look()));
        let unit = tenanted::<Vec<Note>, _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let (new, numbers, links, author, look) = &*fixed;
                let (mut writing, mut notes) = (Writing::new(author.user, *look, links), Vec::new());
                hold_all(&mut t, new.iter().filter_map(|item| item.file.as_ref()).collect()).await?;
                for (at, (item, no)) in new.iter().zip(numbers).enumerate() {
                    add(&mut t, &mut writing, item, *no, at).await?;
                    notes.push(reread(&mut t, item.record.kind(), *no, *look).await?);
                }
                settle(&mut t, author, look.now, &writing.change).await?;
                Ok(notes)
            })
        });
        self.inner().write("put notes on records", unit).await
    }

    /// Changes notes on records of one type, all or none.
    ///
    /// # Errors
    /// `Invalid` at the item; at `{index}.note` for a note that is not there.
    pub async fn change_notes(&self, kind: &str, changes: Vec<NoteChange>) -> Result<Vec<Note>> {
        let limits = self.inner().core.limits();
        check_count(changes.len(), limits)?;
        for (at, item) in changes.iter().enumerate() {
            let (kind, text) = (item.kind.as_deref(), item.text.as_deref());
            check(at, kind, text, item.file.as_ref(), limits)?;
        }
        let links = self.link_numbers(changes.len()).await?;
        let fixed = Arc::new((kind.to_owned(), changes, links, self.author(), self.look()));
        let unit = tenanted::<Vec<Note>, _>(move |mut t| {
            let fixed = fixed.clone();
            Box::pin(async move {
                let (kind, changes, links, author, look) = &*fixed;
                let (mut writing, mut notes) = (Writing::new(author.user, *look, links), Vec::new());
                hold_all(&mut t, changes.iter().filter_map(|item| item.file.as_ref()).collect()).await?;
                for (at, item) in changes.iter().enumerate() {
                    change(&mut t, &mut writing, kind, item, at).await?;
                    notes.push(reread(&mut t, kind, item.no, *look).await?);
                }
                settle(&mut t, author, look.now, &writing.change).await?;
                Ok(notes)
            })
        });
        self.inner().write("change notes", unit).await
    }
}

fn page(kind: &str, query: &NoteQuery) -> Built {
    let mut built = Built::default();
    let value = built.text(kind);
    built.and(format!("n.record_type = {value}"));
    if !query.nos.is_empty() {
        built.any("n.no", query.nos.iter().map(|no| Own::Int(*no)));
    }
    if !query.records.is_empty() {
        built.any("n.record_id", query.records.iter().map(|id| Own::Text(id.clone())));
    }
    if !query.kinds.is_empty() {
        built.any("n.kind", query.kinds.iter().map(|kind| Own::Text(kind.clone())));
    }
    built.span("n.updated_at", query.updated);
    built
}

fn end(query: &NoteQuery) -> String {
    let keys = match query.order {
        None | Some(Order { by: NoteSort::No, descending: false }) => "n.no",
        Some(Order { by: NoteSort::No, descending: true }) => "n.no DESC",
        Some(Order { by: NoteSort::Updated, descending: false }) => "n.updated_at, n.no",
        Some(Order { by: NoteSort::Updated, descending: true }) => "n.updated_at DESC, n.no",
    };
    format!(" ORDER BY {keys} LIMIT {} OFFSET {}", u64::from(query.limit) + 1, query.offset)
}

fn check_new(new: &NewNote, at: usize, limits: &Limits) -> Result<()> {
    check(at, Some(&new.kind), Some(&new.text), new.file.as_ref(), limits)?;
    if new.created_at.is_some_and(|time| !MOMENTS.contains(&time.seconds())) {
        return Err(Error::invalid(format!("{at}.created_at"), "it is a moment in the years 0 to 9999"));
    }
    Ok(())
}

fn check(at: usize, kind: Option<&str>, text: Option<&str>, file: Option<&FileUse>, limits: &Limits) -> Result<()> {
    if let Some(kind) = kind {
        let place = format!("{at}.kind");
        check_line(&place, kind, NOTE_KIND_MAX as u64)?;
        if kind.is_empty() {
            return Err(Error::invalid(place, "a note has a kind, such as 'common'"));
        }
    }
    if let Some(text) = text {
        check_text(&format!("{at}.text"), text, limits.note_bytes)?;
    }
    file.map_or(Ok(()), |file| file_use::check(file, &at.to_string(), limits))
}

/// A moment without its fraction of a second.
fn whole_second(time: Time) -> Time {
    Time::from_millis(time.seconds() * 1000)
}

async fn add(t: &mut Tenanted<'_>, writing: &mut Writing<'_>, new: &NewNote, no: i64, at: usize) -> Outcome<()> {
    if known(t, &new.record).await?.is_none() {
        let why = format!("there is no record {}", new.record);
        return Err(Error::refuse(Code::RecordInvalid, format!("{at}.record"), why).into());
    }
    let kept = match &new.file {
        None => Kept::default(),
        Some(wanted) => take(t, writing, &new.record, wanted, at).await?,
    };
    let (now, author) = (whole_second(writing.look.now), new.created_by.unwrap_or(writing.by));
    let made = Note {
        no,
        record: new.record.clone(),
        kind: new.kind.clone(),
        text: new.text.clone(),
        file: None,
        created_at: new.created_at.map_or(now, whole_second),
        updated_at: now,
        created_by: author,
        updated_by: writing.by,
        responsible: new.responsible.unwrap_or(author),
    };
    note::add(t, &made, &kept).await?;
    writing.tell(EventKind::NoteCreated, kept.file, &new.record);
    Ok(())
}

async fn change(
    t: &mut Tenanted<'_>,
    writing: &mut Writing<'_>,
    kind: &str,
    change: &NoteChange,
    at: usize,
) -> Outcome<()> {
    if !note::hold(t, kind, change.no, whole_second(writing.look.now), writing.by).await? {
        let why = format!("there is no note {} on a {kind}", change.no);
        return Err(Error::invalid(format!("{at}.note"), why).into());
    }
    let mut held = reread(t, kind, change.no, writing.look).await?;
    held.kind = change.kind.clone().unwrap_or(held.kind);
    held.text = change.text.clone().unwrap_or(held.text);
    held.responsible = change.responsible.unwrap_or(held.responsible);
    note::save(t, &held).await?;
    let mut file = held.file.as_ref().map(|file| file.no);
    if let Some(wanted) = &change.file {
        let kept = take(t, writing, &held.record, wanted, at).await?;
        note::set_file(t, held.no, &kept).await?;
        if let Some(before) = file.filter(|before| Some(*before) != kept.file) {
            release(t, writing, &held.record, before).await?;
        }
        file = kept.file;
    }
    writing.tell(EventKind::NoteUpdated, file, &held.record);
    Ok(())
}

/// Finds the file of a note and sees that it is on the record's tab.
async fn take<'n>(
    t: &mut Tenanted<'_>,
    writing: &mut Writing<'_>,
    record: &Record,
    wanted: &'n FileUse,
    at: usize,
) -> Outcome<Kept<'n>> {
    let file = file_use::usable(t, wanted, &at.to_string(), writing.look).await?;
    if !link::on_tab(t, record, file.no).await? {
        writing.attach(t, record, file.no, Origin::Note).await?;
    }
    Ok(Kept {
        file: Some(file.no),
        id: file.id.to_string(),
        pinned: file.pinned,
        version: file.version,
        name: wanted.name.as_deref().unwrap_or_default(),
    })
}

/// Takes a file off a record that no note on it has any more.
async fn release(t: &mut Tenanted<'_>, writing: &mut Writing<'_>, record: &Record, file: FileNo) -> Outcome<()> {
    if !note::uses(t, record, file).await? {
        writing.detach(t, record, file, Origin::Note).await?;
    }
    Ok(())
}

async fn reread(t: &mut Tenanted<'_>, kind: &str, no: i64, look: Look) -> Outcome<Note> {
    Ok(note::get(t, kind, no, look).await?.ok_or(Error::NotFound(What::Note))?)
}
