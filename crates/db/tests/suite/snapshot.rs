//! Whole tables, read as of one moment and written in one transaction.

use attache_db::{Db, Error, Kind, Migration, Row, Shape, Snapshot, Value};

use crate::store::{SCHEMA, Store, add, names};

/// A table whose rows refer to each other, with words of SQL for names, and one of two columns in the key.
const TREE: Migration = Migration {
    number: 2,
    name: "tree",
    floor: 1,
    text: "
        CREATE TABLE tree (
            \"order\" {int} NOT NULL, key {text} NOT NULL, parent {text}, weight {real}, raw {bytes},
            PRIMARY KEY (\"order\", key),
            FOREIGN KEY (\"order\", parent) REFERENCES tree (\"order\", key)
        ) {strict};",
};

async fn with_tree(store: &Store) -> Shape {
    store.db.migrate(&[SCHEMA[0], TREE]).await.unwrap();
    shape_of(&store.db, "tree").await
}

async fn shape_of(db: &Db, table: &str) -> Shape {
    db.snapshot().await.unwrap().shape(table).await.unwrap().expect("the table is there")
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// A row of `tree` with values of every kind, or none at all.
fn leaf(order: i64, key: &str, parent: Option<&str>) -> Row {
    let rest = parent.map_or([Value::Null, Value::Null, Value::Null], |parent| {
        [text(parent), Value::Real(-0.5), Value::Bytes(vec![0, 255, 7])]
    });
    [Value::Int(order), text(key)].into_iter().chain(rest).collect()
}

async fn all(snapshot: &mut Snapshot, shape: &Shape, batch: u32) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    loop {
        let more = snapshot.rows(shape, rows.last(), batch).await.unwrap();
        if more.is_empty() {
            return rows;
        }
        assert!(more.len() <= batch as usize);
        rows.extend(more);
    }
}

async fn load(db: &Db, shape: &Shape, rows: Vec<Row>) -> Result<(), Error> {
    let mut load = db.load().await?;
    load.table(shape).await?;
    load.add(rows).await?;
    load.commit().await
}

async fn a_table_tells_its_columns_and_its_key(store: Store) {
    let shape = with_tree(&store).await;
    let columns: Vec<(&str, Kind)> = shape.columns.iter().map(|column| (column.name.as_str(), column.kind)).collect();
    let wanted = [
        ("order", Kind::Int),
        ("key", Kind::Text),
        ("parent", Kind::Text),
        ("weight", Kind::Real),
        ("raw", Kind::Bytes),
    ];
    assert_eq!((columns.as_slice(), shape.key.as_slice()), (&wanted[..], &[0, 1][..]));
    assert_eq!(shape.place("weight"), Some(3));
    assert_eq!(store.db.snapshot().await.unwrap().shape("no_such_table").await.unwrap(), None);
}

async fn the_tables_are_those_of_the_migrations(store: Store) {
    let tables = store.db.snapshot().await.unwrap().tables().await.unwrap();
    for name in ["migration", "part", "thing"] {
        assert!(tables.iter().any(|table| table == name), "{tables:?}");
    }
}

async fn a_snapshot_does_not_see_what_is_written_after_it(store: Store) {
    add(&store.db, 1, "before").await.unwrap();
    let mut snapshot = store.db.snapshot().await.unwrap();
    add(&store.db, 2, "after").await.unwrap();
    let shape = snapshot.shape("thing").await.unwrap().unwrap();
    let seen = all(&mut snapshot, &shape, 10).await;
    assert_eq!(seen, [vec![Value::Int(1), text("before"), Value::Null, Value::Null, Value::Null]]);
    assert_eq!(names(&store.db).await, ["before", "after"]);
}

async fn rows_come_back_as_they_were_loaded_in_batches_of_any_size(store: Store) {
    let shape = with_tree(&store).await;
    // The children come first: within a table, the order does not matter.
    let mut rows: Vec<Row> = (0..7).map(|no| leaf(1, &format!("b{no}"), Some("z"))).collect();
    rows.extend([
        leaf(1, "z", None),
        leaf(2, "a", None),
        leaf(2, "größt 'quoted'", Some("a")),
        leaf(i64::MAX, "", None),
    ]);
    load(&store.db, &shape, rows.clone()).await.unwrap();
    for batch in [1, 2, 3, rows.len() as u32, 100] {
        let mut snapshot = store.db.snapshot().await.unwrap();
        assert_eq!(all(&mut snapshot, &shape, batch).await, rows, "in batches of {batch}");
    }
}

async fn a_load_that_is_not_committed_leaves_nothing(store: Store) {
    let shape = with_tree(&store).await;
    let mut dropped = store.db.load().await.unwrap();
    dropped.table(&shape).await.unwrap();
    dropped.add(vec![leaf(1, "a", None)]).await.unwrap();
    drop(dropped);
    let mut ended = store.db.load().await.unwrap();
    ended.table(&shape).await.unwrap();
    ended.add(vec![leaf(1, "b", None)]).await.unwrap();
    assert_eq!(ended.run(&crate::store::DELETE, &[1_i64.into()]).await, Ok(0));
    drop(ended);
    assert!(all(&mut store.db.snapshot().await.unwrap(), &shape, 10).await.is_empty());
}

async fn a_row_that_refers_to_none_is_refused_with_its_whole_load(store: Store) {
    let shape = with_tree(&store).await;
    let orphan = load(&store.db, &shape, vec![leaf(1, "a", None), leaf(1, "b", Some("c"))]).await;
    assert_eq!(orphan, Err(Error::Missing));
    assert!(all(&mut store.db.snapshot().await.unwrap(), &shape, 10).await.is_empty());
}

async fn a_row_that_is_there_is_refused(store: Store) {
    let shape = with_tree(&store).await;
    load(&store.db, &shape, vec![leaf(1, "a", None)]).await.unwrap();
    let again = load(&store.db, &shape, vec![leaf(1, "a", None)]).await;
    assert_eq!(again, Err(Error::Unique("tree_pkey".to_owned())));
}

async fn a_statement_and_tables_share_one_transaction(store: Store) {
    let tree = with_tree(&store).await;
    let thing = shape_of(&store.db, "thing").await;
    let mut load = store.db.load().await.unwrap();
    load.table(&tree).await.unwrap();
    load.add(vec![leaf(1, "a", None)]).await.unwrap();
    load.table(&thing).await.unwrap();
    load.add(vec![vec![Value::Int(5), text("five"), Value::Null, Value::Null, Value::Null]]).await.unwrap();
    assert_eq!(load.run(&crate::store::RENAME, &[5_i64.into(), "renamed".into()]).await, Ok(1));
    load.commit().await.unwrap();
    assert_eq!(names(&store.db).await, ["renamed"]);
}

async fn rows_go_from_one_engine_to_the_other_and_back(store: Store) {
    let shape = with_tree(&store).await;
    let other = Store::sqlite().await;
    other.db.migrate(&[SCHEMA[0], TREE]).await.unwrap();
    assert_eq!(shape_of(&other.db, "tree").await, shape);
    let rows = vec![leaf(-1, "a", None), leaf(-1, "b", Some("a"))];
    load(&other.db, &shape, rows.clone()).await.unwrap();
    let there = all(&mut other.db.snapshot().await.unwrap(), &shape, 10).await;
    load(&store.db, &shape, there).await.unwrap();
    assert_eq!(all(&mut store.db.snapshot().await.unwrap(), &shape, 10).await, rows);
}

on_both_engines!(
    a_table_tells_its_columns_and_its_key,
    the_tables_are_those_of_the_migrations,
    a_snapshot_does_not_see_what_is_written_after_it,
    rows_come_back_as_they_were_loaded_in_batches_of_any_size,
    a_load_that_is_not_committed_leaves_nothing,
    a_row_that_refers_to_none_is_refused_with_its_whole_load,
    a_row_that_is_there_is_refused,
    a_statement_and_tables_share_one_transaction,
    rows_go_from_one_engine_to_the_other_and_back,
);
