//! A backup: rows and bytes of one moment, taken while servers work on the source.

use super::{Error, Outcome, Place, Report, Watch, content, growing, prune, rows, snapshot, source_id};
use crate::hold::while_held;
use crate::migrations;
use attache_db::Db;
use attache_model::Clock;

/// Writes the rows of a moment into `to`, whose database is new and becomes the backup's when the caller gives it its
/// name, and their bytes beside those that are there. `earlier` is the database of the backup that is there: it stays
/// whole until [`tidy`].
///
/// # Errors
/// What keeps it from its end; the earlier backup is then as it was. `NotEmpty` when the earlier one is of another
/// installation.
pub async fn backup(
    from: &Place,
    to: &Place,
    earlier: Option<&Db>,
    clock: &Clock,
    watch: &Watch<'_>,
) -> Outcome<Report> {
    let id = source_id(&from.db, clock).await?;
    to.blobs.mark(&id).await.map_err(|error| match error {
        attache_blobs::Error::Foreign { found } => {
            Error::NotEmpty(format!("it holds a backup of another installation, {found}"))
        }
        error => Error::blobs("mark the backup")(error),
    })?;
    to.db.migrate(&migrations()).await.map_err(Error::db("make the backup's tables"))?;
    while_held(&from.db, clock, "backup", held(from, to, earlier, watch)).await
}

/// The backup itself. The source's snapshot is over when its rows are written: what lasts is the copying of bytes, and for
/// that the rows of the backup are as good.
async fn held(from: &Place, to: &Place, earlier: Option<&Db>, watch: &Watch<'_>) -> Outcome<Report> {
    let mut report = Report::default();
    let mut moment = snapshot(&from.db, "read the source's rows").await?;
    let mut before = match earlier {
        Some(db) => Some(snapshot(db, "read the earlier backup").await?),
        None => None,
    };
    let grown = growing::copy(&from.blobs, &mut moment, &to.blobs, before.as_mut(), &mut report, watch).await?;
    let (load, count) = rows::load(&mut moment, &to.db, &grown, watch).await?;
    load.commit().await.map_err(Error::db("write the rows"))?;
    drop((moment, before));
    let mut rows = snapshot(&to.db, "read the backup's rows").await?;
    content::copy(&from.blobs, &mut rows, &to.blobs, &mut report, watch).await?;
    report.rows = count;
    report.finished = true;
    Ok(report)
}

/// Removes from a backup what only an earlier one had; how many contents that were. Nobody may be at work on it.
///
/// # Errors
/// What keeps it from its end; the backup is whole even so.
pub async fn tidy(backup: &Place, watch: &Watch<'_>) -> Outcome<u64> {
    let mut rows = snapshot(&backup.db, "read the backup's rows").await?;
    prune::prune(&mut rows, &backup.blobs, watch).await
}
