//! Values go in and come out alike.

use attache_db::{Error, Val, sql};

use crate::store::Store;

sql!(PUT, "INSERT INTO thing (id, name, whole, ratio, raw) VALUES ($1, $2, $3, $4, $5)");
sql!(GET, "SELECT name, whole, ratio, raw FROM thing WHERE id = $1");
sql!(BACKWARDS, "INSERT INTO thing (name, id) VALUES ($2, $1)");
sql!(EXISTS, "SELECT EXISTS (SELECT 1 FROM thing WHERE id = $1)");
sql!(TWICE, "SELECT count(*) FROM thing WHERE id = $1 OR (whole = $2 AND id = $1)");

type Row = (String, Option<i64>, Option<f64>, Option<Vec<u8>>);

async fn round_trip(store: &Store, id: i64, row: Row) -> Row {
    store
        .db
        .write(move |tx| {
            let (name, whole, ratio, raw) = row.clone();
            Box::pin(async move {
                let vals = [id.into(), Val::from(&name), whole.into(), ratio.into(), raw.as_deref().into()];
                assert_eq!(tx.run(&PUT, &vals).await?, 1);
                let read = |rec: &attache_db::Rec<'_>| {
                    Ok::<Row, Error>((rec.text(0)?, rec.int_or_null(1)?, rec.real_or_null(2)?, rec.bytes_or_null(3)?))
                };
                Ok::<_, Error>(tx.one(&GET, &[id.into()], read).await?.expect("the row is there"))
            })
        })
        .await
        .unwrap()
}

async fn values_of_each_kind_round_trip(store: Store) {
    let rows: [Row; 5] = [
        ("nulls".into(), None, None, None),
        (String::new(), Some(0), Some(0.0), Some(vec![])),
        ("least".into(), Some(i64::MIN), Some(f64::MIN), Some(vec![0])),
        ("größt \u{10ffff} 'quoted' $1 ?1".into(), Some(i64::MAX), Some(f64::MAX), Some((0..=255).collect())),
        ("endless".into(), Some(-1), Some(f64::NEG_INFINITY), Some(vec![7; 100_000])),
    ];
    for (id, row) in (1..).zip(rows) {
        assert_eq!(round_trip(&store, id, row.clone()).await, row);
    }
}

async fn values_go_by_their_number_not_by_their_place(store: Store) {
    let name = store.db.write(|tx| {
        Box::pin(async move {
            tx.run(&BACKWARDS, &[5_i64.into(), "five".into()]).await?;
            tx.one(&GET, &[5_i64.into()], |rec| rec.text(0)).await
        })
    });
    assert_eq!(name.await.unwrap(), Some("five".to_owned()));
}

async fn one_value_may_stand_at_two_places(store: Store) {
    let count =
        store.db.read(|tx| Box::pin(async move { tx.one(&TWICE, &[1_i64.into(), Val::Null], |rec| rec.int(0)).await }));
    assert_eq!(count.await.unwrap(), Some(0));
}

async fn a_truth_is_the_integer_0_or_1(store: Store) {
    crate::store::add(&store.db, 1, "a").await.unwrap();
    for (id, wanted) in [(1_i64, 1), (2, 0)] {
        let read =
            store.db.read(move |tx| Box::pin(async move { tx.one(&EXISTS, &[id.into()], |rec| rec.int(0)).await }));
        assert_eq!(read.await.unwrap(), Some(wanted));
    }
}

async fn a_column_of_another_kind_is_named(store: Store) {
    crate::store::add(&store.db, 1, "a").await.unwrap();
    let read = store.db.read(|tx| Box::pin(async move { tx.one(&GET, &[1_i64.into()], |rec| rec.int(0)).await }));
    let Err(Error::Decode { column, wanted, .. }) = read.await else { panic!("text is no integer") };
    assert_eq!((column.as_str(), wanted), ("name", "an integer"));

    let read = store.db.read(|tx| Box::pin(async move { tx.one(&GET, &[1_i64.into()], |rec| rec.int(1)).await }));
    let Err(Error::Decode { column, found, .. }) = read.await else { panic!("NULL is no integer") };
    assert_eq!((column.as_str(), found.as_str()), ("whole", "NULL"));

    let read = store.db.read(|tx| Box::pin(async move { tx.one(&GET, &[1_i64.into()], |rec| rec.text(9)).await }));
    let Err(Error::Decode { column, .. }) = read.await else { panic!("there is no column 9") };
    assert_eq!(column, "9");
}

async fn what_one_engine_cannot_store_neither_does(store: Store) {
    for (name, ratio) in [("nul \0", 1.0), ("nan", f64::NAN)] {
        let put = store.db.write(move |tx| {
            let vals = [1_i64.into(), name.into(), Val::Null, ratio.into(), Val::Null];
            Box::pin(async move { tx.run(&PUT, &vals).await })
        });
        assert!(matches!(put.await, Err(Error::Other { .. })), "{name:?}");
    }
    assert!(crate::store::names(&store.db).await.is_empty());
}

async fn a_missing_value_is_an_error(store: Store) {
    let put = store.db.write(|tx| Box::pin(async move { tx.run(&PUT, &[1_i64.into()]).await }));
    let Err(Error::Other { op, .. }) = put.await else { panic!("four values are missing") };
    assert_eq!(op, "PUT");
}

on_both_engines!(
    values_of_each_kind_round_trip,
    values_go_by_their_number_not_by_their_place,
    one_value_may_stand_at_two_places,
    a_truth_is_the_integer_0_or_1,
    a_column_of_another_kind_is_named,
    what_one_engine_cannot_store_neither_does,
    a_missing_value_is_an_error,
);
