//! Two releases on one database: the newer one's floor says whether the older one may go on.

use attache_db::{Db, Engine, Error, Migration, Schema, sql};

use crate::store::{SCHEMA, Store, add, names};

const OLDER: &[Migration] = SCHEMA;
const COLOURS: &str = "CREATE TABLE colour (id {int} PRIMARY KEY) {strict}";
/// Programs that know the first migration alone can live with this one.
const GENTLE: Migration = Migration::new(2, "colours", COLOURS).with_floor(1);
/// Nobody who does not know it can.
const HARSH: Migration = Migration::new(2, "colours", COLOURS);

sql!(FORGET_FLOORS, "DROP TABLE schema_floor");
sql!(APPLIED, "SELECT count(*) FROM migration");

fn newer(second: Migration) -> [Migration; 2] {
    [OLDER[0], second]
}

/// Demands that `migrations` are refused by both questions, and gives the words.
async fn refused(db: &Db, migrations: &[Migration]) -> String {
    let Err(Error::Unfit(text)) = db.migrate(migrations).await else { panic!("the floor is higher") };
    assert_eq!(db.schema(migrations).await, Err(Error::Unfit(text.clone())));
    text
}

async fn forget_floors(db: &Db) {
    db.write(|tx| Box::pin(async move { tx.run(&FORGET_FLOORS, &[]).await })).await.unwrap();
}

async fn an_older_program_goes_on_where_the_newer_one_allows_it(store: Store) {
    store.db.migrate(&newer(GENTLE)).await.unwrap();
    let older = store.again().await;
    older.migrate(OLDER).await.unwrap();
    assert_eq!(older.schema(OLDER).await, Ok(Schema::Ahead(1)));
    add(&older, 1, "a").await.unwrap();
    assert_eq!(names(&store.db).await, ["a"]);
}

async fn an_older_program_is_told_which_release_to_run(store: Store) {
    store.db.migrate(&newer(HARSH)).await.unwrap();
    let text = refused(&store.again().await, OLDER).await;
    assert!(text.contains("migration 2 (colours)") && text.contains("must know 2 migrations"), "{text}");
    assert!(text.contains(&format!("run release {} or a newer one", env!("CARGO_PKG_VERSION"))), "{text}");
}

async fn a_gentle_migration_does_not_let_in_whom_an_earlier_one_shut_out(store: Store) {
    let third = Migration::new(3, "shades", "ALTER TABLE colour ADD COLUMN shade {int}").with_floor(1);
    let all = [OLDER[0], HARSH, third];
    store.db.migrate(&all).await.unwrap();
    refused(&store.db, OLDER).await;
    assert_eq!(store.db.schema(&newer(HARSH)).await, Ok(Schema::Ahead(1)));
}

async fn a_program_that_knows_just_the_floor_is_let_in(store: Store) {
    let third = Migration::new(3, "shades", "ALTER TABLE colour ADD COLUMN shade {int}").with_floor(2);
    store.db.migrate(&[OLDER[0], GENTLE, third]).await.unwrap();
    store.db.migrate(&newer(GENTLE)).await.unwrap();
    refused(&store.db, OLDER).await;
}

async fn a_program_ahead_of_whose_database_another_stands_still_compares_what_both_know(store: Store) {
    store.db.migrate(&newer(GENTLE)).await.unwrap();
    let changed = Migration::new(1, "things", COLOURS);
    assert!(refused(&store.db, &[changed]).await.contains("must never change"));
}

async fn a_newer_database_without_floors_is_refused_until_the_newer_program_kept_them(store: Store) {
    store.db.migrate(&newer(GENTLE)).await.unwrap();
    forget_floors(&store.db).await;
    assert!(refused(&store.db, OLDER).await.contains("run a newer release"));
    store.db.migrate(&newer(GENTLE)).await.unwrap();
    assert_eq!(store.db.schema(OLDER).await, Ok(Schema::Ahead(1)));
}

async fn an_older_and_a_newer_program_may_migrate_at_once(store: Store) {
    let fresh = Store::empty(store.db.engine()).await.expect("the engine is there");
    let (older, newer_one) = (fresh.again().await, fresh.again().await);
    let both = newer(GENTLE);
    let ends = tokio::join!(older.migrate(OLDER), newer_one.migrate(&both), older.migrate(OLDER));
    assert_eq!(ends, (Ok(()), Ok(()), Ok(())));
    assert_eq!(fresh.db.schema(&both).await, Ok(Schema::Current));
}

async fn looking_at_the_schema_changes_nothing(store: Store) {
    let fresh = Store::empty(store.db.engine()).await.expect("the engine is there");
    assert_eq!(fresh.db.schema(&newer(HARSH)).await, Ok(Schema::Behind(newer(HARSH).to_vec())));
    let applied = fresh.db.read(|tx| Box::pin(async move { tx.one(&APPLIED, &[], |rec| rec.int(0)).await })).await;
    assert!(matches!(applied, Err(Error::Other { .. })), "there is no such table: {applied:?}");
    assert_eq!(store.db.schema(OLDER).await, Ok(Schema::Current));
    assert_eq!(store.db.schema(&newer(HARSH)).await, Ok(Schema::Behind(vec![HARSH])));
}

on_both_engines!(
    an_older_program_goes_on_where_the_newer_one_allows_it,
    an_older_program_is_told_which_release_to_run,
    a_gentle_migration_does_not_let_in_whom_an_earlier_one_shut_out,
    a_program_that_knows_just_the_floor_is_let_in,
    a_program_ahead_of_whose_database_another_stands_still_compares_what_both_know,
    a_newer_database_without_floors_is_refused_until_the_newer_program_kept_them,
    an_older_and_a_newer_program_may_migrate_at_once,
    looking_at_the_schema_changes_nothing,
);

sql!(HOLD, sqlite: "SELECT 1", postgres: "LOCK TABLE thing IN ACCESS SHARE MODE");
sql!(WAITS, sqlite: "SELECT 0", postgres: "SELECT count(*) FROM pg_locks WHERE relation = 'thing'::regclass AND NOT granted");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_migration_that_waits_for_a_long_transaction_does_not_stop_the_others() {
    let Some(store) = Store::new(Engine::Postgres).await else { return };
    add(&store.db, 1, "a").await.unwrap();
    let (held, release) = hold(&store).await;
    let migrating = tokio::spawn({
        let (db, step) = (store.again().await, Migration::new(2, "wide", "ALTER TABLE thing ADD COLUMN wide {int}"));
        async move { db.migrate(&[SCHEMA[0], step]).await }
    });
    while waiting(&store.db).await == 0 {
        tokio::task::yield_now().await;
    }
    // It stands in line for the table now, and this read behind it.
    assert_eq!(names(&store.db).await, ["a"]);
    assert!(!migrating.is_finished(), "the table is still held");
    release.send(()).unwrap();
    held.await.unwrap();
    migrating.await.unwrap().unwrap();
}

/// A transaction that has read the table, and is open until it is told to end.
async fn hold(store: &Store) -> (tokio::task::JoinHandle<()>, tokio::sync::oneshot::Sender<()>) {
    use std::sync::{Arc, Mutex};
    let ((began, beginning), (release, end)) = (tokio::sync::oneshot::channel(), tokio::sync::oneshot::channel());
    let once = Arc::new(Mutex::new(Some((began, end))));
    let db = store.again().await;
    let held = tokio::spawn(async move {
        let unit = db.write(move |tx| {
            let once = Arc::clone(&once);
            Box::pin(async move {
                tx.run(&HOLD, &[]).await?;
                let (began, end) = once.lock().unwrap().take().expect("it runs once");
                began.send(()).unwrap();
                end.await.unwrap();
                Ok::<_, Error>(())
            })
        });
        unit.await.unwrap();
    });
    beginning.await.unwrap();
    (held, release)
}

async fn waiting(db: &Db) -> i64 {
    let waits = db.read(|tx| Box::pin(async move { tx.one(&WAITS, &[], |rec| rec.int(0)).await })).await;
    waits.unwrap().unwrap_or_default()
}
