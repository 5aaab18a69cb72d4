//! `attache check`: compares the catalog with the stored contents, and puts right what it may.

use crate::cli::Check;
use crate::{Error, Result};
use attache_core::{CheckPlan, Core};
use std::io::Write;
use std::process::ExitCode;

pub(super) async fn run(core: Core, check: Check, out: &mut impl Write) -> Result<ExitCode> {
    let plan = CheckPlan { repair: check.repair, older_than: check.older_than };
    let report = core.operator().check(plan).await?;
    writeln!(out, "{report}").map_err(Error::io("write the report"))?;
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
