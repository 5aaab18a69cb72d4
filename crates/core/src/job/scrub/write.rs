//! Writing down what contents turned out to be. Each statement is guarded by what was there, so that of several that find
//! the same damage one counts it, and a content that died meanwhile is no finding.

use super::{Damage, ScrubReport, Seen, sample};
use crate::Core;
use crate::table::scrub::{self, Row};
use crate::unit::{Outcome, Tenanted, bare};
use attache_db::Tx;
use attache_model::{Result, Time};
use std::sync::Arc;
use std::time::Duration;

/// How many of its files are told of a damaged content.
const FILES: u32 = 20;
/// A damaged content is looked at again after this long, in case that its disk came back.
const SECOND_LOOK: Duration = Duration::from_secs(24 * 3600);

/// A content that was looked at, and what it is; `None` when it could not be read.
#[derive(Debug)]
pub(super) struct Looked {
    pub(super) row: Row,
    pub(super) seen: Option<Seen>,
}

/// What that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change {
    None,
    Damaged(Damage),
    Mended,
    /// It died meanwhile.
    Gone,
}

#[derive(Clone, Copy, Debug)]
struct Plan {
    now: Time,
    days: u64,
    permille: u64,
}

/// Writes down what some contents are, says it in the log, and counts it.
pub(super) async fn write(core: &Core, looked: Vec<Looked>, report: &mut ScrubReport) -> Result<Vec<Change>> {
    let limits = core.limits();
    let plan = Plan { now: core.now(), days: limits.scrub_days, permille: limits.scrub_sample };
    let looked = Arc::new(looked);
    let fixed = looked.clone();
    let unit = bare::<Vec<Change>, _>(move |tx| {
        let looked = fixed.clone();
        Box::pin(async move {
            let mut changes = Vec::with_capacity(looked.len());
            for one in looked.iter() {
                changes.push(keep(tx, one, plan).await?);
            }
            Ok(changes)
        })
    });
    let changes = core.write_all("write down what was read again", unit).await?;
    for (one, change) in looked.iter().zip(&changes) {
        tell(core, one, change, report);
    }
    Ok(changes)
}

async fn keep(tx: &mut Tx, one: &Looked, plan: Plan) -> Outcome<Change> {
    let Row { account, key, created_at, damaged, .. } = &one.row;
    let (t, now) = (&mut Tenanted::new(tx, *account), plan.now);
    let again = sample::next(key, *created_at, now, plan.permille);
    match one.seen {
        None => scrub::pass_by(t, key, again).await.map(|()| Change::None),
        Some(Seen::Whole) if *damaged => Ok(match scrub::unmark(t, key, now).await? {
            true => Change::Mended,
            false => Change::None,
        }),
        Some(Seen::Whole) => scrub::read_now(t, key, now, again).await.map(|()| Change::None),
        Some(Seen::Missing) => mark(t, key, "its bytes are not there", plan).await,
        Some(Seen::Damaged(why)) => mark(t, key, why, plan).await,
    }
}

async fn mark(t: &mut Tenanted<'_>, key: &str, why: &'static str, plan: Plan) -> Outcome<Change> {
    // As old as lets it come up again after the second look's time.
    let all = Duration::from_secs(plan.days.saturating_mul(24 * 3600));
    let read_at = plan.now.minus(all.saturating_sub(SECOND_LOOK));
    let is_new = scrub::mark(t, key, plan.now, read_at).await?;
    if !is_new {
        scrub::read_now(t, key, read_at, None).await?;
    }
    let Some(row) = scrub::get(t, key).await? else { return Ok(Change::Gone) };
    let files = scrub::files(t, key, FILES).await?;
    Ok(Change::Damaged(Damage { account: row.account, key: row.key, files, why, is_new }))
}

fn tell(core: &Core, one: &Looked, change: &Change, report: &mut ScrubReport) {
    let Row { account, key, size, .. } = &one.row;
    match change {
        Change::Damaged(damage) if damage.is_new => tracing::error!(
            %account, key, files = ?damage.files.iter().map(|no| no.0).collect::<Vec<_>>(), why = damage.why,
            "a stored content is damaged; it is not served until it is whole again"
        ),
        Change::Mended => tracing::warn!(%account, key, "a stored content that was damaged is whole again"),
        Change::Damaged(_) | Change::None | Change::Gone => {}
    }
    match change {
        Change::Damaged(damage) => report.damaged.push(damage.clone()),
        Change::Mended => report.mended += 1,
        Change::None | Change::Gone => {}
    }
    match one.seen {
        Some(_) => {
            report.contents += 1;
            report.bytes += size;
        }
        None => report.unread += 1,
    }
    core.0.scrub.counts.written(one.seen.is_some(), *size, change);
}
