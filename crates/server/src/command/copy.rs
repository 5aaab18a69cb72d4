//! `attache copy`: a whole installation from one place to an empty one.

use super::place;
use super::progress::Progress;
use crate::cli::{Copy, Place};
use crate::{Error, Result};
use attache_core::transfer::{self, Plan, Report};
use attache_model::Clock;
use std::io::Write;
use std::process::ExitCode;

pub(super) async fn run(flags: &Place, copy: &Copy, out: &mut impl Write) -> Result<ExitCode> {
    if flags.data.is_some() || flags.database.is_some() || flags.storage.is_some() || flags.config.is_some() {
        let text = "copy takes its two places by --from and --to, each a data folder or a settings file";
        return Err(Error::Argument(text.into()));
    }
    let from = place::source(&place::settings(&copy.from)?, true).await?;
    let to = place::target(&place::settings(&copy.to)?).await?;
    between(&from, &to, Plan { skip_damaged: copy.skip_damaged }, out).await
}

/// Copies, shows how far it is, and says what came of it.
pub(super) async fn between(
    from: &place::Opened,
    to: &place::Opened,
    plan: Plan,
    out: &mut impl Write,
) -> Result<ExitCode> {
    let progress = Progress::new();
    let copied = transfer::copy(&from.place, &to.place, plan, &Clock::System, &|step| progress.step(step)).await;
    progress.end();
    from.place.db.close().await;
    to.place.db.close().await;
    let report = copied?;
    say(&report, out).map_err(Error::io("write the report"))?;
    Ok(if report.finished { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A line for each damaged content, then the sums.
pub(super) fn say(report: &Report, out: &mut impl Write) -> std::io::Result<()> {
    for damage in &report.damaged {
        writeln!(out, "{damage}")?;
    }
    let Report { copied, bytes, kept, rows, restarted, removed, .. } = report;
    writeln!(
        out,
        "{copied} contents with {bytes} bytes copied, {kept} were there already, {removed} removed; {rows} rows"
    )?;
    if *restarted > 0 {
        writeln!(out, "{restarted} uploads on their way begin anew: their bytes could not be read")?;
    }
    match (report.finished, report.damaged.len()) {
        (true, 0) => writeln!(out, "finished"),
        (true, damaged) => writeln!(out, "finished without {damaged} damaged contents"),
        (false, damaged) => writeln!(
            out,
            "not finished: {damaged} contents of the source are damaged; mend them, or copy the rest by --skip-damaged"
        ),
    }
}
