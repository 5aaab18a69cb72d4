//! A core and its database on either engine, on a clean schema.

use attache_blobs::{Blobs, Disk, InlineLimit};
use attache_core::{Core, Credential, NewToken, Parts, TokenForm};
use attache_db::{Db, Options, Target, Tx};
use attache_model::account::Account;
use attache_model::limits::Limits;
use attache_model::{Clock, Scope, UserNo, scope::Scopes};
use futures_util::future::BoxFuture;
use tempfile::TempDir;

/// A core with everything in a temporary folder.
pub(crate) struct Home {
    pub(crate) core: Core,
    pub(crate) db: Db,
    _folder: TempDir,
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
        let core = Core::open(Parts {
            db: db.clone(),
            blobs,
            clock: Clock::System,
            limits: Limits::default(),
            allowed_networks: Vec::new(),
            public_url: String::from("http://127.0.0.1:1"),
            renderer: None,
        });
        Home { core: core.await.unwrap(), db, _folder: folder }
    }

    /// A caller of a new account who may do everything.
    pub(crate) async fn owner(&self) -> attache_core::Caller {
        let account = self.core.operator().make_account("census").await.unwrap();
        self.caller(account, Scopes::all()).await
    }

    /// A caller of a new account who may work within reach alone.
    pub(crate) async fn within_reach(&self) -> attache_core::Caller {
        let account = self.core.operator().make_account("reach").await.unwrap();
        self.caller(account, [Scope::FilesPersonal, Scope::FilesContact].into_iter().collect()).await
    }

    async fn caller(&self, account: Account, scopes: Scopes) -> attache_core::Caller {
        let user = UserNo::OWNER;
        let new = NewToken { account: account.name, user, scopes, life: None, form: TokenForm::Plain };
        let (_, secret) = self.core.operator().make_token(new).await.unwrap();
        self.core.admit(&Credential::Token(secret)).await.unwrap()
    }

    /// Runs built statements without values, one after the other, and gives column `column` of their rows as lines.
    pub(crate) async fn ask(&self, text: &str, values: usize, column: usize) -> Result<Vec<String>, attache_db::Error> {
        let text = text.to_owned();
        let unit = bare(move |tx| {
            let text = text.clone();
            Box::pin(async move {
                let vals = vec![attache_db::Val::Null; values];
                tx.all(&text, &vals, |rec| rec.text(column)).await
            })
        });
        self.db.write(unit).await
    }
}

fn bare<F>(unit: F) -> F
where
    F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<Vec<String>, attache_db::Error>> + Send + Sync + 'static,
{
    unit
}

/// How many values a statement takes: its greatest `$n`.
pub(crate) fn values_of(text: &str) -> usize {
    let number = |rest: &str| rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok();
    text.split('$').skip(1).filter_map(number).max().unwrap_or(0)
}
