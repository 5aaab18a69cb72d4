//! A copy: a whole installation into an empty place, while nobody works on either.

use super::{Error, Outcome, Place, Report, Watch, content, growing, prune, rows, snapshot, source_id, target};
use crate::table::transfer;
use attache_db::{Db, Engine, Snapshot};
use attache_model::Clock;

/// The servers at work on a PostgreSQL database: each has a connection that hears the signals of the others.
const SERVERS: &str = "SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name LIKE 'attache signals %'";

/// How to copy.
#[derive(Clone, Copy, Debug, Default)]
pub struct Plan {
    /// Finish although some of the source's contents are damaged; the copy lacks them as the source does.
    pub skip_damaged: bool,
}

/// Copies everything from one place to another: first bytes, then rows, in one commit. A copy that was cut off goes on
/// when it is asked for again; until then no server starts on the target.
///
/// # Errors
/// What keeps it from its end. The target keeps what it has by then, and the source is as it was.
pub async fn copy(from: &Place, to: &Place, plan: Plan, clock: &Clock, watch: &Watch<'_>) -> Outcome<Report> {
    let id = source_id(&from.db, clock).await?;
    let mut report = Report::default();
    let mut rows = snapshot(&from.db, "read the source's rows").await?;
    demand_no_server(&from.db, &mut rows).await?;
    target::prepare(to, &id).await?;
    content::copy(&from.blobs, &mut rows, &to.blobs, &mut report, watch).await?;
    let grown = growing::copy(&from.blobs, &mut rows, &to.blobs, None, &mut report, watch).await?;
    if !report.damaged.is_empty() && !plan.skip_damaged {
        return Ok(report);
    }
    report.removed = prune::prune(&mut rows, &to.blobs, watch).await?;
    let (mut load, count) = rows::load(&mut rows, &to.db, &grown, watch).await?;
    load.run(transfer::done(), &[]).await.map_err(Error::db("end the copy"))?;
    load.commit().await.map_err(Error::db("write the rows"))?;
    report.rows = count;
    report.finished = true;
    Ok(report)
}

/// What servers change meanwhile would not be in the copy, and they would go on with what is not theirs any more. Those
/// on SQLite hold the data folder.
async fn demand_no_server(db: &Db, rows: &mut Snapshot) -> Outcome<()> {
    if db.engine() != Engine::Postgres {
        return Ok(());
    }
    let found = rows.ask(SERVERS, &[]).await.map_err(Error::db("look for servers"))?;
    match found.first().and_then(|row| row.first()?.int()) {
        Some(0) | None => Ok(()),
        Some(count) => Err(Error::Served(count)),
    }
}
