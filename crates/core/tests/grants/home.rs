//! A core on either engine by a clock that the test holds, and a client of OAuth.

use attache_blobs::{Blobs, Disk, InlineLimit};
use attache_core::{Caller, Core, Credential, Granted, MadeGrant, NewGrant, Parts};
use attache_db::{Db, Options, Target};
use attache_model::error::Shown;
use attache_model::limits::Limits;
use attache_model::scope::Scopes;
use attache_model::token::Secret;
use attache_model::{Clock, Error, Scope, Time, UserNo, What};
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

/// A core with the account `one`.
pub(crate) struct Home {
    pub(crate) core: Core,
    pub(crate) clock: Clock,
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
        let blobs: Blobs = Disk::open(&folder.path().join("blobs"), InlineLimit::new(1024).unwrap()).unwrap().into();
        let clock = Clock::held(Time::from_millis(1_800_000_000_000));
        let parts = Parts {
            db: Db::open(target, &Options::default()).await.unwrap(),
            blobs,
            clock: clock.clone(),
            limits: Limits::default(),
            allowed_networks: Vec::new(),
            public_url: String::from("http://127.0.0.1:1"),
            renderer: None,
        };
        let core = Core::open(parts).await.unwrap();
        core.operator().make_account("one").await.unwrap();
        Home { core, clock, folder }
    }

    /// The data folder.
    pub(crate) fn data(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn wait(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// A grant of the account `one` for its user 7, who may read.
    pub(crate) async fn grant(&self) -> MadeGrant {
        self.core.operator().grant(new("one")).await.unwrap()
    }

    /// A grant whose code was traded.
    pub(crate) async fn granted(&self) -> (MadeGrant, Granted) {
        let made = self.grant().await;
        let granted = self.redeem(&made).await.unwrap();
        (made, granted)
    }

    /// The grant's client trades its code.
    pub(crate) async fn redeem(&self, made: &MadeGrant) -> Result<Granted, Error> {
        self.core.redeem_code(&made.grant.client, &made.secret, &made.code).await
    }

    /// The grant's client trades a refresh token.
    pub(crate) async fn refresh(&self, made: &MadeGrant, refresh: &Secret) -> Result<Granted, Error> {
        self.core.refresh(&made.grant.client, &made.secret, refresh).await
    }

    /// Whom a token lets in.
    pub(crate) async fn admit(&self, token: &Secret) -> Result<Caller, Error> {
        self.core.admit(&Credential::Token(token.clone())).await
    }
}

/// A grant for user 7 of an account, who may read.
pub(crate) fn new(account: &str) -> NewGrant {
    let scopes: Scopes = [Scope::FilesRead].into_iter().collect();
    NewGrant { account: account.into(), user: UserNo(7), scopes, client: None, secret: None }
}

/// Demands that a voucher was worth nothing.
#[track_caller]
pub(crate) fn worthless(result: Result<Granted, Error>) {
    match result {
        Err(Error::NotFound(What::Grant)) => {}
        other => panic!("not worthless: {other:?}"),
    }
}

/// Demands that a client or a token was not let in.
#[track_caller]
pub(crate) fn shut_out<T: std::fmt::Debug>(result: Result<T, Error>) {
    match result {
        Err(Error::Unauthenticated(Shown::Unknown)) => {}
        other => panic!("not shut out: {other:?}"),
    }
}
