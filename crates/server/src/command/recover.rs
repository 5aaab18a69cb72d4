//! `attache recover`: brings a backup into an empty installation, without what was erased since it was taken.

use super::{copy, erasure, place};
use crate::cli::Recover;
use crate::setting::{Database, Settings};
use crate::{Error, Result, wire};
use attache_core::transfer::{self, Plan};
use attache_model::Clock;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

pub(super) async fn run(settings: &Settings, recover: &Recover, out: &mut impl Write) -> Result<ExitCode> {
    let backup = Settings::in_folder(&recover.from);
    if let Database::Sqlite(file) = &backup.database
        && !file.is_file()
    {
        return Err(Error::Argument(format!("there is no finished backup in {}", recover.from.display())));
    }
    if let Some(ledger) = &recover.erasures {
        // Nothing is brought in if what is to go again cannot be read.
        erasure::check(ledger, None)?;
    }
    let from = place::source(&backup, true).await?;
    let to = place::target(settings).await?;
    let plan = Plan { skip_damaged: recover.skip_damaged };
    let recovered = copy::between(&from, &to, plan, out).await;
    let Some(ledger) = &recover.erasures else { return recovered };
    match recovered {
        // One that was cut off after the copy goes on with the ledger.
        Ok(ExitCode::SUCCESS) | Err(Error::Transfer(transfer::Error::Finished)) => replay(settings, ledger, out).await,
        other => other,
    }
}

/// Replays a ledger over what was recovered, before this command says that it is done.
async fn replay(settings: &Settings, ledger: &Path, out: &mut impl Write) -> Result<ExitCode> {
    let parts = wire::open(settings, settings.public_url_at(settings.listen), Clock::System).await?;
    let replayed = erasure::replay(&parts.core, ledger, out).await;
    parts.db.close().await;
    replayed
}
