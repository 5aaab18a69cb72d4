//! Why a command of a client did not do its work: one line that says what to do, and an exit code.

use attache_client::{Error, Problem};
use std::io::{self, Write};
use std::process::ExitCode;

/// The result of a command.
pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

/// How a command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything was done.
    Done = 0,
    /// Something was not found.
    Missing = 1,
    /// It could not be done.
    Trouble = 2,
    /// The token is not known, or may not do it.
    Refused = 3,
    /// Something is there already, or was changed meanwhile.
    Conflict = 4,
    /// The server cannot be reached.
    Away = 5,
    /// Somebody interrupted it.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// Why something was not done.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// A stable word: the server's own, where it refused something.
    pub(crate) code: String,
    /// One line.
    pub(crate) words: String,
}

impl Failure {
    pub(crate) fn new(exit: Exit, code: &str, words: impl Into<String>) -> Failure {
        Failure { exit, code: code.to_owned(), words: words.into() }
    }

    pub(crate) fn trouble(words: impl Into<String>) -> Failure {
        Failure::new(Exit::Trouble, "trouble", words)
    }

    pub(crate) fn missing(words: impl Into<String>) -> Failure {
        Failure::new(Exit::Missing, "not_found", words)
    }

    /// A name that is taken.
    pub(crate) fn taken() -> Failure {
        let words = "the name is taken by other content; see --on-conflict for what to do then";
        Failure::new(Exit::Conflict, "name_taken", words)
    }

    pub(crate) fn interrupted(goes_on: bool) -> Failure {
        let words = if goes_on { "interrupted; run the same command again and it goes on" } else { "interrupted" };
        Failure::new(Exit::Interrupted, "interrupted", words)
    }

    /// A failure of reading or writing; `op` says what was tried, with its object.
    pub(crate) fn io(op: impl Into<String>) -> impl FnOnce(io::Error) -> Failure {
        let op = op.into();
        move |error| {
            let words = error.to_string();
            let words = words.split(" (os error").next().unwrap_or(&words).to_lowercase();
            Failure::trouble(format!("{op}: {words}"))
        }
    }

    /// The same failure, about something.
    pub(crate) fn about(self, what: &str) -> Failure {
        match self.exit {
            // These are about the server or the token, whatever was asked for.
            Exit::Away | Exit::Refused | Exit::Interrupted => self,
            _ if self.words.contains(what) => self,
            _ => Failure { words: format!("{what}: {}", self.words), ..self },
        }
    }

    /// Says it on standard error.
    pub(crate) fn tell(&self) -> ExitCode {
        if self.code != BROKEN_PIPE {
            // Nothing is left to do when even this cannot be written.
            let _ = writeln!(io::stderr(), "attache: {}", self.words);
        }
        self.exit.into()
    }
}

/// The word for an output that nobody reads any more, as in `attache ls | head`.
const BROKEN_PIPE: &str = "broken_pipe";

/// Standard output could not be written.
pub(crate) fn unwritten(error: io::Error) -> Failure {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Failure::new(Exit::Done, BROKEN_PIPE, "");
    }
    Failure::io("write to standard output")(error)
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        let words = error.to_string();
        match error {
            Error::Refused(problem) => refused(&problem),
            Error::Unreachable { .. } => {
                let words = format!("{words}; see whether it runs and whether the address is right");
                Failure::new(Exit::Away, "unreachable", words)
            }
            Error::Foreign { .. } => Failure::new(Exit::Trouble, "foreign", words),
            Error::Address(_) | Error::Io { .. } => Failure::trouble(words),
        }
    }
}

/// A refusal of the server, in words that say what to do.
fn refused(problem: &Problem) -> Failure {
    let detail = problem.detail.trim_end_matches('.');
    let (exit, words) = match problem.code.as_str() {
        "unauthenticated" => (
            Exit::Refused,
            "the server does not know this token (any more); run 'attache login' with another one".into(),
        ),
        "scope_missing" => {
            let scope = problem.scope.as_ref().map_or_else(|| detail.to_owned(), |scope| format!("it lacks {scope}"));
            (Exit::Refused, format!("this token may not do that: {scope}; run 'attache login' with one that may"))
        }
        "not_found" | "gone" => (Exit::Missing, lower(detail)),
        "name_taken" => return Failure::taken(),
        "quota_exceeded" | "count_exceeded" => {
            (Exit::Trouble, "the account has no room left; remove files, or ask its operator for more".into())
        }
        "checksum_mismatch" | "length_mismatch" => (
            Exit::Trouble,
            "it changed while it was sent, or was damaged on the way; nothing of it was kept, send it again".into(),
        ),
        _ if problem.status == 403 => (Exit::Refused, lower(detail)),
        _ if matches!(problem.status, 409 | 412) => (Exit::Conflict, lower(detail)),
        _ => (Exit::Trouble, lower(detail)),
    };
    Failure::new(exit, &problem.code, words)
}

/// A sentence as the end of a line.
fn lower(text: &str) -> String {
    let mut letters = text.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => first.to_lowercase().chain(letters).collect(),
        _ => text.to_owned(),
    }
}
