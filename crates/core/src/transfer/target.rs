//! Whether a place may take a copy in: it is empty, or the same copy was cut off there.

use super::table::TABLES;
use super::{Error, Outcome, Place, snapshot};
use crate::migrations;
use crate::table::transfer::{self, Begun};
use crate::unit::bare;
use attache_blobs::Blobs;
use attache_db::{Db, Snapshot};
use std::sync::Arc;

/// Makes the target ready for a copy of the installation `id`. From here on no server starts on it until the copy is whole.
///
/// # Errors
/// `NotEmpty`, `OtherCopy`, `Finished`.
pub(super) async fn prepare(target: &Place, id: &str) -> Outcome<()> {
    target.db.migrate(&migrations()).await.map_err(Error::db("bring the target's schema up to date"))?;
    match begun(&target.db).await? {
        Some(Begun { from, done: false }) if from == id => {}
        Some(Begun { from, done: true }) if from == id => return Err(Error::Finished),
        Some(Begun { from, .. }) => return Err(Error::OtherCopy(from)),
        None => {
            demand_no_rows(&mut snapshot(&target.db, "look at the target's rows").await?).await?;
            demand_no_contents(&target.blobs).await?;
            begin(&target.db, id).await?;
        }
    }
    target.blobs.mark(id).await.map_err(|error| match error {
        attache_blobs::Error::Foreign { found } => {
            Error::NotEmpty(format!("its store belongs to another installation, {found}"))
        }
        error => Error::blobs("mark the target's store")(error),
    })
}

async fn begun(db: &Db) -> Outcome<Option<Begun>> {
    let find = bare::<Option<Begun>, _>(|tx| Box::pin(transfer::find(tx)));
    db.read(find).await.map_err(Error::fault("look at the target"))
}

async fn begin(db: &Db, id: &str) -> Outcome<()> {
    let id = Arc::<str>::from(id);
    let unit = bare::<(), _>(move |tx| {
        let id = id.clone();
        Box::pin(async move { transfer::begin(tx, &id).await })
    });
    db.write(unit).await.map_err(Error::fault("begin the copy"))
}

async fn demand_no_rows(rows: &mut Snapshot) -> Outcome<()> {
    for table in TABLES {
        let found = rows.ask(&format!("SELECT 1 FROM {table} LIMIT 1"), &[]).await;
        if !found.map_err(Error::db("look at the target's rows"))?.is_empty() {
            return Err(Error::NotEmpty(format!("its table {table} has rows")));
        }
    }
    Ok(())
}

async fn demand_no_contents(blobs: &Blobs) -> Outcome<()> {
    for mut listing in [blobs.keys(), blobs.growths()] {
        let some = listing.next_batch().await.map_err(Error::blobs("look at the target's contents"))?;
        if some.is_some() {
            return Err(Error::NotEmpty("its store holds contents".to_owned()));
        }
    }
    Ok(())
}
