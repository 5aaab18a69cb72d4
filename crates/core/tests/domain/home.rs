//! A core on either engine by a clock that the test holds.

use attache_blobs::{Blobs, Cloud, CloudOptions, Disk, InlineLimit};
use attache_core::{Caller, Core, Credential, NewToken, Parts, TokenForm};
use attache_db::{Db, Options, Target, Tx, Val};
use attache_model::limits::Limits;
use attache_model::scope::Scopes;
use attache_model::{Clock, Scope, Time, UserNo};
use futures_util::future::BoxFuture;
use std::ffi::OsString;
use std::path::Path;
use tempfile::TempDir;

/// When every test begins: a quarter of a second into a second.
pub(crate) const START: Time = Time::from_millis(1_800_000_000_250);
/// The same without its fraction.
pub(crate) const SECOND: Time = Time::from_millis(1_800_000_000_000);

/// A core with an account, and its owner who may do everything.
pub(crate) struct Home {
    pub(crate) core: Core,
    pub(crate) owner: Caller,
    pub(crate) clock: Clock,
    pub(crate) db: Db,
    folder: TempDir,
}

impl Home {
    /// On SQLite and a folder.
    pub(crate) async fn sqlite() -> Home {
        let folder = tempfile::tempdir().unwrap();
        let target = Target::Sqlite(folder.path().join("attache.db"));
        let blobs = on_disk(folder.path());
        Home::on(folder, &target, blobs).await
    }

    /// On PostgreSQL and an object store, or a folder after a loud word where there is none; `None` after a loud skip.
    pub(crate) async fn postgres() -> Option<Home> {
        let url = attache_db::testing::database().await?;
        let folder = tempfile::tempdir().unwrap();
        let blobs = match attache_blobs::testing::storage("domain") {
            Some(bucket) => Cloud::open(&bucket, inline(), &CloudOptions::default()).unwrap().into(),
            None => on_disk(folder.path()),
        };
        Some(Home::on(folder, &Target::Postgres(url), blobs).await)
    }

    async fn on(folder: TempDir, target: &Target, blobs: Blobs) -> Home {
        let db = Db::open(target, &Options::default()).await.unwrap();
        let clock = Clock::held(START);
        let core = core_over(&db, blobs, &clock).await;
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

    /// Changes rows behind the core's back, as a process that died in the middle of something left them.
    pub(crate) async fn tamper(&self, text: &'static str) {
        let unit = bare(move |tx| Box::pin(async move { tx.run(text, &[]).await }));
        assert_eq!(self.db.write(unit).await.unwrap(), 1);
    }

    /// Runs a statement that the test built, with nulls for its values, and gives column `column` of its rows as lines.
    pub(crate) async fn ask(&self, text: &str, values: usize, column: usize) -> Result<Vec<String>, attache_db::Error> {
        let text = text.to_owned();
        let unit = bare(move |tx| {
            let text = text.clone();
            Box::pin(async move {
                let vals = vec![Val::Null; values];
                tx.all(&text, &vals, |rec| rec.text(column)).await
            })
        });
        self.db.write(unit).await
    }
}

/// Short contents lie in the rows.
fn inline() -> InlineLimit {
    InlineLimit::new(1024).unwrap()
}

fn on_disk(folder: &Path) -> Blobs {
    Disk::open(&folder.join("blobs"), inline()).unwrap().into()
}

/// A core over a database and a data folder.
pub(crate) async fn core(db: &Db, folder: &Path, clock: &Clock) -> Core {
    core_over(db, on_disk(folder), clock).await
}

/// As [`core`], where previews are made by a command, with a second of processor time for each.
pub(crate) async fn core_that_draws(db: &Db, folder: &Path, clock: &Clock, command: &[&str]) -> Core {
    let renderer = Some(command.iter().map(OsString::from).collect());
    let limits = Limits { preview_cpu: 1, ..Limits::default() };
    Core::open(Parts { renderer, limits, ..parts(db, on_disk(folder), clock) }).await.unwrap()
}

/// A core over a database and a store.
async fn core_over(db: &Db, blobs: Blobs, clock: &Clock) -> Core {
    Core::open(parts(db, blobs, clock)).await.unwrap()
}

fn parts(db: &Db, blobs: Blobs, clock: &Clock) -> Parts {
    Parts {
        db: db.clone(),
        blobs,
        clock: clock.clone(),
        limits: Limits::default(),
        allowed_networks: Vec::new(),
        public_url: String::from("http://127.0.0.1:1"),
        renderer: None,
        redirect: false,
    }
}

/// A unit of work that the test writes itself.
pub(crate) fn bare<T, F>(unit: F) -> F
where
    F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, attache_db::Error>> + Send + Sync + 'static,
{
    unit
}

/// A caller by a new token.
pub(crate) async fn admit(core: &Core, account: &str, user: UserNo, scopes: Scopes) -> Caller {
    let (account, name) = (account.to_owned(), String::new());
    let new = NewToken { account, user, name, scopes, life: None, form: TokenForm::Plain };
    let (_, secret) = core.operator().make_token(new).await.unwrap();
    core.admit(&Credential::Token(secret)).await.unwrap()
}
