//! What became of several things: each failure is told as it happens, and all of them make one exit code.

use super::bar::Bar;
use super::failure::{Exit, Failure, Result};
use super::output::Output;
use std::io::Write;

/// What went wrong so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    exit: Option<Exit>,
    pub(super) failed: usize,
}

impl Tally {
    /// Notes a failure about something that was named, and says it.
    ///
    /// # Errors
    /// The failure itself, where going on makes no sense: the server is away, or the token is the wrong one.
    pub(super) fn failed(
        &mut self,
        named: &str,
        failure: Failure,
        bar: Option<&Bar>,
        out: &mut Output<'_>,
    ) -> Result<()> {
        out.failed(named, &failure)?;
        let is_hopeless = failure.exit == Exit::Away || matches!(&*failure.code, "unauthenticated" | "scope_missing");
        if is_hopeless {
            return Err(failure);
        }
        let failure = failure.about(named);
        match bar {
            Some(bar) => bar.say(&format!("attache: {}", failure.words)),
            // Nothing is left to do when nobody can read it.
            None => drop(writeln!(std::io::stderr(), "attache: {}", failure.words)),
        }
        self.failed += 1;
        self.exit = Some(match self.exit {
            // Failures of several kinds are trouble.
            Some(exit) if exit != failure.exit => Exit::Trouble,
            _ => failure.exit,
        });
        Ok(())
    }

    /// The exit code of all.
    pub(super) fn exit(&self) -> Exit {
        self.exit.unwrap_or(Exit::Done)
    }
}
