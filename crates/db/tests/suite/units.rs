//! Units of work: all or nothing, each for itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use attache_db::{Error, Val};
use tokio::sync::Notify;

use crate::store::{self, COUNT, INSERT, NAMES, Store, add, names};

async fn a_unit_that_fails_leaves_nothing(store: Store) {
    let unit = store.db.write(|tx| {
        Box::pin(async move {
            tx.run(&INSERT, &[1_i64.into(), "a".into()]).await?;
            Err::<(), _>(Error::Unfit("on purpose".into()))
        })
    });
    assert_eq!(unit.await, Err(Error::Unfit("on purpose".into())));
    assert!(names(&store.db).await.is_empty());
}

async fn a_failed_statement_spoils_its_unit_even_if_the_unit_goes_on(store: Store) {
    add(&store.db, 1, "taken").await.unwrap();
    let unit = store.db.write(|tx| {
        Box::pin(async move {
            tx.run(&INSERT, &[2_i64.into(), "free".into()]).await?;
            let _ignored = tx.run(&INSERT, &[3_i64.into(), "taken".into()]).await;
            Ok(())
        })
    });
    assert_eq!(unit.await, Err(Error::Unique("thing_name".into())));
    assert_eq!(names(&store.db).await, ["taken"]);
}

async fn a_failing_unit_leaves_its_neighbours_alone(store: Store) {
    let mut units = tokio::task::JoinSet::new();
    for id in 0..300_i64 {
        let db = store.db.clone();
        units.spawn(async move {
            let end = db.write(move |tx| {
                let name = format!("thing {id}");
                Box::pin(async move {
                    tx.run(&INSERT, &[id.into(), Val::from(&name)]).await?;
                    match id % 3 {
                        0 => Ok(id),
                        1 => Err(Error::Unfit("on purpose".into())),
                        _ => panic!("on purpose"),
                    }
                })
            });
            (id, end.await)
        });
    }
    while let Some(joined) = units.join_next().await {
        let (id, end) = joined.unwrap();
        match id % 3 {
            0 => assert_eq!(end, Ok(id)),
            1 => assert_eq!(end, Err(Error::Unfit("on purpose".into()))),
            _ => assert_eq!(end, Err(Error::Panicked)),
        }
    }
    let wanted: Vec<String> = (0..300).step_by(3).map(|id| format!("thing {id}")).collect();
    assert_eq!(names(&store.db).await, wanted);
}

async fn a_unit_sees_what_it_wrote(store: Store) {
    let seen = store.db.write(|tx| {
        Box::pin(async move {
            tx.batch(&[(&INSERT, &[1_i64.into(), "a".into()]), (&INSERT, &[2_i64.into(), "b".into()])]).await?;
            tx.all(&NAMES, &[], |rec| rec.text(0)).await
        })
    });
    assert_eq!(seen.await.unwrap(), ["a", "b"]);
}

async fn a_batch_keeps_its_order_however_long(store: Store) {
    store
        .db
        .write(|tx| {
            Box::pin(async move {
                let names: Vec<String> = (0..200).map(|count| format!("name {count}")).collect();
                let mut vals: Vec<[Val<'_>; 2]> = vec![[1_i64.into(), "first".into()]];
                vals.extend(names.iter().map(|name| [1_i64.into(), Val::from(name)]));
                let items: Vec<_> = (0..).zip(&vals).map(|(at, vals)| (statement(at), vals.as_slice())).collect();
                tx.batch(&items).await
            })
        })
        .await
        .unwrap();
    assert_eq!(names(&store.db).await, ["name 199"]);
}

/// The first statement of a batch makes the row that the others rename.
fn statement(at: usize) -> &'static attache_db::Sql {
    if at == 0 { &INSERT } else { &store::RENAME }
}

async fn a_read_unit_sees_one_snapshot(store: Store) {
    add(&store.db, 1, "before").await.unwrap();
    let (begun, written) = (Arc::new(Notify::new()), Arc::new(AtomicU32::new(0)));
    let (told, seen) = (Arc::clone(&begun), Arc::clone(&written));
    let read = tokio::spawn({
        let db = store.db.clone();
        async move {
            db.read(move |tx| {
                let (told, seen) = (Arc::clone(&told), Arc::clone(&seen));
                Box::pin(async move {
                    let first = tx.one(&COUNT, &[], |rec| rec.int(0)).await?;
                    told.notify_one();
                    // Held without an await, as SQLite asks for: until the other side has written.
                    while seen.load(Ordering::Acquire) == 0 {
                        std::thread::yield_now();
                    }
                    Ok::<_, Error>((first, tx.one(&COUNT, &[], |rec| rec.int(0)).await?))
                })
            })
            .await
        }
    });
    begun.notified().await;
    add(&store.db, 2, "meanwhile").await.unwrap();
    written.store(1, Ordering::Release);
    assert_eq!(read.await.unwrap().unwrap(), (Some(1), Some(1)));
    assert_eq!(names(&store.db).await.len(), 2);
}

async fn a_read_unit_cannot_write(store: Store) {
    let read = store.db.read(|tx| Box::pin(async move { tx.run(&INSERT, &[1_i64.into(), "a".into()]).await }));
    assert!(matches!(read.await, Err(Error::Other { .. })));
    assert!(names(&store.db).await.is_empty());
}

async fn a_unit_that_asks_for_it_is_rerun_from_the_start(store: Store) {
    let runs = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&runs);
    let unit = store.db.write(move |tx| {
        let run = counted.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move {
            tx.run(&INSERT, &[1_i64.into(), "a".into()]).await?;
            if run < 3 { Err(Error::Retry) } else { Ok(()) }
        })
    });
    assert_eq!(unit.await, Ok(()));
    assert_eq!(runs.load(Ordering::Relaxed), 4);
    assert_eq!(names(&store.db).await, ["a"]);
}

async fn a_unit_is_rerun_four_times_at_most(store: Store) {
    let runs = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&runs);
    let unit = store.db.write(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
        Box::pin(async { Err::<(), _>(Error::Retry) })
    });
    assert_eq!(unit.await, Err(Error::Retry));
    assert_eq!(runs.load(Ordering::Relaxed), 5);
}

async fn a_closed_store_refuses_units(store: Store) {
    add(&store.db, 1, "a").await.unwrap();
    store.db.close().await;
    assert!(matches!(add(&store.db, 2, "b").await, Err(Error::Unavailable(_))));
    let read = store.db.read(|tx| Box::pin(async move { tx.one(&COUNT, &[], |rec| rec.int(0)).await }));
    assert!(matches!(read.await, Err(Error::Unavailable(_))));
    assert_eq!(names(&store.again().await).await, ["a"]);
}

on_both_engines!(
    a_unit_that_fails_leaves_nothing,
    a_failed_statement_spoils_its_unit_even_if_the_unit_goes_on,
    a_failing_unit_leaves_its_neighbours_alone,
    a_unit_sees_what_it_wrote,
    a_batch_keeps_its_order_however_long,
    a_read_unit_sees_one_snapshot,
    a_read_unit_cannot_write,
    a_unit_that_asks_for_it_is_rerun_from_the_start,
    a_unit_is_rerun_four_times_at_most,
    a_closed_store_refuses_units,
);
