//! `attache account`: makes and lists accounts.

use super::table;
use crate::cli::AccountCommand;
use crate::{Error, Result};
use attache_core::Core;
use attache_model::Error as Refused;
use std::io::Write;
use std::process::ExitCode;

/// Whether the command may begin a new installation.
pub(super) fn makes(command: &AccountCommand) -> bool {
    matches!(command, AccountCommand::Create { .. })
}

pub(super) async fn run(core: Core, command: AccountCommand, out: &mut impl Write) -> Result<ExitCode> {
    match command {
        AccountCommand::Create { name } => create(&core, &name, out).await?,
        AccountCommand::List => list(&core, out).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn create(core: &Core, name: &str, out: &mut impl Write) -> Result<()> {
    let account = core.operator().make_account(name).await.map_err(|error| match error {
        Refused::Exists { .. } => Error::Argument(format!("there is an account '{name}' already")),
        other => other.into(),
    })?;
    writeln!(out, "account {} '{}' is ready", account.no, account.name).map_err(Error::io("write the answer"))
}

async fn list(core: &Core, out: &mut impl Write) -> Result<()> {
    let accounts = core.operator().accounts().await?;
    let rows: Vec<[String; 3]> = accounts
        .into_iter()
        .map(|account| [account.no.to_string(), account.name, account.created_at.to_string()])
        .collect();
    table::write(out, ["NO", "NAME", "CREATED"], &rows).map_err(Error::io("write the list"))
}
