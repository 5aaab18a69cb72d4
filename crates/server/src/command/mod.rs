//! The commands of the binary. Those of a client speak to a server and open nothing of this machine's; each of the others
//! opens what it needs by itself, so all of them work while a server runs.

mod account;
mod audit;
mod backup;
mod check;
mod client;
mod clock;
mod copy;
mod erasure;
mod grant;
mod migrate;
mod place;
mod progress;
mod recover;
mod render;
mod scrub;
mod table;
mod token;

use crate::cli::{Cli, Command, ErasureCommand, Migrate, Operate, Place, Reach};
use crate::data::DataFolder;
use crate::setting::{Database, Settings};
use crate::{Error, Result, log, serve, wire};
use attache_core::Core;
use attache_model::Clock;
use std::io::Write;
use std::process::ExitCode;
use tokio::runtime::{Builder, Runtime};

/// The exit code of a command that could not do its work; 1 is kept for a check that found something.
const TROUBLE: u8 = 2;

/// Reads the command line and runs its command.
pub fn main() -> ExitCode {
    match run(Cli::read(), &mut std::io::stdout().lock()) {
        Ok(code) => code,
        Err(error) => {
            // Nothing is left to do when even the error cannot be written.
            let _ = writeln!(std::io::stderr(), "attache: {error}");
            ExitCode::from(TROUBLE)
        }
    }
}

/// Runs the command that was typed; what it has to say goes to `out`.
pub fn run(cli: Cli, out: &mut impl Write) -> Result<ExitCode> {
    match cli.command {
        Command::Client(command) => Ok(client::run(command, out)),
        Command::Operate(command) => operate(&cli.place, command, out),
    }
}

fn operate(place: &Place, command: Operate, out: &mut impl Write) -> Result<ExitCode> {
    match command {
        Operate::Serve(reach) => {
            serve::until_stopped(&settings(place, &reach)?, out)?;
            Ok(ExitCode::SUCCESS)
        }
        Operate::Config(reach) => {
            settings(place, &reach)?.write_to(out).map_err(Error::io("write the settings"))?;
            Ok(ExitCode::SUCCESS)
        }
        Operate::Account(command) => {
            with_core(place, account::makes(&command), |core| account::run(core, command, out))
        }
        Operate::Token(command) => with_core(place, false, |core| token::run(core, command, out)),
        Operate::Grant(command) => with_core(place, false, |core| grant::run(core, command, out)),
        Operate::Erasure(ErasureCommand::Verify(wish)) => erasure::verify(&wish, out),
        Operate::Erasure(command) => with_core(place, false, |core| erasure::run(core, command, out)),
        Operate::Copy(wish) => {
            log::start(&settings(place, &Reach::default())?, "warn");
            runtime()?.block_on(copy::run(place, &wish, out))
        }
        Operate::Backup(wish) => {
            let settings = settings(place, &Reach::default())?;
            log::start(&settings, "warn");
            runtime()?.block_on(backup::run(&settings, &wish, out))
        }
        Operate::Recover(wish) => {
            let settings = settings(place, &Reach::default())?;
            log::start(&settings, "warn");
            runtime()?.block_on(recover::run(&settings, &wish, out))
        }
        Operate::Migrate(wish) => migrate_with(place, &wish, out),
        Operate::Render(wish) => Ok(render::run(&wish)),
        Operate::Audit(command) => with_core(place, false, |core| audit::run(core, command, out)),
        Operate::Scrub(wish) => with_core(place, false, |core| scrub::run(core, wish, out)),
        Operate::Clock(command) => with_core(place, false, |core| clock::run(core, command, out)),
        Operate::Check(check) => with_core(place, false, |core| check::run(core, check, out)),
    }
}

fn settings(place: &Place, reach: &Reach) -> Result<Settings> {
    Settings::resolve(place, reach, std::env::vars_os())
}

fn migrate_with(place: &Place, wish: &Migrate, out: &mut impl Write) -> Result<ExitCode> {
    let settings = settings(place, &Reach::default())?;
    log::start(&settings, "warn");
    if let Database::Sqlite(_) = settings.database {
        DataFolder::existing(&settings.data)?;
    }
    runtime()?.block_on(migrate::run(&settings, wish, out))
}

/// Opens core for one command, without the lock of the data folder, and closes the database after it.
fn with_core<F: Future<Output = Result<ExitCode>>>(
    place: &Place,
    make_folder: bool,
    command: impl FnOnce(Core) -> F,
) -> Result<ExitCode> {
    let settings = settings(place, &Reach::default())?;
    log::start(&settings, "warn");
    if settings.keeps_files() {
        if make_folder { DataFolder::open(&settings.data) } else { DataFolder::existing(&settings.data) }?;
    }
    runtime()?.block_on(async {
        let parts = wire::open(&settings, settings.public_url_at(settings.listen), Clock::System).await?;
        let outcome = command(parts.core.clone()).await;
        parts.db.close().await;
        outcome
    })
}

/// One thread is enough for a command.
fn runtime() -> Result<Runtime> {
    Builder::new_current_thread().enable_all().build().map_err(Error::io("start the runtime"))
}
