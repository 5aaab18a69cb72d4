//! What only PostgreSQL promises, and what only a connection can do wrong.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use attache_db::{Db, Engine, Error, Options, Target, sql};
use futures_util::FutureExt;
use tokio::sync::Barrier;

use crate::store::{COUNT, INSERT, RENAME, Store, add, names};

sql!(DIE, "SELECT pg_terminate_backend(pg_backend_pid())");
sql!(SLOW, sqlite: "SELECT 1", postgres: "SELECT 1 FROM pg_sleep(60)");

fn url(store: &Store) -> &str {
    match &store.target {
        Target::Postgres(url) => url,
        Target::Sqlite(_) => panic!("this is a test of PostgreSQL"),
    }
}

async fn open(url: &str, options: &Options) -> Result<Db, Error> {
    Db::open(&Target::Postgres(url.to_owned()), options).await
}

#[tokio::test]
async fn a_server_that_acknowledges_too_early_is_refused() {
    let Some(store) = Store::empty(Engine::Postgres).await else { return };
    let careless = format!("{}?options=-c%20synchronous_commit%3Doff", url(&store));
    let Err(Error::Unfit(text)) = open(&careless, &Options::default()).await else { panic!("it loses commits") };
    assert!(text.contains("synchronous_commit = off"), "{text}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    let end = open("postgresql://someone@127.0.0.1:1/db", &Options::default()).await;
    assert!(matches!(end, Err(Error::Unavailable(_))), "{end:?}");
}

#[tokio::test]
async fn units_that_block_each_other_both_end() {
    let Some(store) = Store::new(Engine::Postgres).await else { return };
    add(&store.db, 1, "one").await.unwrap();
    add(&store.db, 2, "two").await.unwrap();
    let (met, runs) = (Arc::new(Barrier::new(2)), Arc::new(AtomicU32::new(0)));
    let swap = |first: i64, second: i64| {
        let (met, runs, db) = (Arc::clone(&met), Arc::clone(&runs), store.db.clone());
        tokio::spawn(async move {
            db.write(move |tx| {
                let (met, run) = (Arc::clone(&met), runs.fetch_add(1, Ordering::Relaxed));
                Box::pin(async move {
                    let (one, two) = (format!("{first} by {first}"), format!("{second} by {first}"));
                    tx.run(&RENAME, &[first.into(), (&one).into()]).await?;
                    if run < 2 {
                        met.wait().await;
                    }
                    tx.run(&RENAME, &[second.into(), (&two).into()]).await
                })
            })
            .await
        })
    };
    let (left, right) = tokio::join!(swap(1, 2), swap(2, 1));
    assert_eq!((left.unwrap(), right.unwrap()), (Ok(1), Ok(1)));
    // And once more for each time that it has its first row again before the other one was woken for it.
    assert!(runs.load(Ordering::Relaxed) >= 3, "one of them was rerun");
}

#[tokio::test]
async fn a_unit_whose_caller_goes_away_still_ends() {
    let Some(store) = Store::new(Engine::Postgres).await else { return };
    let (begun, go_on) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    let (sender, mut ended) = tokio::sync::mpsc::unbounded_channel();
    let (db, waits) = (store.db.clone(), (Arc::clone(&begun), Arc::clone(&go_on)));
    let caller = tokio::spawn(async move {
        db.write(move |tx| {
            let ((begun, go_on), sender) = (waits.clone(), sender.clone());
            Box::pin(async move {
                tx.run(&INSERT, &[1_i64.into(), "a".into()]).await?;
                tx.after_commit(move || sender.send(()).unwrap());
                begun.wait().await;
                go_on.wait().await;
                Ok::<_, Error>(())
            })
        })
        .await
    });
    begun.wait().await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    go_on.wait().await;
    assert_eq!(ended.recv().await, Some(()));
    assert_eq!(names(&store.db).await, ["a"]);
}

#[tokio::test]
async fn a_statement_that_was_dropped_on_its_way_fails_its_unit() {
    let Some(store) = Store::new(Engine::Postgres).await else { return };
    add(&store.db, 1, "taken").await.unwrap();
    let unit = store.db.write(|tx| {
        Box::pin(async move {
            tx.run(&INSERT, &[2_i64.into(), "free".into()]).await?;
            // This one fails, but nobody waits to hear that.
            assert!(tx.run(&INSERT, &[3_i64.into(), "taken".into()]).now_or_never().is_none());
            Ok(())
        })
    });
    assert_eq!(unit.await, Err(Error::Pending));
    assert_eq!(names(&store.db).await, ["taken"]);
}

#[tokio::test]
async fn a_panic_or_a_lost_connection_leaves_the_pool_at_work() {
    let Some(store) = Store::new(Engine::Postgres).await else { return };
    let db = open(url(&store), &Options { connections: 1, ..Options::default() }).await.unwrap();
    let unit = db.write(|tx| {
        Box::pin(async move {
            tx.run(&INSERT, &[1_i64.into(), "a".into()]).await?;
            if tx.one(&COUNT, &[], |rec| rec.int(0)).await? == Some(1) {
                panic!("on purpose");
            }
            Ok::<_, Error>(())
        })
    });
    assert_eq!(unit.await, Err(Error::Panicked));
    assert!(names(&db).await.is_empty());

    let unit = db.write(|tx| Box::pin(async move { tx.one(&DIE, &[], |rec| rec.int(0)).await }));
    assert!(matches!(unit.await, Err(Error::Unavailable(_))));
    assert_eq!(add(&db, 2, "b").await, Ok(1));
}

#[tokio::test]
async fn a_read_without_an_end_is_cut() {
    let Some(store) = Store::new(Engine::Postgres).await else { return };
    let hasty = Options { connections: 1, read_limit: Duration::from_secs(3), ..Options::default() };
    let db = open(url(&store), &hasty).await.unwrap();
    let read = db.read(|tx| Box::pin(async move { tx.one(&SLOW, &[], |rec| rec.int(0)).await }));
    assert!(matches!(read.await, Err(Error::Unavailable(_))));
    assert!(names(&db).await.is_empty());
}

#[tokio::test]
async fn when_every_connection_is_taken_for_too_long_the_store_is_unavailable() {
    let Some(store) = Store::new(Engine::Postgres).await else { return };
    let hasty = Options { connections: 1, patience: Duration::from_millis(20), ..Options::default() };
    let db = open(url(&store), &hasty).await.unwrap();
    let (begun, go_on) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    let (holder, waits) = (db.clone(), (Arc::clone(&begun), Arc::clone(&go_on)));
    let held = tokio::spawn(async move {
        holder
            .write(move |_| {
                let (begun, go_on) = waits.clone();
                Box::pin(async move {
                    begun.wait().await;
                    go_on.wait().await;
                    Ok::<_, Error>(())
                })
            })
            .await
    });
    begun.wait().await;
    assert!(matches!(add(&db, 1, "a").await, Err(Error::Unavailable(_))));
    go_on.wait().await;
    held.await.unwrap().unwrap();
    assert_eq!(add(&db, 1, "a").await, Ok(1));
}
