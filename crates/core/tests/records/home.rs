//! A core on either engine by a clock that the test holds, and what tests do to it again and again.

use attache_blobs::{Blobs, Disk, InlineLimit};
use attache_core::{
    Body, Caller, CardChange, Core, Credential, Edit, Expect, FileUse, NewCard, NewField, NewFile, NewName, NewNote,
    NewToken, NewValue, Parts, Records, Remove, Replacement, TokenForm,
};
use attache_db::{Db, Options, Target, Tx};
use attache_model::card::{Card, Value};
use attache_model::file::File;
use attache_model::limits::Limits;
use attache_model::link::{Link, Origin, Record};
use attache_model::note::Note;
use attache_model::scope::Scopes;
use attache_model::{Clock, Error, FolderRef, Name, Scope, Time, UserNo};
use futures_util::future::BoxFuture;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

/// When every test begins: a quarter of a second into a second.
pub(crate) const START: Time = Time::from_millis(1_800_000_000_250);
/// The same without its fraction.
pub(crate) const SECOND: Time = Time::from_millis(1_800_000_000_000);
/// Longer than anything stays in the trash.
const LONG: Duration = Duration::from_secs(40 * 24 * 3600);

/// A core with an account, and its owner who may do everything.
pub(crate) struct Home {
    pub(crate) core: Core,
    pub(crate) owner: Caller,
    pub(crate) clock: Clock,
    db: Db,
    folder: TempDir,
}

impl Home {
    /// On SQLite.
    pub(crate) async fn sqlite() -> Home {
        let folder = tempfile::tempdir().unwrap();
        let target = Target::Sqlite(folder.path().join("attache.db"));
        Home::on(folder, &target).await
    }

    /// On PostgreSQL; `None` after a loud skip.
    pub(crate) async fn postgres() -> Option<Home> {
        let url = attache_db::testing::database().await?;
        Some(Home::on(tempfile::tempdir().unwrap(), &Target::Postgres(url)).await)
    }

    async fn on(folder: TempDir, target: &Target) -> Home {
        let db = Db::open(target, &Options::default()).await.unwrap();
        let blobs: Blobs = Disk::open(&folder.path().join("blobs"), InlineLimit::new(1024).unwrap()).unwrap().into();
        let clock = Clock::held(START);
        let parts = Parts {
            db: db.clone(),
            blobs,
            clock: clock.clone(),
            limits: Limits::default(),
            allowed_networks: Vec::new(),
            public_url: String::from("http://127.0.0.1:1"),
            renderer: None,
        };
        let core = Core::open(parts).await.unwrap();
        core.operator().make_account("one").await.unwrap();
        let owner = admit(&core, "one", UserNo::OWNER, Scopes::all()).await;
        Home { core, owner, clock, db, folder }
    }

    /// The data folder.
    pub(crate) fn data(&self) -> &Path {
        self.folder.path()
    }

    /// Another user of the account, with some scopes alone.
    pub(crate) async fn user(&self, no: i64, scopes: &[Scope]) -> Caller {
        admit(&self.core, "one", UserNo(no), scopes.iter().copied().collect()).await
    }

    /// The owner of another account.
    pub(crate) async fn stranger(&self) -> Caller {
        self.core.operator().make_account("two").await.unwrap();
        admit(&self.core, "two", UserNo::OWNER, Scopes::all()).await
    }

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

    /// Changes rows behind the core's back, as a process that died in the middle of something left them.
    pub(crate) async fn tamper(&self, text: &'static str) {
        let unit = bare(move |tx| Box::pin(async move { tx.run(text, &[]).await }));
        assert_eq!(self.db.write(unit).await.unwrap(), 1);
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

fn bare<F>(unit: F) -> F
where
    F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<u64, attache_db::Error>> + Send + Sync + 'static,
{
    unit
}

pub(crate) async fn admit(core: &Core, account: &str, user: UserNo, scopes: Scopes) -> Caller {
    let new = NewToken { account: account.into(), user, scopes, life: None, form: TokenForm::Plain };
    let (_, secret) = core.operator().make_token(new).await.unwrap();
    core.admit(&Credential::Token(secret)).await.unwrap()
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
