//! Hooks run after the commit that holds their unit, and only then.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use attache_db::Error;
use tokio::sync::mpsc;

use crate::store::{INSERT, Store, names};

async fn a_hook_finds_its_unit_committed(store: Store) {
    let (sender, mut told) = mpsc::unbounded_channel();
    let other = store.again().await;
    let write = tokio::spawn({
        let db = store.db.clone();
        async move {
            db.write(move |tx| {
                let sender = sender.clone();
                Box::pin(async move {
                    tx.run(&INSERT, &[1_i64.into(), "a".into()]).await?;
                    tx.after_commit(move || sender.send("committed").unwrap());
                    Ok::<_, Error>(())
                })
            })
            .await
        }
    });
    assert_eq!(told.recv().await, Some("committed"));
    assert_eq!(names(&other).await, ["a"]);
    write.await.unwrap().unwrap();
}

async fn the_hook_has_run_when_its_caller_is_answered(store: Store) {
    let ran = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&ran);
    let unit = store.db.write(move |tx| {
        let flag = Arc::clone(&flag);
        Box::pin(async move {
            tx.run(&INSERT, &[1_i64.into(), "a".into()]).await?;
            tx.after_commit(move || flag.store(true, Ordering::Relaxed));
            Ok::<_, Error>(())
        })
    });
    unit.await.unwrap();
    assert!(ran.load(Ordering::Relaxed));
}

async fn what_is_rolled_back_runs_no_hook(store: Store) {
    let ran = Arc::new(AtomicU32::new(0));
    for fault in ["error", "panic", "rerun"] {
        let (count, runs) = (Arc::clone(&ran), Arc::new(AtomicU32::new(0)));
        let unit = store.db.write(move |tx| {
            let (count, run) = (Arc::clone(&count), runs.fetch_add(1, Ordering::Relaxed));
            Box::pin(async move {
                tx.after_commit(move || _ = count.fetch_add(1, Ordering::Relaxed));
                tx.run(&INSERT, &[1_i64.into(), "a".into()]).await?;
                match fault {
                    "panic" => panic!("on purpose"),
                    "rerun" if run == 1 => Ok(()),
                    "rerun" => Err(Error::Retry),
                    _ => Err(Error::Missing),
                }
            })
        });
        assert_eq!(unit.await.is_ok(), fault == "rerun");
    }
    assert_eq!(ran.load(Ordering::Relaxed), 1, "only the rerun that held ran its hook, once");
}

async fn a_hook_that_panics_undoes_nothing(store: Store) {
    let unit = store.db.write(|tx| {
        Box::pin(async move {
            tx.after_commit(|| panic!("on purpose"));
            tx.run(&INSERT, &[1_i64.into(), "a".into()]).await
        })
    });
    assert_eq!(unit.await, Ok(1));
    assert_eq!(names(&store.db).await, ["a"]);
}

on_both_engines!(
    a_hook_finds_its_unit_committed,
    the_hook_has_run_when_its_caller_is_answered,
    what_is_rolled_back_runs_no_hook,
    a_hook_that_panics_undoes_nothing,
);
