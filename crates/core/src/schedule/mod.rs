//! Operations that race, in every order in which their steps can come to the database.
//!
//! What races is the core itself. On SQLite a unit of work is one step, since nothing of another one happens within it; a
//! gate before the database holds each unit until the order lets it in, and a runtime of one thread leaves nothing else to
//! chance. There are few enough orders of two operations to try them all, which says more than many random ones; of three
//! operations some are tried by seeds. What threads race for instead, locks and turns, is tried with shuttle
//! (`turns.rs`, and the same races as statements between which others come, in `statement.rs`).

mod legal_hold;
mod order;
mod race;
mod statement;
mod turns;

use crate::plan::{Chunk, Clash, Goal, NewFile, NewName, NewUpload};
use crate::table::book::{self, Tally};
use crate::unit::tenanted;
use crate::{Body, Caller, CheckPlan, Core, Credential, Expect, Parts, Resume, Staged};
use attache_blobs::{Blobs, InlineLimit, Memory};
use attache_db::{Db, Options, Target};
use attache_model::account::Quota;
use attache_model::limits::Limits;
use attache_model::upload::Upload;
use attache_model::{Clock, Error, FileNo, FolderRef, Name, Result, Time};
use futures_util::StreamExt as _;
use order::Order;
use std::time::Duration;
use tempfile::TempDir;

/// Longest content that is kept in the database.
const INLINE: usize = 16;
/// Orders of three operations that are tried, for each race.
const OF_THREE: u64 = 100;
/// More orders of two operations than there ever are.
const OF_TWO_MAX: usize = 20_000;
/// Orders that are tried with shuttle, for each race.
const SHUTTLE: usize = 10_000;
/// Seconds that every suite of proof may go on for, beyond its figure of the gate.
const SECONDS: &str = "ATTACHE_PROVE_SECONDS";

/// A core with an account for all races of a test.
struct Desk {
    core: Core,
    /// Another node on the same rows and contents, which hears nothing of the first one.
    other: Core,
    caller: Caller,
    clock: Clock,
    races: usize,
    _folder: TempDir,
}

impl Desk {
    async fn new() -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::held(Time::from_millis(1_800_000_000_000));
        let target = Target::Sqlite(folder.path().join("attache.db"));
        let db = Db::open(&target, &Options::default()).await.unwrap();
        let blobs = Blobs::from(Memory::new(InlineLimit::new(INLINE).unwrap()));
        let parts = || Parts {
            db: db.clone(),
            blobs: blobs.clone(),
            clock: clock.clone(),
            limits: Limits::default(),
            allowed_networks: Vec::new(),
            public_url: String::from("http://localhost"),
            renderer: None,
            redirect: false,
        };
        let (core, other) = (Core::open(parts()).await.unwrap(), Core::open(parts()).await.unwrap());
        let first = core.operator().first_start().await.unwrap().unwrap();
        let caller = core.admit(&Credential::Token(first.token)).await.unwrap();
        core.stock_numbers(caller.account(), 1_000_000).await;
        other.stock_numbers(caller.account(), 1_000_000_000).await;
        Desk { core, other, caller, clock, races: 0, _folder: folder }
    }

    /// A name that no other race has.
    fn fresh_name(&mut self) -> Name {
        self.races += 1;
        Name::parse(&format!("{}.txt", self.races)).unwrap()
    }

    async fn stage(&self, bytes: &[u8]) -> Staged {
        let edit = self.core.edit(&self.caller).unwrap();
        edit.stage(Body::from(bytes.to_vec()), &Expect::at_most(1000)).await.unwrap()
    }

    async fn put(&self, name: &Name, bytes: &[u8]) -> FileNo {
        put(self.core.clone(), self.caller.clone(), new(name, Clash::Refuse), self.stage(bytes).await).await.unwrap()
    }

    /// An upload that has every byte, and whose sender broke off before it was told of a file.
    async fn whole_upload(&self, name: &Name, bytes: &[u8]) -> (Upload, Resume) {
        let goal = Goal::File(Box::new(new(name, Clash::Number)));
        let edit = self.core.edit(&self.caller).unwrap();
        let opening = NewUpload { length: Some(bytes.len() as u64), goal, memo: String::new() };
        let upload = edit.open_upload(opening).await.unwrap();
        let resume = edit.resume(upload.no).await.unwrap();
        let chunks = [Ok(bytes::Bytes::copy_from_slice(bytes)), Err(std::io::ErrorKind::ConnectionReset.into())];
        let cut = resume.append(0, Chunk::default(), Body::new(futures_util::stream::iter(chunks), None)).await;
        assert!(matches!(cut, Err(Error::Cut)), "{cut:?}");
        (upload, resume)
    }

    /// The same upload, asked for at either node by turns.
    async fn at_nodes(&self, upload: &Upload, many: usize) -> Vec<Resume> {
        let mut all = Vec::new();
        for core in [&self.core, &self.other].into_iter().cycle().take(many) {
            all.push(core.edit(&self.caller).unwrap().resume(upload.no).await.unwrap());
        }
        all
    }

    async fn set_quota(&self, bytes: Option<u64>) {
        self.core.manage(&self.caller).unwrap().set_quota(Quota { bytes, files: None }).await.unwrap();
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

    /// The bytes of a living file.
    async fn bytes(&self, file: FileNo) -> Result<Vec<u8>> {
        let content = self.core.view(&self.caller).unwrap().open(file, None).await?;
        let len = content.version.size;
        let chunks: Vec<_> = content.read(0..len).await?.collect().await;
        Ok(chunks.into_iter().flat_map(|chunk| chunk.unwrap().to_vec()).collect())
    }

    async fn erase(&self, file: FileNo) {
        let remove = self.core.remove(&self.caller).unwrap();
        remove.erase_file(file, crate::Condition::Always).await.map(drop).unwrap();
    }

    /// In the end rows and bytes agree.
    async fn is_sound(&self) {
        let plan = CheckPlan { repair: false, older_than: Duration::ZERO };
        let report = self.core.operator().check(plan).await.unwrap();
        assert!(report.is_clean(), "{report}");
    }
}

fn new(name: &Name, clash: Clash) -> NewFile {
    NewFile { clash, ..NewFile::new(FolderRef::ROOT, NewName::Exact(name.clone())) }
}

async fn put(core: Core, caller: Caller, new: NewFile, staged: Staged) -> Result<FileNo> {
    core.edit(&caller)?.put_file(new, staged).await.map(|put| put.into_file().no)
}

/// Runs a race of two in every order, then one of three in some; says how many that were.
fn every_order(name: &str, race: &impl AsyncFn(&mut Desk, &mut Order, usize)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (two, three) = runtime.block_on(async {
        let mut desk = Desk::new().await;
        let (mut next, mut two, mut three) = (Some(Order::default()), 0, 0);
        while let Some(mut order) = next {
            race(&mut desk, &mut order, 2).await;
            next = order.next();
            two += 1;
            assert!(two < OF_TWO_MAX, "there is no end of orders");
        }
        let until = until();
        while three < OF_THREE || until.is_some_and(|until| std::time::Instant::now() < until) {
            three += 1;
            race(&mut desk, &mut Order::random(three), 3).await;
        }
        desk.is_sound().await;
        (two, three)
    });
    figure(&format!("{name}: all {two} orders of two operations of the core, and {three} of three, 0 wrong"));
}

/// When a longer proof has had its time.
fn until() -> Option<std::time::Instant> {
    let seconds = std::env::var(SECONDS).ok().filter(|text| !text.is_empty())?;
    let seconds = seconds.parse().unwrap_or_else(|_| panic!("{SECONDS} is no number: {seconds}"));
    Some(std::time::Instant::now() + Duration::from_secs(seconds))
}

fn figure(text: &str) {
    println!("FIGURE model: {text}");
}
