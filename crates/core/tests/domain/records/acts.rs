//! What the tests of records do to a home again and again.

use crate::home::Home;
use attache_core::{
    Body, CardChange, Edit, Expect, FileUse, NewCard, NewField, NewFile, NewName, NewNote, NewValue, Records, Remove,
    Replacement,
};
use attache_model::card::{Card, Value};
use attache_model::file::File;
use attache_model::link::{Link, Origin, Record};
use attache_model::note::Note;
use attache_model::{Error, FolderRef, Name};
use std::time::Duration;

/// Longer than anything stays in the trash.
const LONG: Duration = Duration::from_secs(40 * 24 * 3600);

impl Home {
    pub(crate) fn records(&self) -> Records<'_> {
        self.core.records(&self.owner).unwrap()
    }

    pub(crate) fn edit(&self) -> Edit<'_> {
        self.core.edit(&self.owner).unwrap()
    }

    pub(crate) fn remove(&self) -> Remove<'_> {
        self.core.remove(&self.owner).unwrap()
    }

    /// A new file in the root folder.
    pub(crate) async fn file(&self, name: &str) -> File {
        put(&self.edit(), NewFile::new(FolderRef::ROOT, NewName::Exact(Name::parse(name).unwrap()))).await
    }

    /// New content for a file.
    pub(crate) async fn replace(&self, file: &File, content: &str) -> File {
        let edit = self.edit();
        let staged = edit.stage(Body::from(content.as_bytes().to_vec()), &Expect::at_most(1000)).await.unwrap();
        edit.replace_file(file.no, Replacement::default(), staged).await.unwrap()
    }

    pub(crate) async fn trash(&self, file: &File) {
        self.remove().trash_files(&[file.no.into()]).await.unwrap();
    }

    /// Moves a file to the trash and lets its time there go by.
    pub(crate) async fn purge(&self, file: &File) {
        self.trash(file).await;
        self.clock.advance(LONG);
        let gone = async {
            while self.edit().trashed_file(file.no).await.is_ok() {
                tokio::task::yield_now().await;
            }
        };
        self.core.work().run(gone).await;
    }

    /// A new deal.
    pub(crate) async fn deal(&self) -> Record {
        let new = NewCard { name: "Lease".into(), ..NewCard::default() };
        self.records().put_cards("deal", vec![new]).await.unwrap().remove(0).record
    }

    /// A new field of deals.
    pub(crate) async fn field(&self, name: &str) -> i64 {
        let new = NewField { name: name.into(), code: None, sort: None };
        self.records().setup().unwrap().put_fields("deal", vec![new]).await.unwrap()[0].no
    }

    /// Puts a file into a field of a record.
    pub(crate) async fn set(&self, record: &Record, field: i64, file: Option<FileUse>) -> Result<Card, Error> {
        let values = vec![NewValue { field, file }];
        let change = CardChange { values, ..CardChange::of(record.clone()) };
        self.records().change_cards(vec![change]).await.map(|mut cards| cards.remove(0))
    }

    /// The only value of a record.
    pub(crate) async fn value(&self, record: &Record) -> Value {
        let values = self.records().card(record).await.unwrap().values;
        let [value] = values.as_slice() else { panic!("not one value: {values:?}") };
        value.clone()
    }

    /// Puts a note on a record.
    pub(crate) async fn note(&self, new: NewNote) -> Result<Note, Error> {
        self.records().put_notes(vec![new]).await.map(|mut notes| notes.remove(0))
    }

    /// The names of the files on a record's tab, newest first.
    pub(crate) async fn tab(&self, record: &Record) -> Vec<String> {
        let tab = self.edit().tab(record, i64::MAX, 100).await.unwrap();
        tab.into_iter().map(|(_, file)| file.name.full().to_owned()).collect()
    }

    /// Why a file is on records, oldest first.
    pub(crate) async fn origins(&self, file: &File) -> Vec<(String, Origin)> {
        let links: Vec<Link> = self.edit().links_of(file.no).await.unwrap();
        links.into_iter().map(|link| (link.record.to_string(), link.origin)).collect()
    }

    /// The words of what happened since `after`, with the records.
    pub(crate) async fn events(&self, after: i64) -> Vec<(&'static str, String)> {
        let events = self.edit().events(after, 1000).await.unwrap();
        events.into_iter().map(|event| (event.kind.word(), event.record)).collect()
    }

    /// The number of the last event.
    pub(crate) async fn last_event(&self) -> i64 {
        self.edit().events(0, 1000).await.unwrap().last().map_or(0, |event| event.no)
    }
}

/// Puts a file in whose content is its name.
pub(crate) async fn put(edit: &Edit<'_>, new: NewFile) -> File {
    let NewName::Exact(name) = &new.name else { panic!("the tests name their files") };
    let staged = edit.stage(Body::from(name.full().as_bytes().to_vec()), &Expect::at_most(1000)).await.unwrap();
    edit.put_file(new, staged).await.unwrap().into_file()
}

/// A record from its text.
pub(crate) fn record(text: &str) -> Record {
    text.parse().unwrap()
}

/// A note with words.
pub(crate) fn words(record: &Record, text: &str) -> NewNote {
    NewNote { text: text.into(), ..NewNote::of(record.clone(), "common") }
}

/// A note with a file.
pub(crate) fn attachment(record: &Record, file: &File) -> NewNote {
    NewNote { file: Some(FileUse::of(file.id)), ..NewNote::of(record.clone(), "attachment") }
}

/// Where a request was refused.
#[track_caller]
pub(crate) fn place<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::Invalid { field, .. }) => field,
        other => panic!("not refused at a place: {other:?}"),
    }
}
