//! Which tables a transfer takes along.

use super::{Error, Outcome};
use attache_db::{Row, Shape, Snapshot};

/// Every table that is copied, each after those that its rows refer to.
pub(super) const TABLES: [&str; 30] = [
    "account",
    "installation",
    "signing_key",
    "book",
    "counter",
    "account_user",
    "token_grant",
    "voucher",
    "token",
    "folder",
    "blob",
    "blob_small",
    "file",
    "version",
    "link",
    "share",
    "event",
    "task",
    "once",
    "upload",
    "upload_part",
    "card",
    "field",
    "field_value",
    "note",
    "webhook",
    "delivery",
    "intake",
    "erasure",
    "audit",
];

/// Rows that are read at once.
const ROWS: u32 = 500;
/// The same of tables that hold bytes, which may be a quarter of a MiB each.
const ROWS_WITH_BYTES: u32 = 32;

/// A walk over all rows of a table.
#[derive(Debug)]
pub(super) struct Rows {
    pub(super) shape: Shape,
    table: &'static str,
    last: Option<Row>,
    most: u32,
}

impl Rows {
    /// Before the first row of `table`.
    pub(super) async fn of(table: &'static str, snapshot: &mut Snapshot) -> Outcome<Rows> {
        let shape = shape(table, snapshot).await?;
        let bytes = shape.columns.iter().any(|column| column.kind == attache_db::Kind::Bytes);
        Ok(Rows { shape, table, last: None, most: if bytes { ROWS_WITH_BYTES } else { ROWS } })
    }

    /// The next rows; none after the last.
    pub(super) async fn next(&mut self, snapshot: &mut Snapshot) -> Outcome<Vec<Row>> {
        let rows = snapshot.rows(&self.shape, self.last.as_ref(), self.most).await;
        let rows = rows.map_err(Error::db("read rows of the source"))?;
        if let Some(last) = rows.last() {
            self.last = Some(last.clone());
        }
        Ok(rows)
    }

    /// The places of some columns.
    pub(super) fn places<const N: usize>(&self, columns: [&str; N]) -> Outcome<[usize; N]> {
        let mut places = [0; N];
        for (place, column) in places.iter_mut().zip(columns) {
            *place = self.shape.place(column).ok_or(self.odd())?;
        }
        Ok(places)
    }

    /// The error of a row that is not as it must be.
    pub(super) fn odd(&self) -> Error {
        Error::Row { table: self.table }
    }
}

/// The columns of a table that must be there.
pub(super) async fn shape(table: &'static str, snapshot: &mut Snapshot) -> Outcome<Shape> {
    let found = snapshot.shape(table).await.map_err(Error::db("read the schema"))?;
    found.ok_or_else(|| Error::Schema(format!("there is no table {table}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use attache_db::{Db, Kind, Options, Target};
    use std::collections::BTreeSet;

    /// What says how the rows came to be here, and is each place's own.
    const OWN: [&str; 6] = ["chore", "hold", "migration", "moment", "schema_floor", "transfer"];

    async fn sqlite(folder: &tempfile::TempDir) -> Snapshot {
        let db = Db::open(&Target::Sqlite(folder.path().join("a.db")), &Options::default()).await.unwrap();
        db.migrate(&crate::migrations()).await.unwrap();
        db.snapshot().await.unwrap()
    }

    #[tokio::test]
    async fn every_table_is_copied_or_is_a_places_own() {
        let folder = tempfile::tempdir().unwrap();
        let all: BTreeSet<String> = sqlite(&folder).await.tables().await.unwrap().into_iter().collect();
        let known: BTreeSet<String> = TABLES.iter().chain(&OWN).map(|name| (*name).to_owned()).collect();
        assert_eq!(all, known);
    }

    #[tokio::test]
    async fn every_table_comes_after_those_that_it_refers_to() {
        let folder = tempfile::tempdir().unwrap();
        let mut snapshot = sqlite(&folder).await;
        for (place, table) in TABLES.iter().enumerate() {
            let parents = "SELECT DISTINCT \"table\" FROM pragma_foreign_key_list($1)";
            for parent in snapshot.ask(parents, &[(*table).into()]).await.unwrap() {
                let parent = parent[0].text().unwrap();
                let before = TABLES[..=place].contains(&parent);
                assert!(before, "{table} refers to {parent}, which comes after it");
            }
        }
    }

    /// Bytes may be a store's own words, as the state of a growing content is: whoever adds such a column says here that
    /// a copy takes it along as it is, or sees to it in `rows`.
    #[tokio::test]
    async fn every_column_of_bytes_was_thought_of() {
        let folder = tempfile::tempdir().unwrap();
        let mut snapshot = sqlite(&folder).await;
        let mut found = Vec::new();
        for table in TABLES {
            let shape = shape(table, &mut snapshot).await.unwrap();
            let bytes = shape.columns.iter().filter(|column| column.kind == Kind::Bytes);
            found.extend(bytes.map(|column| format!("{table}.{}", column.name)));
        }
        let wanted = ["signing_key.secret", "blob_small.bytes", "once.body", "upload.digests", "upload_part.sha256"];
        assert_eq!(found, wanted);
    }

    #[tokio::test]
    async fn both_engines_have_the_same_columns() {
        let folder = tempfile::tempdir().unwrap();
        let mut sqlite = sqlite(&folder).await;
        let Some(url) = attache_db::testing::database().await else { return };
        let db = Db::open(&Target::Postgres(url), &Options::default()).await.unwrap();
        db.migrate(&crate::migrations()).await.unwrap();
        let mut postgres = db.snapshot().await.unwrap();
        for table in TABLES {
            assert_eq!(shape(table, &mut sqlite).await.unwrap(), shape(table, &mut postgres).await.unwrap());
        }
    }
}
