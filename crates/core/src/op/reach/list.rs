//! Lists within reach: each has what [`Reach::file`] would return, and nothing else.

use super::{Reach, Reached, contact_number};
use crate::op::list;
use crate::query::{FileQuery, FileTest, Life, Span, Start};
use crate::table::link;
use crate::unit::{Outcome, Tenanted, tenanted};
use attache_model::audience::CONTACT;
use attache_model::file::File;
use attache_model::page::Page;
use attache_model::{Audience, Error, FileNo, Owner, Result};
use std::collections::HashMap;
use std::sync::Arc;

impl Reach<'_> {
    /// A page of files. Hidden and expired files are in no list.
    ///
    /// # Errors
    /// `CursorInvalid`.
    pub async fn files(&self, query: &FileQuery) -> Result<Page<Reached>> {
        let page = self.list_files(query).await?;
        let asked = contact_asked(&query.tests);
        let nos: Arc<Vec<FileNo>> =
            Arc::new(page.items.iter().filter(|file| !file.personal).map(|file| file.no).collect());
        let unit = tenanted::<Contacts, _>(move |mut t| {
            let nos = nos.clone();
            Box::pin(async move { contacts(&mut t, &nos, asked).await })
        });
        let contacts = self.edit.read("list the contacts of files", unit).await?;
        let items = page.items.into_iter().map(|file| shown(file, &contacts)).collect();
        Ok(Page { items, next: page.next })
    }

    /// As [`Reach::files`], without whose they are.
    ///
    /// # Errors
    /// `CursorInvalid`.
    pub async fn list_files(&self, query: &FileQuery) -> Result<Page<File>> {
        let by_offset = query.order.iter().any(|order| !order.by.has_cursor());
        if by_offset && !matches!(query.start, Start::Offset(_)) {
            return Err(Error::bug("a list in this order goes on by offset"));
        }
        self.edit.listed(query, self.sight()).await
    }

    /// The owners of some files that were listed; a file without one is missing.
    ///
    /// # Errors
    /// `Unavailable` or `Internal`.
    pub async fn owners_of(&self, files: &[FileNo]) -> Result<HashMap<FileNo, Owner>> {
        let files = Arc::new(files.to_vec());
        let unit = tenanted::<HashMap<FileNo, Owner>, _>(move |mut t| {
            let files = files.clone();
            Box::pin(async move { link::owners(&mut t, &files).await })
        });
        self.edit.read("list the owners of files", unit).await
    }

    /// How many files the tests leave.
    ///
    /// # Errors
    /// `Invalid` for a path that cannot be one.
    pub async fn count(&self, tests: &[FileTest]) -> Result<u64> {
        let (now, sight, tests) = (self.now(), self.sight(), Arc::new(tests.to_vec()));
        let unit = tenanted::<u64, _>(move |mut t| {
            let tests = tests.clone();
            Box::pin(async move {
                let built = list::asked(&mut t, &tests, Life::Living, sight, now).await?;
                let text =
                    format!("SELECT COUNT(*) FROM file WHERE account_no = $1 AND {}", built.conditions.join(" AND "));
                let count = t.all(&text, &built.vals(), |rec| rec.int(0)).await?;
                Ok(count.first().map_or(0, |count| u64::try_from(*count).unwrap_or_default()))
            })
        });
        self.edit.read("count files", unit).await
    }
}

/// The contacts of a page's files: the number to show, where there is one.
type Contacts = HashMap<FileNo, Option<i64>>;

/// The one contact that a list asks for.
fn contact_asked(tests: &[FileTest]) -> Option<i64> {
    tests.iter().find_map(|test| match test {
        FileTest::Contact(Span { from: Some(from), to: Some(to) }) if from == to => Some(*from),
        FileTest::OnRecord(record) if record.kind() == CONTACT => contact_number(record.id()),
        _ => None,
    })
}

async fn contacts(t: &mut Tenanted<'_>, files: &[FileNo], asked: Option<i64>) -> Outcome<Contacts> {
    let mut shown = Contacts::new();
    if files.is_empty() {
        return Ok(shown);
    }
    for (file, id) in link::contacts(t, files).await? {
        let number = contact_number(&id);
        let slot = shown.entry(file).or_insert(number);
        if number.is_some() && number == asked {
            *slot = number;
        }
    }
    Ok(shown)
}

fn shown(file: File, contacts: &Contacts) -> Reached {
    let contact = contacts.get(&file.no);
    let audience = match contact {
        _ if file.personal => Audience::User,
        Some(_) => Audience::Contact,
        None => Audience::Company,
    };
    Reached { contact: contact.copied().flatten(), audience, file }
}
