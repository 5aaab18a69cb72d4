//! The schema moves forward, step by step, once.

use attache_db::{Db, Error, Migration, Options};

use crate::store::{SCHEMA, Store, add, names};

const SECOND: Migration = Migration::new(2, "colours", "CREATE TABLE colour (id {int} PRIMARY KEY) {strict}");

fn both() -> [Migration; 2] {
    [SCHEMA[0], SECOND]
}

async fn migrating_twice_changes_nothing(store: Store) {
    add(&store.db, 1, "a").await.unwrap();
    store.db.migrate(SCHEMA).await.unwrap();
    store.db.migrate(&both()).await.unwrap();
    store.db.migrate(&both()).await.unwrap();
    assert_eq!(names(&store.db).await, ["a"]);
}

async fn a_changed_migration_is_refused(store: Store) {
    let changed = Migration { text: "CREATE TABLE other (id {int} PRIMARY KEY) {strict}", ..SCHEMA[0] };
    let Err(Error::Unfit(text)) = store.db.migrate(&[changed]).await else { panic!("it changed") };
    assert!(text.contains("migration 1 (things)"), "{text}");
}

async fn a_gap_in_the_numbers_is_refused(store: Store) {
    let gap = [SCHEMA[0], Migration { number: 3, ..SECOND }];
    assert!(matches!(store.db.migrate(&gap).await, Err(Error::Unfit(_))));
}

async fn a_migration_that_fails_leaves_nothing(store: Store) {
    let broken = Migration { text: "CREATE TABLE colour (id {int} PRIMARY KEY) {strict}; NONSENSE", ..SECOND };
    let Err(Error::Unfit(text)) = store.db.migrate(&[SCHEMA[0], broken]).await else { panic!("it is nonsense") };
    assert!(text.contains("migration 2 (colours)"), "{text}");
    store.db.migrate(&both()).await.unwrap();
}

async fn several_processes_may_migrate_at_once(store: Store) {
    // Three stores on one empty database: the one at hand has only the first step.
    let (one, two) = (store.again().await, store.again().await);
    let ends = tokio::join!(store.db.migrate(&MANY), one.migrate(&MANY), two.migrate(&MANY));
    assert_eq!(ends, (Ok(()), Ok(()), Ok(())));
}

const MANY: [Migration; 4] = [
    SCHEMA[0],
    SECOND,
    Migration::new(3, "a", "ALTER TABLE colour ADD COLUMN a {int}"),
    Migration::new(4, "b", "ALTER TABLE colour ADD COLUMN b {text}"),
];

async fn several_processes_may_open_and_migrate_a_new_database(store: Store) {
    let fresh = Store::empty(store.db.engine()).await.expect("the engine is there");
    let open = || async {
        let db = Db::open(&fresh.target, &Options::default()).await?;
        db.migrate(&MANY).await?;
        add(&db, 1, "a").await.or_else(|error| if matches!(error, Error::Unique(_)) { Ok(0) } else { Err(error) })
    };
    let ends = tokio::join!(open(), open(), open());
    let ends = [ends.0, ends.1, ends.2].map(|end| end.expect("each process starts"));
    assert_eq!(ends.iter().sum::<u64>(), 1, "exactly one of them added the row");
}

on_both_engines!(
    migrating_twice_changes_nothing,
    a_changed_migration_is_refused,
    a_gap_in_the_numbers_is_refused,
    a_migration_that_fails_leaves_nothing,
    several_processes_may_migrate_at_once,
    several_processes_may_open_and_migrate_a_new_database,
);
