//! The commands of a client of a server. What they find is written to standard output; what they have to say about it, to
//! standard error.

mod bar;
mod failure;
mod find;
mod get;
mod home;
mod link;
mod login;
mod ls;
mod name;
mod output;
mod pages;
mod profile;
mod put;
mod rm;
mod secret;
mod tally;

use crate::cli::{Client as Command, Session};
use attache_client::{Address, Client};
use failure::{Exit, Failure, Result};
use output::Output;
use profile::{Login, Profiles};
use std::io::Write;
use std::process::ExitCode;
use tokio::runtime::Builder;

/// A server that commands speak to.
pub(crate) struct Site {
    pub(crate) client: Client,
}

/// Runs a command of a client to its end, or until somebody interrupts it.
pub(super) fn run(command: Command, out: &mut impl Write) -> ExitCode {
    let hint = goes_on(&command);
    let runtime = match Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return Failure::trouble(format!("start the runtime: {error}")).tell(),
    };
    let done = runtime.block_on(async {
        tokio::select! {
            biased;
            _ = tokio::signal::ctrl_c() => Err(Failure::interrupted(hint)),
            done = dispatch(command, out) => done,
        }
    });
    // Somebody may still be waiting for standard input; nobody waits for them.
    runtime.shutdown_background();
    match done {
        Ok(code) => code.into(),
        Err(failure) => failure.tell(),
    }
}

async fn dispatch(command: Command, out: &mut impl Write) -> Result<Exit> {
    let out: &mut dyn Write = out;
    match command {
        Command::Login(wish) => login::login(&wish, &mut Output::new(out, &wish.session)).await,
        Command::Logout(session) => login::logout(&session, &mut Output::new(out, &session)),
        Command::Whoami(session) => login::whoami(&session, &mut Output::new(out, &session)).await,
        Command::Put(wish) => put::run(&wish, &mut Output::new(out, &wish.session)).await,
        Command::Get(wish) => get::run(&wish, &mut Output::new(out, &wish.session)).await,
        Command::Ls(wish) => ls::run(&wish, &mut Output::new(out, &wish.session)).await,
        Command::Find(wish) => find::run(&wish, &mut Output::new(out, &wish.session)).await,
        Command::Rm(wish) => rm::run(&wish, &mut Output::new(out, &wish.session)).await,
        Command::Restore(wish) => rm::restore(&wish, &mut Output::new(out, &wish.session)).await,
        Command::Link(wish) => link::link(&wish, &mut Output::new(out, &wish.session)).await,
        Command::Unlink(wish) => link::unlink(&wish, &mut Output::new(out, &wish.session)).await,
        Command::Share(wish) => link::share(&wish, &mut Output::new(out, &wish.session)).await,
        Command::Completions(wish) => pages::completions(&wish, out),
        Command::Man(wish) => pages::man(&wish, out),
    }
}

/// Whether a command that is interrupted goes on where it was when it is run again.
fn goes_on(command: &Command) -> bool {
    match command {
        Command::Put(wish) => wish.sources.iter().all(|source| source.as_os_str() != "-"),
        Command::Get(_) => true,
        _ => false,
    }
}

/// The server that the environment names, else the one of the login.
fn site(session: &Session) -> Result<Site> {
    let Login { url, token } = match login::of_environment()? {
        Some(login) => login,
        None => Profiles::read()?.of(&session.profile)?,
    };
    let client = Client::new(Address::parse(&url)?, &token)?;
    Ok(Site { client })
}
