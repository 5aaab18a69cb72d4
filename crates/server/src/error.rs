//! What can keep a command from doing its work, in words for the person who typed it.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// The result of a command.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A setting whose value cannot be used.
    #[error("{origin}: '{value}' is no good value for {name}: {why}")]
    Setting {
        /// The setting's name.
        name: String,
        /// Which flag, variable or file it came from.
        origin: String,
        /// The value that was given.
        value: String,
        /// What would be right.
        why: String,
    },
    /// A setting that there is not.
    #[error("{origin}: there is no setting '{name}'{}", nearest_hint(.nearest))]
    UnknownSetting {
        /// The name that was given.
        name: String,
        /// Where it stands.
        origin: String,
        /// The known name that is most like it.
        nearest: Option<String>,
    },
    /// The settings file cannot be read.
    #[error("the settings file {}: {why}", path.display())]
    SettingsFile {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The data folder cannot be made or used.
    #[error("the data folder {}: {source}", path.display())]
    Data {
        /// Which folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another server works on the data folder.
    #[error(
        "the data folder {} is in use by another attache server{}; one server works on a data folder at a time",
        path.display(), pid_hint(.pid)
    )]
    DataInUse {
        /// Which folder.
        path: PathBuf,
        /// The other server's process, when its lock file names it.
        pid: Option<u32>,
    },
    /// The address is not to be had.
    #[error("cannot listen on {address}: {source}; --listen chooses another address")]
    Listen {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// An argument of a command that cannot be used.
    #[error("{0}")]
    Argument(String),
    /// The database cannot be opened.
    #[error("the database {database}: {source}")]
    Database {
        /// Which one, without its password.
        database: String,
        /// What it said.
        source: attache_db::Error,
    },
    /// The database lacks migrations, which the settings leave to the operator.
    #[error(
        "the database {database} has an old schema: it lacks {}, and the setting migrate is check; run attache migrate",
        .lacking.join(", ")
    )]
    OldSchema {
        /// Which one, without its password.
        database: String,
        /// The migrations, by number and name.
        lacking: Vec<String>,
    },
    /// The store of contents cannot be opened.
    #[error("the contents in {storage}: {source}")]
    Blobs {
        /// Which store.
        storage: String,
        /// What it said.
        source: attache_blobs::Error,
    },
    /// Rows and contents are there and cannot be worked on.
    #[error("{}; the database is {database}, the contents are in {storage}", core_words(.source))]
    Opening {
        /// Which database, without its password.
        database: String,
        /// Which store.
        storage: String,
        /// What is wrong.
        source: attache_model::Error,
    },
    /// An operation that core refused or could not do.
    #[error("{}", core_words(.0))]
    Core(#[from] attache_model::Error),
    /// A copy, a backup or what is restored from one did not come to its end.
    #[error("{0}")]
    Transfer(#[from] attache_core::transfer::Error),
    /// Reading or writing failed.
    #[error("{op}: {source}")]
    Io {
        /// What was tried.
        op: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

impl Error {
    /// An input or output operation that failed.
    pub fn io(op: &'static str) -> impl FnOnce(io::Error) -> Error {
        move |source| Error::Io { op, source }
    }
}

fn nearest_hint(nearest: &Option<String>) -> String {
    match nearest {
        Some(name) => format!("; the nearest known one is '{name}'"),
        None => "; `attache config` lists all".into(),
    }
}

fn pid_hint(pid: &Option<u32>) -> String {
    pid.map(|pid| format!(" (process {pid})")).unwrap_or_default()
}

/// On the command line the reader is the operator, who may and must see the cause.
fn core_words(error: &attache_model::Error) -> String {
    match error {
        attache_model::Error::Unavailable(cause) | attache_model::Error::Internal(cause) => cause.to_string(),
        other => other.to_string(),
    }
}
