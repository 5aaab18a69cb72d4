//! `attache clock`: whether servers believe the time, and the word of whoever knows it.

use crate::cli::ClockCommand;
use crate::{Error, Result};
use attache_core::Core;
use std::io::Write;
use std::process::ExitCode;

pub(super) async fn run(core: Core, command: ClockCommand, out: &mut impl Write) -> Result<ExitCode> {
    let fail = Error::io("write the answer");
    match command {
        ClockCommand::Show => {
            let moments = core.operator().moments().await?;
            let seen = moments.seen.map_or_else(|| String::from("nothing yet"), |seen| seen.to_string());
            writeln!(out, "now:  {}\nseen: {seen}", moments.now).map_err(fail)?;
            Ok(if moments.are_near() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        ClockCommand::Confirm => {
            let now = core.operator().confirm_clock().await?;
            writeln!(out, "{now} is confirmed; servers purge again within five minutes").map_err(fail)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}
