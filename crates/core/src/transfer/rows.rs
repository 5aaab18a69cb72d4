//! The rows: all tables from a snapshot into one transaction of the target.

use super::growing::Grown;
use super::table::{Rows, TABLES, shape};
use super::{Error, Outcome, Step, Watch, snapshot};
use attache_db::{Db, Load, Row, Snapshot, Value};

/// Copies every table into the target, whose tables are empty, and answers the transaction that is to be committed, with
/// the number of its rows. Uploads on their way get the states that their bytes have in the target.
pub(super) async fn load(source: &mut Snapshot, target: &Db, grown: &Grown, watch: &Watch<'_>) -> Outcome<(Load, u64)> {
    let mut there = snapshot(target, "look at the target's tables").await?;
    let mut load = target.load().await.map_err(Error::db("begin to write rows"))?;
    let mut count = 0;
    for table in TABLES {
        watch(Step::Table { name: table });
        let mut rows = Rows::of(table, source).await?;
        if shape(table, &mut there).await? != rows.shape {
            return Err(Error::Schema(format!("the table {table} is not the same in the source and in the target")));
        }
        load.table(&rows.shape).await.map_err(Error::db("write rows"))?;
        let change = Change::of(table, &rows)?;
        loop {
            let mut some = rows.next(source).await?;
            if some.is_empty() {
                break;
            }
            let read = some.len() as u64;
            change.apply(&mut some, grown);
            load.add(some).await.map_err(Error::db("write rows"))?;
            watch(Step::Rows { count: read });
            count += read;
        }
    }
    Ok((load, count))
}

/// What differs between a row of the source and the one of the target.
enum Change {
    Nothing,
    /// Places of account, number, state, received, parts and digests.
    Upload([usize; 6]),
    /// Places of account and upload.
    Part([usize; 2]),
}

impl Change {
    fn of(table: &str, rows: &Rows) -> Outcome<Change> {
        Ok(match table {
            "upload" => Change::Upload(rows.places(["account_no", "no", "state", "received", "parts", "digests"])?),
            "upload_part" => Change::Part(rows.places(["account_no", "upload_no"])?),
            _ => Change::Nothing,
        })
    }

    fn apply(&self, rows: &mut Vec<Row>, grown: &Grown) {
        match self {
            Change::Nothing => {}
            Change::Upload(places) => rows.iter_mut().for_each(|row| upload(row, *places, grown)),
            Change::Part([account, no]) => rows.retain(|row| {
                let key = row[*account].int().zip(row[*no].int());
                !key.is_some_and(|key| matches!(grown.get(&key), Some(None)))
            }),
        }
    }
}

/// An upload whose bytes are in the target goes on from where it was; one whose bytes are not begins anew.
fn upload(row: &mut Row, [account, no, state, received, parts, digests]: [usize; 6], grown: &Grown) {
    let Some(key) = row[account].int().zip(row[no].int()) else { return };
    match grown.get(&key) {
        None => {}
        Some(Some(now)) => row[digests] = Value::Bytes(now.clone()),
        Some(None) => {
            for place in [state, received, parts] {
                row[place] = Value::Int(0);
            }
            row[digests] = Value::Bytes(Vec::new());
        }
    }
}
