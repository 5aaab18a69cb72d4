//! Random histories against small models: after every step what the core shows is what the model expects, and the book
//! agrees with a recount.
//!
//! A history that fails is printed as the shortest one that still does. It is kept in `kept.rs` beside its model.

mod file;
mod upload;

use crate::table::book::{self, Tally};
use crate::unit::tenanted;
use crate::{Body, Caller, CheckPlan, Core, Credential, NewToken, Parts, TokenForm};
use attache_blobs::{Blobs, Disk, InlineLimit};
use attache_db::{Db, Options, Target};
use attache_model::account::Quota;
use attache_model::limits::Limits;
use attache_model::scope::Scopes;
use attache_model::{Clock, Error, FileNo, Time, UserNo};
use futures_util::StreamExt as _;
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, FileFailurePersistence, TestCaseError, TestRunner};
use std::fmt::Debug;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Longest content that is kept in the database, in bytes: histories have contents on both sides of it.
const INLINE: usize = 16;
/// Most uploads that a history may have open at once.
const OPEN_UPLOADS: u64 = 6;

/// The engines that histories run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Engine {
    Sqlite,
    Postgres,
}

/// A database and a volume that the histories of one test share; each has an account of its own.
struct Home {
    db: Db,
    blobs: Blobs,
    clock: Clock,
    accounts: AtomicU32,
    /// Unset while a history runs, and after one that failed.
    is_sound: AtomicBool,
    _folder: TempDir,
}

impl Home {
    /// `None` after a loud skip.
    async fn new(engine: Engine) -> Option<Home> {
        let folder = tempfile::tempdir().unwrap();
        let target = match engine {
            Engine::Sqlite => Target::Sqlite(folder.path().join("attache.db")),
            Engine::Postgres => Target::Postgres(attache_db::testing::database().await?),
        };
        let disk = Disk::open(&folder.path().join("blobs"), InlineLimit::new(INLINE).unwrap());
        Some(Home {
            db: Db::open(&target, &Options::default()).await.unwrap(),
            blobs: disk.unwrap().into(),
            clock: Clock::held(Time::from_millis(1_800_000_000_000)),
            accounts: AtomicU32::new(0),
            is_sound: AtomicBool::new(true),
            _folder: folder,
        })
    }

    /// A core that has just started.
    async fn core(&self) -> Core {
        let limits = Limits { open_uploads: OPEN_UPLOADS, ..Limits::default() };
        let parts = Parts {
            db: self.db.clone(),
            blobs: self.blobs.clone(),
            clock: self.clock.clone(),
            limits,
            allowed_networks: Vec::new(),
            public_url: String::from("http://localhost"),
            renderer: None,
            redirect: false,
        };
        Core::open(parts).await.unwrap()
    }

    /// A new account, with somebody who may do everything in it.
    async fn desk(&self) -> Desk<'_> {
        let core = self.core().await;
        if !self.is_sound.swap(false, Ordering::SeqCst) {
            self.put_right(&core).await;
        }
        let name = format!("history-{}", self.accounts.fetch_add(1, Ordering::SeqCst));
        let account = core.operator().make_account(&name).await.unwrap().name;
        let (user, scopes) = (UserNo::OWNER, Scopes::all());
        let new = NewToken { account, user, name: String::new(), scopes, life: None, form: TokenForm::Plain };
        let (_, secret) = core.operator().make_token(new).await.unwrap();
        let caller = core.admit(&Credential::Token(secret)).await.unwrap();
        Desk { home: self, core, caller }
    }

    /// Takes away what a history that failed has left, since its shorter ones run on the same.
    async fn put_right(&self, core: &Core) {
        while self.growing().await > 0 {
            self.clock.advance(Duration::from_secs(48 * 3600));
            crate::job::sweep::run(core.clone()).await.unwrap();
        }
        core.operator().check(CheckPlan { repair: true, older_than: Duration::ZERO }).await.unwrap();
    }

    /// How many contents grow on the volume.
    async fn growing(&self) -> usize {
        let (mut walk, mut count) = (self.blobs.growths(), 0);
        while let Some(found) = walk.next_batch().await.unwrap() {
            count += found.len();
        }
        count
    }
}

/// One account of a home.
struct Desk<'h> {
    home: &'h Home,
    core: Core,
    caller: Caller,
}

impl Desk<'_> {
    fn advance(&self, hours: u64) {
        self.home.clock.advance(Duration::from_secs(hours * 3600));
    }

    async fn restart(&mut self) {
        self.core = self.home.core().await;
    }

    async fn sweep(&self) {
        crate::job::sweep::run(self.core.clone()).await.unwrap();
    }

    async fn set_quota(&self, bytes: Option<u64>, files: Option<u64>) {
        self.core.manage(&self.caller).unwrap().set_quota(Quota { bytes, files }).await.unwrap();
    }

    /// What the book says, which is what a recount of the rows says.
    async fn book(&self) -> Tally {
        let unit = tenanted::<(Tally, Tally), _>(|mut t| {
            Box::pin(async move { Ok((book::told(&mut t).await?, book::recount(&mut t).await?)) })
        });
        let (told, counted) = self.core.read("read the book", self.caller.account(), unit).await.unwrap();
        assert_eq!(told, counted, "the book and a recount of the rows");
        told
    }

    /// The bytes of a version of a living file.
    async fn bytes(&self, file: FileNo, version: Option<i64>) -> Vec<u8> {
        let content = self.core.view(&self.caller).unwrap().open(file, version).await.unwrap();
        let len = content.version.size;
        let chunks: Vec<_> = content.read(0..len).await.unwrap().collect().await;
        chunks.into_iter().flat_map(|chunk| chunk.unwrap().to_vec()).collect()
    }
}

/// An error in few words, in which models foretell it.
fn word(error: &Error) -> String {
    match error {
        Error::NotFound(what) => format!("no {what:?}"),
        Error::Gone(what) => format!("gone {what:?}"),
        Error::State { what, .. } => format!("state {what:?}"),
        Error::Offset { expected } => format!("offset {expected}"),
        Error::TooMany { what, .. } => format!("too many {what:?}"),
        Error::Invalid { field, .. } => format!("invalid {field}"),
        Error::Quota { .. } => "quota".to_owned(),
        Error::Length { .. } => "length".to_owned(),
        Error::Checksum => "checksum".to_owned(),
        Error::Cut => "cut".to_owned(),
        Error::Exists { .. } => "exists".to_owned(),
        other => format!("unforeseen: {other:?}"),
    }
}

/// Runs `cases` histories, or as many as `PROPTEST_CASES` says.
fn histories<S: Debug>(
    engine: Engine,
    cases: u32,
    steps: impl Strategy<Value = Vec<S>>,
    run: &impl AsyncFn(&Home, &[S]),
) {
    let runtime = Runtime::new().unwrap();
    let Some(home) = runtime.block_on(Home::new(engine)) else { return };
    let off = Some(Box::new(FileFailurePersistence::Off) as _);
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(cases);
    let mut runner = TestRunner::new(Config { cases, failure_persistence: off, ..Config::default() });
    let ran = runner.run(&steps, |steps| {
        runtime.block_on(run(&home, &steps));
        home.is_sound.store(true, Ordering::SeqCst);
        Ok::<(), TestCaseError>(())
    });
    ran.unwrap_or_else(|failure| panic!("{failure}"));
}

/// Runs one history that failed once.
fn history<S>(steps: &[S], run: &impl AsyncFn(&Home, &[S])) {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let runtime = Runtime::new().unwrap();
        if let Some(home) = runtime.block_on(Home::new(engine)) {
            runtime.block_on(run(&home, steps));
        }
    }
}

/// A body of these bytes that breaks off behind them when `cut` is set.
fn body(bytes: &[u8], cut: bool) -> Body {
    let end = cut.then(|| Err(std::io::ErrorKind::ConnectionReset.into()));
    let chunks = [Ok(bytes::Bytes::copy_from_slice(bytes))].into_iter().filter(|_| !bytes.is_empty());
    Body::new(futures_util::stream::iter(chunks.chain(end).collect::<Vec<_>>()), None)
}
