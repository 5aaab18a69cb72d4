//! What whoever works with files on a server types.

use crate::span;
use attache_client::Conflict;
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;

/// What to do on a server.
#[derive(Subcommand, Debug)]
pub enum Client {
    /// Keep a server's address and a token of it, for all other commands
    Login(Login),
    /// Forget them
    Logout(Session),
    /// Show whose token is in use, and where
    Whoami(Session),
    /// Put files, folders or standard input on the server
    Put(PutWish),
    /// Get files, or folders with all that is in them
    Get(GetWish),
    /// List a folder, or the files of a record
    Ls(Ls),
    /// Find files by name and other properties; exits with 1 when there is none
    Find(Find),
    /// Move files to the trash, or erase them for good
    Rm(Rm),
    /// Bring files back from the trash
    Restore(Names),
    /// Put a file on a record
    Link(OnRecord),
    /// Take a file off a record; the file stays
    Unlink(OnRecord),
    /// Make a link that gives a file to somebody without a token, and print it
    Share(ShareWish),
    /// Print completions for a shell
    Completions(Completions),
    /// Print a manual page, or write all of them
    Man(Man),
}

/// Which server, as whom, and how it is said.
#[derive(Args, Clone, Debug)]
pub struct Session {
    /// Which login to use, where there are several
    #[arg(long, value_name = "NAME", env = "ATTACHE_PROFILE", hide_env_values = true, default_value = "default")]
    pub profile: String,
    /// Say it as JSON: one object for each line
    #[arg(long)]
    pub json: bool,
}

/// Where to log in.
#[derive(Args, Debug)]
pub struct Login {
    /// Address of the server, with its scheme [default: the one of before]
    pub url: Option<String>,
    /// Read the token from standard input instead of asking for it
    #[arg(long)]
    pub token_stdin: bool,
    /// How.
    #[command(flatten)]
    pub session: Session,
}

/// What to put where.
#[derive(Args, Debug)]
pub struct PutWish {
    /// Files and folders of this machine; - is standard input
    #[arg(required = true, value_name = "FILE|DIR|-")]
    pub sources: Vec<PathBuf>,
    /// Folder on the server; it is made when it is missing
    #[arg(long, value_name = "FOLDER", default_value = "/")]
    pub to: String,
    /// Name on the server, for one file or for standard input
    #[arg(long)]
    pub name: Option<String>,
    /// A record to put the files on, such as contact/42; may be given several times
    #[arg(long, value_name = "TYPE/ID")]
    pub record: Vec<String>,
    /// What to do when a name is taken by other content; the same content is never sent twice
    #[arg(long, value_enum, value_name = "WHAT", default_value_t = OnConflict::Refuse)]
    pub on_conflict: OnConflict,
    /// How.
    #[command(flatten)]
    pub session: Session,
}

/// What happens when a name is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OnConflict {
    /// Leave the file that is there alone, and say so
    Refuse,
    /// Call the new one lease-1.pdf
    Number,
    /// As number, and still show the name that was wanted
    Title,
    /// Move the file that is there to the trash
    Replace,
    /// Make it a new version of the file that is there
    Version,
}

impl From<OnConflict> for Conflict {
    fn from(word: OnConflict) -> Conflict {
        match word {
            OnConflict::Refuse => Conflict::Refuse,
            OnConflict::Number => Conflict::Number,
            OnConflict::Title => Conflict::Title,
            OnConflict::Replace => Conflict::Replace,
            OnConflict::Version => Conflict::Version,
        }
    }
}

/// What to get, and where to.
#[derive(Args, Debug)]
pub struct GetWish {
    /// Files by path (/a/b.txt), number or id; folders by path, with --recursive
    #[arg(required = true, value_name = "FILE")]
    pub names: Vec<String>,
    /// File or folder of this machine to write; - is standard output [default: the file's own name, here]
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
    /// Get folders with all that is in them
    #[arg(short, long)]
    pub recursive: bool,
    /// Write over files of this machine that have other content
    #[arg(short, long)]
    pub force: bool,
    /// How.
    #[command(flatten)]
    pub session: Session,
}

/// What to list.
#[derive(Args, Debug)]
pub struct Ls {
    /// A folder or file by path, or a record such as contact/42
    #[arg(value_name = "FOLDER|RECORD", default_value = "/")]
    pub place: String,
    /// With number, version, access and type
    #[arg(short, long)]
    pub long: bool,
    /// How.
    #[command(flatten)]
    pub session: Session,
}

/// What to find. All that is given must hold.
#[derive(Args, Debug)]
pub struct Find {
    /// What the name contains, ignoring case
    #[arg(value_name = "TEXT")]
    pub text: Option<String>,
    /// In this folder or below it
    #[arg(long, value_name = "FOLDER")]
    pub under: Option<String>,
    /// On this record, such as contact/42
    #[arg(long, value_name = "TYPE/ID")]
    pub record: Option<String>,
    /// image, document, audio, video or other; several with commas between them
    #[arg(long, value_name = "KIND")]
    pub kind: Option<String>,
    /// Media type, such as application/pdf or image/*
    #[arg(long = "type", value_name = "TYPE")]
    pub media_type: Option<String>,
    /// Extension without its dot; several with commas between them
    #[arg(long = "ext", value_name = "EXTENSION")]
    pub extension: Option<String>,
    /// At least so many bytes
    #[arg(long, value_name = "BYTES")]
    pub size_min: Option<u64>,
    /// At most so many bytes
    #[arg(long, value_name = "BYTES")]
    pub size_max: Option<u64>,
    /// Made at this time or later, such as 2026-01-31T00:00:00Z
    #[arg(long, value_name = "TIME")]
    pub created_after: Option<String>,
    /// Made before this time
    #[arg(long, value_name = "TIME")]
    pub created_before: Option<String>,
    /// With this SHA-256, in hex
    #[arg(long, value_name = "HEX")]
    pub sha256: Option<String>,
    /// In the trash instead
    #[arg(long)]
    pub trashed: bool,
    /// name, size, created, updated or no, with - before it for the other way round
    #[arg(long, value_name = "KEY", default_value = "no", allow_hyphen_values = true)]
    pub sort: String,
    /// With number, version, access and type
    #[arg(short, long)]
    pub long: bool,
    /// How.
    #[command(flatten)]
    pub session: Session,
}

/// What to remove.
#[derive(Args, Debug)]
pub struct Rm {
    /// Files by path (/a/b.txt), number or id
    #[arg(required = true, value_name = "FILE")]
    pub names: Vec<String>,
    /// Remove bytes, versions and name for good; also for files in the trash
    #[arg(long)]
    pub erase: bool,
    /// Do not ask before erasing
    #[arg(short, long)]
    pub yes: bool,
    /// Move folders to the trash too, with all that is in them
    #[arg(short, long, conflicts_with = "erase")]
    pub recursive: bool,
    /// How.
    #[command(flatten)]
    pub session: Session,
}

/// Some files.
#[derive(Args, Debug)]
pub struct Names {
    /// Files by path (/a/b.txt), number or id
    #[arg(required = true, value_name = "FILE")]
    pub names: Vec<String>,
    /// How.
    #[command(flatten)]
    pub session: Session,
}

/// A file and a record.
#[derive(Args, Debug)]
pub struct OnRecord {
    /// The file by path (/a/b.txt), number or id
    #[arg(value_name = "FILE")]
    pub name: String,
    /// The record, such as contact/42
    #[arg(value_name = "TYPE/ID")]
    pub record: String,
    /// How.
    #[command(flatten)]
    pub session: Session,
}

/// What to give away.
#[derive(Args, Debug)]
pub struct ShareWish {
    /// The file by path (/a/b.txt), number or id
    #[arg(value_name = "FILE")]
    pub name: String,
    /// How long the link works, such as 1d [default: what the server says, 15 minutes as a rule]
    #[arg(long = "for", value_name = "TIME", value_parser = span::parse)]
    pub life: Option<Duration>,
    /// Let a browser save it instead of showing it
    #[arg(long)]
    pub download: bool,
    /// How.
    #[command(flatten)]
    pub session: Session,
}

/// Which shell.
#[derive(Args, Debug)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// Which pages.
#[derive(Args, Debug)]
pub struct Man {
    /// Whose page to print [default: that of attache itself]
    #[arg(value_name = "COMMAND")]
    pub command: Option<String>,
    /// Write the pages of all commands into this folder instead
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    pub dir: Option<PathBuf>,
}
