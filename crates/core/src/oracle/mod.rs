//! Random histories against small models: after every step what the core shows is what the model expects, and the book
//! agrees with a recount.
//!
//! A history that fails is printed as the shortest one that still does. It is kept in `kept.rs` beside its model.

mod effort;
mod file;
mod upload;

use crate::table::book::{self, Tally};
use crate::unit::tenanted;
use crate::{Body, Caller, CheckPlan, Core, Credential, NewToken, Parts, TokenForm};
use attache_blobs::{Blobs, Cloud, CloudOptions, Disk, InlineLimit};
use attache_db::{Db, Options, Target};
use attache_model::account::Quota;
use attache_model::limits::Limits;
use attache_model::scope::Scopes;
use attache_model::{Clock, Error, FileNo, Time, UserNo};
use effort::{Covered, Effort, Model, Share};
use futures_util::StreamExt as _;
use object_store::memory::InMemory;
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, FileFailurePersistence, TestCaseError, TestRunner};
use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Builder;

/// Longest content that is kept in the database, in bytes: histories have contents on both sides of it.
const INLINE: usize = 16;
/// Most uploads that a history may have open at once.
const OPEN_UPLOADS: u64 = 6;
/// Of so many homes over a bucket one is over a real one, where there is any; the others' is in memory.
const REAL_BUCKET: u32 = 20;
/// Of so many histories one is followed by a look over all rows and bytes of its home.
const CLOSE_LOOK: u32 = 8;
/// Bytes of a part of an upload into a bucket. No history comes to a second part: the bucket in memory fails where one in
/// the world says that an upload in parts is over already.
const PART: u64 = 1 << 20;

/// The engines that histories run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Engine {
    /// And a folder.
    Sqlite,
    /// And a bucket.
    Postgres,
}

impl Engine {
    /// Histories of one home. Sweeps and checks go over all accounts of a database, so there is a fresh one every so often;
    /// and a new database of PostgreSQL costs more.
    fn of_a_home(self) -> u32 {
        match self {
            Engine::Sqlite => 25,
            Engine::Postgres => 40,
        }
    }

    /// How many homes there are at once.
    fn workers(self) -> usize {
        match self {
            Engine::Sqlite => 1,
            Engine::Postgres => 8,
        }
    }
}

/// A kind of step, for the count of what histories have covered.
trait Named {
    /// The words of all kinds.
    const ALL: &'static [&'static str];
    /// The word of this one.
    fn name(&self) -> &'static str;
}

/// A database and a store that the histories of one test share; each has an account of its own.
struct Home {
    db: Db,
    blobs: Blobs,
    clock: Clock,
    accounts: AtomicU32,
    /// Unset while a history runs, and after one that failed.
    is_sound: AtomicBool,
    /// Set while histories are made shorter: then nothing is left out.
    was_unsound: AtomicBool,
    covered: Arc<Covered>,
    /// PostgreSQL's, to be dropped in the end.
    database: Option<String>,
    _folder: TempDir,
}

impl Home {
    /// `None` after a loud skip.
    async fn new(engine: Engine, at: u32, covered: Arc<Covered>) -> Option<Home> {
        let folder = folder();
        let inline = InlineLimit::new(INLINE).unwrap();
        let (database, blobs) = match engine {
            Engine::Sqlite => (None, Disk::open(&folder.path().join("blobs"), inline).unwrap().into()),
            Engine::Postgres => (Some(attache_db::testing::database().await?), bucket(at, inline)),
        };
        let place = folder.path().join("attache.db");
        let target = database.clone().map_or(Target::Sqlite(place), Target::Postgres);
        Some(Home {
            db: Db::open(&target, &Options::default()).await.unwrap(),
            blobs,
            clock: Clock::held(Time::from_millis(1_800_000_000_000)),
            accounts: AtomicU32::new(0),
            is_sound: AtomicBool::new(true),
            was_unsound: AtomicBool::new(false),
            covered,
            database,
            _folder: folder,
        })
    }

    /// Closes the database, and drops it where others would be in need of its room.
    async fn end(self) {
        self.db.close().await;
        if let Some(url) = &self.database {
            attache_db::testing::done_with(url).await;
        }
    }

    /// Counts a step, with how it ended.
    fn note<T>(&self, step: &'static str, end: &std::result::Result<T, String>) {
        self.covered.note(step, end.as_ref().err().map_or("done", String::as_str));
    }

    /// Whether this history is to be followed by a look over everything.
    fn looks_closely(&self) -> bool {
        self.was_unsound.load(Ordering::SeqCst) || self.accounts.load(Ordering::SeqCst).is_multiple_of(CLOSE_LOOK)
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
        let core = Core::open(parts).await.unwrap();
        // Days go by at once here, and a server that starts doubts a clock that is days ahead of what was seen.
        core.operator().confirm_clock().await.unwrap();
        assert!(core.watch_clock().await.unwrap());
        core
    }

    /// A new account, with somebody who may do everything in it.
    async fn desk(&self) -> Desk<'_> {
        let core = self.core().await;
        if !self.is_sound.swap(false, Ordering::SeqCst) {
            self.was_unsound.store(true, Ordering::SeqCst);
            self.put_right(&core).await;
        }
        let name = format!("history-{}", self.accounts.fetch_add(1, Ordering::SeqCst));
        let caller = owner(&core, &name).await;
        Desk { home: self, core, caller }
    }

    /// Somebody who may do everything in an account that nothing else is done in.
    async fn stranger(&self, core: &Core) -> Caller {
        owner(core, &format!("stranger-{}", self.accounts.fetch_add(1, Ordering::SeqCst))).await
    }

    /// Takes away what a history that failed has left, since its shorter ones run on the same.
    async fn put_right(&self, core: &Core) {
        for _ in 0..2 {
            self.clock.advance(Duration::from_secs(48 * 3600));
            crate::job::sweep::run(core.clone()).await.unwrap();
        }
        self.nothing_grows().await;
        core.operator().check(CheckPlan { repair: true, older_than: Duration::ZERO }).await.unwrap();
    }

    /// After the time of every upload nothing grows. In a bucket a refused piece may have left an object: the walk that
    /// removes what interrupted requests left takes it by its age, which here is done at once.
    async fn nothing_grows(&self) {
        if self.database.is_some() {
            let mut walk = self.blobs.growths();
            while let Some(found) = walk.next_batch().await.unwrap() {
                for left in found {
                    self.blobs.abandon(&left.key).await.unwrap();
                }
            }
        }
        assert_eq!(self.growing().await, 0, "contents that grow after their time");
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

/// A folder in memory, where the machine has such: histories are about what is shown, and not about what a power cut
/// leaves.
fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// A place for contents: mostly in memory, in parts as a bucket has them, and now and then in a real bucket.
fn bucket(at: u32, inline: InlineLimit) -> Blobs {
    let real = (at % REAL_BUCKET == REAL_BUCKET / 2).then(|| attache_blobs::testing::storage("histories")).flatten();
    match real {
        Some(place) => Cloud::open(&place, inline, &CloudOptions::default()).unwrap().into(),
        None => attache_blobs::testing::over(&Arc::new(InMemory::new()), PART, inline).unwrap().into(),
    }
}

/// The owner of a new account.
async fn owner(core: &Core, account: &str) -> Caller {
    let account = core.operator().make_account(account).await.unwrap().name;
    let (user, scopes) = (UserNo::OWNER, Scopes::all());
    let new = NewToken { account, user, name: String::new(), scopes, life: None, form: TokenForm::Plain };
    let (_, secret) = core.operator().make_token(new).await.unwrap();
    core.admit(&Credential::Token(secret)).await.unwrap()
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
        Error::Precondition => "precondition".to_owned(),
        other => format!("unforeseen: {other:?}"),
    }
}

/// Runs as many histories as the gate asks for, and on for as long as a longer proof has time; then says how many, and
/// demands that every kind of step was among them and could be done.
fn histories<S: Named + Debug, Y: Strategy<Value = Vec<S>>>(
    engine: Engine,
    model: Model,
    steps: impl Fn() -> Y + Sync,
    run: &(impl AsyncFn(&Home, &[S]) + Sync),
) {
    let (covered, effort) = (Arc::new(Covered::default()), Effort::new(model));
    std::thread::scope(|scope| {
        let work = || {
            while let Some(share) = effort.next(engine) {
                if !of_a_home(engine, share, &covered, &steps(), run) {
                    return;
                }
            }
        };
        // While one waits for its server, another one goes on. Skips are said under the test's name.
        let name = std::thread::current().name().map(str::to_owned).unwrap_or_default();
        let worker = || std::thread::Builder::new().name(name.clone()).spawn_scoped(scope, work).unwrap();
        let workers: Vec<_> = (0..engine.workers()).map(|_| worker()).collect();
        for worker in workers {
            worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        }
    });
    covered.tell(engine, model, S::ALL);
}

/// Runs the histories of one home; false after a loud skip.
fn of_a_home<S: Debug>(
    engine: Engine,
    share: Share,
    covered: &Arc<Covered>,
    steps: &impl Strategy<Value = Vec<S>>,
    run: &impl AsyncFn(&Home, &[S]),
) -> bool {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let Some(home) = runtime.block_on(Home::new(engine, share.home, covered.clone())) else { return false };
    let off = Some(Box::new(FileFailurePersistence::Off) as _);
    let mut runner = TestRunner::new(Config { cases: share.cases, failure_persistence: off, ..Config::default() });
    let ran = runner.run(steps, |steps| {
        runtime.block_on(run(&home, &steps));
        home.is_sound.store(true, Ordering::SeqCst);
        Ok::<(), TestCaseError>(())
    });
    ran.unwrap_or_else(|failure| panic!("{failure}"));
    covered.count(share.cases);
    runtime.block_on(home.end());
    true
}

/// Runs one history that failed once.
fn history<S>(steps: &[S], run: &impl AsyncFn(&Home, &[S])) {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        if let Some(home) = runtime.block_on(Home::new(engine, 0, Arc::default())) {
            home.was_unsound.store(true, Ordering::SeqCst);
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
