//! What only SQLite promises, and what only its threads can do wrong.

use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use attache_db::{BoxFuture, Db, Error, Options, Sql, Target, Tx, Val, sql};
use futures_util::future::{FutureExt, join_all};
use tokio::task::JoinHandle;

use crate::store::{DELETE, INSERT, Store, add, names};

sql!(FILL, "UPDATE thing SET raw = $2 WHERE id = $1");
sql!(ENDLESS, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n");

pub(crate) fn path(store: &Store) -> &Path {
    match &store.target {
        Target::Sqlite(path) => path,
        Target::Postgres(_) => panic!("this is a test of SQLite"),
    }
}

fn log(store: &Store) -> Vec<u8> {
    fs::read(format!("{}-wal", path(store).display())).unwrap()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn setting<'t>(tx: &'t mut Tx, name: &'static str) -> BoxFuture<'t, Result<String, Error>> {
    Box::pin(async move {
        let text = format!("PRAGMA {name}");
        let read = |rec: &attache_db::Rec<'_>| rec.text(0).or_else(|_| Ok(rec.int(0)?.to_string()));
        Ok(tx.one(&text, &[], read).await?.unwrap_or_default())
    })
}

/// Commits in the log: frames whose header tells the size of the file.
fn commits(log: &[u8]) -> usize {
    const HEADER: usize = 32;
    const FRAME: usize = 24 + 4096;
    log[HEADER..].chunks_exact(FRAME).filter(|frame| frame[4..8] != [0; 4]).count()
}

/// A writer that is held by a unit until the gate opens, so that what follows waits in line.
struct Held {
    gate: Sender<()>,
    unit: JoinHandle<Result<(), Error>>,
}

impl Held {
    /// Returns once the unit has begun.
    async fn hold(db: &Db) -> Self {
        let (gate, opened) = channel::<()>();
        let (begun, mut began) = tokio::sync::mpsc::unbounded_channel();
        let (db, opened) = (db.clone(), Mutex::new(opened));
        let unit = tokio::spawn(async move {
            let unit = db.write(move |_| {
                let _ = begun.send(());
                // The gate is open once its other end says so, or is gone: this unit may be run twice.
                let _ = opened.lock().unwrap().recv();
                Box::pin(async { Ok::<_, Error>(()) })
            });
            unit.await
        });
        began.recv().await.unwrap();
        Self { gate, unit }
    }

    async fn release(self) {
        drop(self.gate);
        self.unit.await.unwrap().unwrap();
    }
}

/// Runs units that all wait while the writer is held. They begin in their order.
async fn run_together<T>(db: &Db, units: Vec<BoxFuture<'_, T>>) -> Vec<T> {
    let held = Held::hold(db).await;
    let release = held.release().map(|()| None).boxed();
    let units = units.into_iter().map(|unit| unit.map(Some).boxed()).chain([release]);
    // All stand in line after the first poll; the last future releases the writer.
    join_all(units).await.into_iter().flatten().collect()
}

#[tokio::test]
async fn its_settings_keep_what_was_acknowledged_through_a_power_cut() {
    let store = Store::sqlite().await;
    for (name, wanted) in [("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1"), ("secure_delete", "1")]
    {
        assert_eq!(store.db.write(move |tx| setting(tx, name)).await.unwrap(), wanted, "{name}, writing");
        assert_eq!(store.db.read(move |tx| setting(tx, name)).await.unwrap(), wanted, "{name}, reading");
    }
    assert_eq!(store.db.read(|tx| setting(tx, "query_only")).await.unwrap(), "1");
}

#[tokio::test]
async fn only_its_owner_can_read_the_file() {
    let store = Store::sqlite().await;
    for suffix in ["", "-wal", "-shm"] {
        let file = format!("{}{suffix}", path(&store).display());
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
    }
}

#[tokio::test]
async fn a_unit_that_awaits_something_else_is_rolled_back_and_told() {
    let store = Store::sqlite().await;
    let unit = store.db.write(|tx| {
        Box::pin(async move {
            tx.run(&INSERT, &[1_i64.into(), "a".into()]).await?;
            std::future::pending::<()>().await;
            Ok(())
        })
    });
    assert_eq!(unit.await, Err(Error::Pending));
    let read = store.db.read(|_| Box::pin(std::future::pending::<Result<(), Error>>()));
    assert_eq!(read.await, Err(Error::Pending));
    add(&store.db, 2, "b").await.unwrap();
    assert_eq!(names(&store.db).await, ["b"]);
}

#[tokio::test]
async fn a_read_unit_that_panics_leaves_its_reader_at_work() {
    let store = Store::sqlite().await;
    for _ in 0..4 {
        let read = store.db.read(|_| -> BoxFuture<'_, Result<(), Error>> { panic!("on purpose") });
        assert_eq!(read.await, Err(Error::Panicked));
    }
    assert!(names(&store.db).await.is_empty());
}

#[tokio::test]
async fn units_that_wait_share_a_commit() {
    let store = Store::sqlite().await;
    let before = commits(&log(&store));
    let labels: Vec<String> = (0..50).map(|id| format!("thing {id}")).collect();
    let units = (0..).zip(&labels).map(|(id, name)| add(&store.db, id, name).boxed()).collect();
    let ends = run_together(&store.db, units).await;
    assert_eq!(ends, vec![Ok(1); 50]);
    let made = commits(&log(&store)) - before;
    assert!(made < 50, "{made} commits for 50 units");
    assert_eq!(names(&store.db).await.len(), 50);
}

#[tokio::test]
async fn a_unit_that_fills_the_disk_leaves_its_neighbours_alone() {
    let store = Store::sqlite().await;
    add(&store.db, 1, "full").await.unwrap();
    let limit = store.db.write(|tx| {
        Box::pin(async move {
            let pages = tx.one("PRAGMA page_count", &[], |rec| rec.int(0)).await?.unwrap_or_default();
            let text = format!("PRAGMA max_page_count = {}", pages + 20);
            tx.one(&text, &[], |rec| rec.int(0)).await
        })
    });
    limit.await.unwrap();
    let fill = store
        .db
        .write(|tx| Box::pin(async move { tx.run(&FILL, &[1_i64.into(), Val::Bytes(&vec![1; 1 << 20])]).await }));
    let (before, after) = (add(&store.db, 2, "before"), add(&store.db, 3, "after"));
    let ends = run_together(&store.db, vec![before.boxed(), fill.boxed(), after.boxed()]).await;
    assert_eq!(ends, [Ok(1), Err(Error::Full), Ok(1)]);
    assert_eq!(names(&store.db).await, ["full", "before", "after"]);
}

#[tokio::test]
async fn a_unit_whose_caller_has_gone_is_not_begun() {
    let store = Store::sqlite().await;
    let held = Held::hold(&store.db).await;
    // Polled once, it stands in line; then its caller goes.
    assert!(add(&store.db, 1, "gone").now_or_never().is_none());
    held.release().await;
    add(&store.db, 2, "here").await.unwrap();
    assert_eq!(names(&store.db).await, ["here"]);
}

#[tokio::test]
async fn two_processes_may_write_the_same_file() {
    let store = Store::sqlite().await;
    let other = store.again().await;
    let labels: Vec<String> = (0..100).map(|id| format!("thing {id}")).collect();
    let dbs = [&store.db, &other];
    let adds = (0..100).zip(&labels).map(|(id, name)| add(dbs[usize::from(id % 2 == 0)], id, name));
    assert_eq!(join_all(adds).await, vec![Ok(1); 100]);
    assert_eq!(names(&store.db).await, labels);
    assert_eq!(names(&other).await, labels);
}

#[tokio::test]
async fn a_file_that_stays_busy_is_unavailable() {
    let store = Store::sqlite().await;
    let hasty = Options { patience: Duration::from_millis(20), ..Options::default() };
    let other = Db::open(&store.target, &hasty).await.unwrap();
    let held = Held::hold(&store.db).await;
    assert!(matches!(add(&other, 1, "a").await, Err(Error::Unavailable(_))));
    held.release().await;
    assert_eq!(add(&other, 1, "a").await, Ok(1));
}

#[tokio::test]
async fn erased_content_is_in_neither_the_file_nor_its_log() {
    const SECRET: &str = "a secret that must not stay behind";
    let store = Store::sqlite().await;
    add(&store.db, 1, SECRET).await.unwrap();
    assert!(holds(&log(&store), SECRET));
    store.db.scrub_log().await.unwrap();
    assert!(holds(&fs::read(path(&store)).unwrap(), SECRET));

    store.db.write(|tx| Box::pin(async move { tx.run(&DELETE, &[1_i64.into()]).await })).await.unwrap();
    store.db.scrub_log().await.unwrap();
    assert!(log(&store).is_empty());
    assert!(!holds(&fs::read(path(&store)).unwrap(), SECRET));
}

/// Rows whose names land between each other, so that the pages of their index are split, and some of which are deleted
/// again.
struct Bush {
    gone: Vec<i64>,
}

impl Bush {
    const ROWS: i64 = 6000;

    fn name(row: i64) -> String {
        format!("left-behind-{:06}", row * 7919 % Bush::ROWS)
    }

    async fn grow(db: &Db) -> Self {
        let rows: Vec<i64> = (0..Bush::ROWS).collect();
        for chunk in rows.chunks(100) {
            run_each(db, chunk.to_vec(), |row| (&INSERT, vec![Own::Int(row), Own::Text(Bush::name(row))])).await;
        }
        let gone: Vec<i64> = rows.into_iter().filter(|row| row * 31 % 10 < 3).collect();
        for chunk in gone.chunks(50) {
            run_each(db, chunk.to_vec(), |row| (&DELETE, vec![Own::Int(row)])).await;
        }
        Self { gone }
    }

    /// The names of deleted rows that a store's files still hold, after seeing that they hold all others.
    fn left(&self, store: &Store) -> Vec<String> {
        let bytes = [fs::read(path(store)).unwrap(), log(store)].concat();
        let marks: HashSet<&[u8]> = bytes.windows(18).filter(|window| window.starts_with(b"left-behind-")).collect();
        let is_gone = |row: &i64| self.gone.binary_search(row).is_ok();
        let kept = (0..Bush::ROWS).filter(|row| !is_gone(row)).map(Bush::name);
        assert!(kept.into_iter().all(|name| marks.contains(name.as_bytes())));
        self.gone.iter().map(|row| Bush::name(*row)).filter(|name| marks.contains(name.as_bytes())).collect()
    }
}

/// A statement and its values: numbers and names.
type Step = (&'static Sql, Vec<Own>);

/// A value of a [`Step`].
enum Own {
    Int(i64),
    Text(String),
}

/// Runs one statement for each row in a common unit.
async fn run_each(db: &Db, rows: Vec<i64>, step: fn(i64) -> Step) {
    let done = db.write(move |tx| {
        let rows = rows.clone();
        Box::pin(async move {
            for row in rows {
                let (sql, values) = step(row);
                let values: Vec<Val<'_>> = values
                    .iter()
                    .map(|value| match value {
                        Own::Int(int) => Val::Int(*int),
                        Own::Text(text) => Val::Text(text),
                    })
                    .collect();
                tx.run(sql, &values).await?;
            }
            Ok::<_, Error>(())
        })
    });
    done.await.unwrap();
}

#[tokio::test]
async fn deleted_rows_leave_nothing_inside_of_pages_that_were_split_and_joined() {
    let store = Store::sqlite().await;
    let bush = Bush::grow(&store.db).await;
    store.db.scrub_log().await.unwrap();
    assert_eq!(bush.left(&store), [""; 0]);
    assert_eq!(names(&store.db).await.len(), usize::try_from(Bush::ROWS).unwrap() - bush.gone.len());
    let check = store.db.write(|tx| setting(tx, "integrity_check")).await;
    assert_eq!(check.as_deref(), Ok("ok"));
}

#[tokio::test]
async fn what_an_earlier_process_left_inside_of_pages_is_cleared_after_the_first_erase_while_nobody_waits() {
    let store = Store::sqlite().await;
    let bush = Bush::grow(&store.db).await;
    store.db.close().await;
    assert!(!bush.left(&store).is_empty(), "SQLite leaves something, or this module is not needed any more");
    let again = store.again().await;
    again.scrub_log().await.unwrap();
    while !bush.left(&store).is_empty() {
        tokio::task::yield_now().await;
    }
    let check = again.write(|tx| setting(tx, "integrity_check")).await;
    assert_eq!(check.as_deref(), Ok("ok"));
}

#[tokio::test]
async fn the_log_stays_short_under_steady_load() {
    let store = Store::sqlite().await;
    add(&store.db, 1, "a").await.unwrap();
    for round in 0..64_u8 {
        let fill = store.db.write(move |tx| {
            Box::pin(async move { tx.run(&FILL, &[1_i64.into(), Val::Bytes(&vec![round; 1 << 20])]).await })
        });
        fill.await.unwrap();
    }
    let length = log(&store).len();
    assert!(length < 24 << 20, "the log has {length} bytes after 64 MiB of writes");
}

#[tokio::test]
async fn closing_empties_the_log() {
    let store = Store::sqlite().await;
    add(&store.db, 1, "a").await.unwrap();
    assert!(!log(&store).is_empty());
    store.db.close().await;
    assert!(log(&store).is_empty());
    assert_eq!(names(&store.again().await).await, ["a"]);
}

#[tokio::test]
async fn a_read_without_an_end_is_cut() {
    let store = Store::sqlite().await;
    let hasty = Options { readers: 1, read_limit: Duration::from_millis(20), ..Options::default() };
    let db = Db::open(&store.target, &hasty).await.unwrap();
    let read = db.read(|tx| Box::pin(async move { tx.one(&ENDLESS, &[], |rec| rec.int(0)).await }));
    assert!(matches!(read.await, Err(Error::Unavailable(_))));
    assert!(names(&db).await.is_empty());
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_told() {
    let target = Target::Sqlite("/nowhere/at/all.db".into());
    let Err(Error::Unavailable(text)) = Db::open(&target, &Options::default()).await else { panic!("no such folder") };
    assert!(text.contains("/nowhere/at/all.db"), "{text}");
}
