//! A core on either engine by a clock that the test holds.

use attache_blobs::{Blobs, Disk, InlineLimit};
use attache_core::{Caller, Core, Credential, NewToken, Parts, TokenForm};
use attache_db::{Db, Options, Target, Tx, Val};
use attache_model::limits::Limits;
use attache_model::scope::Scopes;
use attache_model::{Clock, Scope, Time, UserNo};
use futures_util::future::BoxFuture;
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
        let clock = Clock::held(START);
        let core = core(&db, folder.path(), &clock).await;
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

/// A core over a database and a data folder.
pub(crate) async fn core(db: &Db, folder: &Path, clock: &Clock) -> Core {
    let blobs: Blobs = Disk::open(&folder.join("blobs"), InlineLimit::new(1024).unwrap()).unwrap().into();
    let parts = Parts {
        db: db.clone(),
        blobs,
        clock: clock.clone(),
        limits: Limits::default(),
        allowed_networks: Vec::new(),
        public_url: String::from("http://127.0.0.1:1"),
        renderer: None,
        redirect: false,
    };
    Core::open(parts).await.unwrap()
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
