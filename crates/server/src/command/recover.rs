//! `attache recover`: brings a backup into an empty installation.

use super::{copy, place};
use crate::cli::Recover;
use crate::setting::{Database, Settings};
use crate::{Error, Result};
use attache_core::transfer::Plan;
use std::io::Write;
use std::process::ExitCode;

pub(super) async fn run(settings: &Settings, recover: &Recover, out: &mut impl Write) -> Result<ExitCode> {
    let backup = Settings::in_folder(&recover.from);
    if let Database::Sqlite(file) = &backup.database
        && !file.is_file()
    {
        return Err(Error::Argument(format!("there is no finished backup in {}", recover.from.display())));
    }
    let from = place::source(&backup, true).await?;
    let to = place::target(settings).await?;
    copy::between(&from, &to, Plan { skip_damaged: recover.skip_damaged }, out).await
}
