//! Two installations compared: every row of every table, with the digests of all contents in them, and every byte of
//! every upload on its way. That contents have their rows' digests is for `attache check` to say.

use attache_blobs::{Blobs, Growth};
use attache_db::{Db, Kind, Options, Row, Shape, Snapshot, Target, Value};
use attache_tests::Home;
use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Tables that are each place's own.
const OWN: [&str; 6] = ["chore", "hold", "migration", "moment", "schema_floor", "transfer"];

/// What was compared.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    /// Rows of each table.
    pub(crate) rows: BTreeMap<String, usize>,
    pub(crate) contents: usize,
    pub(crate) uploads: usize,
}

/// Demands that nothing differs, and says how much that is.
pub(crate) async fn demand_equal(one: &Home, other: &Home) -> Sums {
    let (mut mine, mut theirs) = (snapshot(one).await, snapshot(other).await);
    let mut sums = Sums::default();
    let tables = mine.tables().await.unwrap();
    assert_eq!(tables, theirs.tables().await.unwrap());
    for table in tables.iter().filter(|table| !OWN.contains(&table.as_str())) {
        let shape = mine.shape(table).await.unwrap().unwrap();
        let (rows, copied) = (rows(&mut mine, &shape).await, rows(&mut theirs, &shape).await);
        assert_eq!(rows.len(), copied.len(), "rows of {table}");
        for (row, copy) in rows.iter().zip(&copied) {
            assert_eq!(plain(&shape, row), plain(&shape, copy), "a row of {table}");
        }
        match table.as_str() {
            "blob" => sums.contents += contents(&shape, &copied),
            "upload" => sums.uploads += uploads((one, &rows), (other, &copied), &shape).await,
            _ => {}
        }
        sums.rows.insert(table.clone(), rows.len());
    }
    sums
}

/// The rows of a home's tables.
pub(crate) async fn snapshot(home: &Home) -> Snapshot {
    let target = match home.database() {
        Some(url) => Target::Postgres(url.to_owned()),
        None => Target::Sqlite(home.path().join("attache.db")),
    };
    Db::open(&target, &Options::default()).await.unwrap().snapshot().await.unwrap()
}

/// Demands that every upload on its way has the bytes that its row counts.
pub(crate) async fn demand_readable(home: &Home) {
    let mut snapshot = snapshot(home).await;
    let shape = snapshot.shape("upload").await.unwrap().unwrap();
    for row in rows(&mut snapshot, &shape).await.iter().filter(|row| is_open(&shape, row)) {
        digest(&home.blobs(), &shape, row).await;
    }
}

/// How many rows a table has.
pub(crate) async fn count(home: &Home, table: &str) -> i64 {
    let found = snapshot(home).await.ask(&format!("SELECT COUNT(*) FROM {table}"), &[]).await.unwrap();
    found[0][0].int().unwrap()
}

async fn rows(snapshot: &mut Snapshot, shape: &Shape) -> Vec<Row> {
    let mut all: Vec<Row> = Vec::new();
    loop {
        let some = snapshot.rows(shape, all.last(), 500).await.unwrap();
        if some.is_empty() {
            return all;
        }
        all.extend(some);
    }
}

/// A row without what is a store's own words: the state of an upload's bytes.
fn plain(shape: &Shape, row: &Row) -> Row {
    let own = |place: usize| shape.table == "upload" && shape.columns[place].kind == Kind::Bytes && is_open(shape, row);
    row.iter().enumerate().map(|(place, value)| if own(place) { Value::Null } else { value.clone() }).collect()
}

fn is_open(shape: &Shape, row: &Row) -> bool {
    int(shape, row, "state") < 2 && int(shape, row, "received") > 0
}

/// How many living contents are in the store.
fn contents(shape: &Shape, rows: &[Row]) -> usize {
    rows.iter().filter(|row| int(shape, row, "home") == 1 && int(shape, row, "state") == 1).count()
}

/// Every upload on its way has the same bytes; how many there are.
async fn uploads(mine: (&Home, &[Row]), theirs: (&Home, &[Row]), shape: &Shape) -> usize {
    let (from, to) = (mine.0.blobs(), theirs.0.blobs());
    let mut count = 0;
    for (row, copy) in mine.1.iter().zip(theirs.1).filter(|(row, _)| is_open(shape, row)) {
        assert_eq!(digest(&from, shape, row).await, digest(&to, shape, copy).await, "an upload's bytes");
        count += 1;
    }
    count
}

async fn digest(blobs: &Blobs, shape: &Shape, row: &Row) -> String {
    let digests = row[shape.place("digests").unwrap()].bytes().unwrap().to_vec();
    let (key, len) = (text(shape, row, "blob_key").parse().unwrap(), int(shape, row, "received") as u64);
    let mut body = blobs.read_growth(&Growth { key, len, digests }, 0..len).await.unwrap();
    let mut sha256 = Sha256::new();
    while let Some(chunk) = body.try_next().await.unwrap() {
        sha256.update(&chunk);
    }
    hex::encode(sha256.finalize())
}

fn int(shape: &Shape, row: &Row, column: &str) -> i64 {
    row[shape.place(column).unwrap()].int().unwrap()
}

fn text<'r>(shape: &Shape, row: &'r Row, column: &str) -> &'r str {
    row[shape.place(column).unwrap()].text().unwrap()
}
