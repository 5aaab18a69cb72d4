//! Signals: heard by everybody once they hold, and by nobody before.

use attache_db::{Db, Error, Signal, Signals, sql};

use crate::store::{INSERT, Store, names};

sql!(SILENCE, sqlite: "SELECT 1", postgres: "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE application_name = 'attache signals me' AND datname = current_database()");

/// One that listens by now.
async fn listener(db: &Db) -> Signals {
    let mut signals = db.signals("me");
    assert_eq!(signals.next().await, Some(Signal::Regained));
    signals
}

/// Sends signals about `topic`, one for each text, in one unit.
async fn send(db: &Db, topic: &'static str, texts: &'static [&'static str]) {
    let unit = db.write(move |tx| {
        Box::pin(async move {
            for text in texts {
                tx.signal(topic, text).await?;
            }
            Ok::<_, Error>(())
        })
    });
    unit.await.unwrap();
}

fn message(topic: &str, text: &str) -> Option<Signal> {
    Some(Signal::Message { topic: topic.to_owned(), text: text.to_owned() })
}

async fn everybody_who_listens_hears_all_signals_in_their_order(store: Store) {
    let (mut one, mut two) = (listener(&store.db).await, listener(&store.db).await);
    send(&store.db, "task", &["first", "second\nwith two lines", ""]).await;
    send(&store.db, "token", &["third"]).await;
    for signals in [&mut one, &mut two] {
        assert_eq!(signals.next().await, message("task", "first"));
        assert_eq!(signals.next().await, message("task", "second\nwith two lines"));
        assert_eq!(signals.next().await, message("task", ""));
        assert_eq!(signals.next().await, message("token", "third"));
    }
}

async fn a_signal_is_heard_when_its_unit_can_be_seen(store: Store) {
    let (mut signals, other) = (listener(&store.db).await, store.again().await);
    let unit = store.db.write(|tx| {
        Box::pin(async move {
            tx.signal("thing", "1").await?;
            tx.run(&INSERT, &[1_i64.into(), "a".into()]).await
        })
    });
    let (_, heard) = tokio::join!(unit, signals.next());
    assert_eq!(heard, message("thing", "1"));
    assert_eq!(names(&other).await, ["a"]);
}

async fn what_is_rolled_back_is_never_heard(store: Store) {
    let mut signals = listener(&store.db).await;
    let unit = store.db.write(|tx| {
        Box::pin(async move {
            tx.signal("thing", "undone").await?;
            Err::<(), _>(Error::Missing)
        })
    });
    assert_eq!(unit.await, Err(Error::Missing));
    send(&store.db, "thing", &["done"]).await;
    assert_eq!(signals.next().await, message("thing", "done"));
}

async fn one_can_ask_who_listens(store: Store) {
    let other = store.db.clone();
    let hears = async |name: &'static str| {
        let unit = other.read(move |tx| Box::pin(async move { tx.is_heard_by(name).await }));
        let answer: Result<bool, Error> = unit.await;
        answer.unwrap()
    };
    assert!(!hears("me").await);
    let (one, two) = (listener(&store.db).await, listener(&store.db).await);
    assert!(hears("me").await && !hears("you").await);
    drop(one);
    assert!(hears("me").await, "another one of that name still does");
    drop(two);
    while hears("me").await {
        tokio::task::yield_now().await;
    }
}

on_both_engines!(
    one_can_ask_who_listens,
    everybody_who_listens_hears_all_signals_in_their_order,
    a_signal_is_heard_when_its_unit_can_be_seen,
    what_is_rolled_back_is_never_heard,
);

#[tokio::test]
async fn a_listener_that_is_too_slow_is_told_that_it_missed_some() {
    let store = Store::sqlite().await;
    let mut signals = listener(&store.db).await;
    for _ in 0..20 {
        send(&store.db, "many", &["x"; 100]).await;
    }
    assert_eq!(signals.next().await, Some(Signal::Lost));
    assert_eq!(signals.next().await, Some(Signal::Regained));
    assert_eq!(signals.next().await, message("many", "x"));
}

#[tokio::test]
async fn another_process_is_heard_on_postgresql() {
    let Some(store) = Store::new(attache_db::Engine::Postgres).await else { return };
    let (mut signals, other) = (listener(&store.db).await, store.again().await);
    send(&other, "task", &["from afar"]).await;
    assert_eq!(signals.next().await, message("task", "from afar"));
}

#[tokio::test]
async fn a_lost_connection_is_told_and_comes_back_by_itself() {
    let Some(store) = Store::new(attache_db::Engine::Postgres).await else { return };
    let mut signals = listener(&store.db).await;
    for round in ["once", "again"] {
        let cut = store.db.read(|tx| Box::pin(async move { tx.one(&SILENCE, &[], |rec| rec.int(0)).await }));
        let cut: Result<_, Error> = cut.await;
        assert_eq!(cut, Ok(Some(1)), "{round}");
        assert_eq!(signals.next().await, Some(Signal::Lost));
        assert_eq!(signals.next().await, Some(Signal::Regained));
        send(&store.db, "task", &["after"]).await;
        assert_eq!(signals.next().await, message("task", "after"));
    }
}

#[tokio::test]
async fn a_closed_store_is_silent() {
    let store = Store::sqlite().await;
    let mut signals = listener(&store.db).await;
    store.db.close().await;
    drop(store);
    assert_eq!(signals.next().await, None);
}
