//! `attache scrub`: reads stored contents again, and says which are damaged.

use crate::cli::Scrub;
use crate::{Error, Result};
use attache_core::Core;
use std::io::Write;
use std::process::ExitCode;

pub(super) async fn run(core: Core, wish: Scrub, out: &mut impl Write) -> Result<ExitCode> {
    let operator = core.operator();
    let report = if wish.due { operator.scrub_due().await? } else { operator.scrub().await? };
    writeln!(out, "{report}").map_err(Error::io("write the report"))?;
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
