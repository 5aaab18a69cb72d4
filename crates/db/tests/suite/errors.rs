//! The same mistake is the same error on both engines.

use attache_db::{Db, Error, Sql, Val, sql};

use crate::store::{DELETE, INSERT, INSERT_PART, Store, add, names};

sql!(WRONG, "SELECT nothing FROM nowhere");

async fn run(db: &Db, sql: &'static Sql, vals: &'static [Val<'static>]) -> Result<u64, Error> {
    db.write(move |tx| Box::pin(async move { tx.run(sql, vals).await })).await
}

async fn a_taken_name_tells_its_index(store: Store) {
    add(&store.db, 1, "a").await.unwrap();
    assert_eq!(add(&store.db, 2, "a").await, Err(Error::Unique("thing_name".into())));
}

async fn a_taken_primary_key_tells_its_table(store: Store) {
    add(&store.db, 1, "a").await.unwrap();
    assert_eq!(add(&store.db, 1, "b").await, Err(Error::Unique("thing_pkey".into())));
}

async fn a_taken_pair_tells_its_constraint(store: Store) {
    add(&store.db, 1, "a").await.unwrap();
    run(&store.db, &INSERT_PART, &[Val::Int(1), Val::Int(1), Val::Text("left")]).await.unwrap();
    let again = run(&store.db, &INSERT_PART, &[Val::Int(2), Val::Int(1), Val::Text("left")]).await;
    assert_eq!(again, Err(Error::Unique("part_thing_id_label_key".into())));
}

async fn a_reference_to_nothing_is_missing(store: Store) {
    let orphan = run(&store.db, &INSERT_PART, &[Val::Int(1), Val::Int(9), Val::Text("left")]).await;
    assert_eq!(orphan, Err(Error::Missing));
}

async fn what_others_refer_to_stays(store: Store) {
    add(&store.db, 1, "a").await.unwrap();
    run(&store.db, &INSERT_PART, &[Val::Int(1), Val::Int(1), Val::Text("left")]).await.unwrap();
    assert_eq!(run(&store.db, &DELETE, &[Val::Int(1)]).await, Err(Error::Missing));
    assert_eq!(names(&store.db).await, ["a"]);
}

async fn a_wrong_statement_is_named(store: Store) {
    let Err(Error::Other { op, text }) = run(&store.db, &WRONG, &[]).await else { panic!("there is no such table") };
    assert_eq!(op, "WRONG");
    assert!(text.contains("nowhere"), "{text}");
}

async fn a_batch_tells_its_first_failure(store: Store) {
    let unit = store.db.write(|tx| {
        Box::pin(async move {
            let first: &[Val<'_>] = &[1_i64.into(), "a".into()];
            let taken: &[Val<'_>] = &[2_i64.into(), "a".into()];
            let orphan: &[Val<'_>] = &[1_i64.into(), 9_i64.into(), "left".into()];
            tx.batch(&[(&INSERT, first), (&INSERT, taken), (&INSERT_PART, orphan)]).await
        })
    });
    assert_eq!(unit.await, Err(Error::Unique("thing_name".into())));
    assert!(names(&store.db).await.is_empty());
}

on_both_engines!(
    a_taken_name_tells_its_index,
    a_taken_primary_key_tells_its_table,
    a_taken_pair_tells_its_constraint,
    a_reference_to_nothing_is_missing,
    what_others_refer_to_stays,
    a_wrong_statement_is_named,
    a_batch_tells_its_first_failure,
);
