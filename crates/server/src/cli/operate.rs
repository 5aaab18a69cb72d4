//! What whoever runs a server types: the server itself, accounts and tokens, checks and copies.

use crate::span;
use clap::{Args, Subcommand};
use std::path::PathBuf;
use std::time::Duration;

/// Where the data is.
#[derive(Args, Clone, Debug, Default)]
pub struct Place {
    /// Folder of the database, the contents and attache.toml [default: ./data]
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// SQLite file, or postgres://... [default: attache.db in the data folder]
    #[arg(long, global = true, value_name = "URL")]
    pub database: Option<String>,
    /// Where contents are kept: file:/folder, s3://bucket?endpoint=..., gs://... or az://... [default: blobs in the data folder]
    #[arg(long, global = true, value_name = "URL")]
    pub storage: Option<String>,
    /// Settings file [default: attache.toml in the data folder, when there is one]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What to log, such as info or warn,attache_core=debug [default: info]
    #[arg(long, global = true, value_name = "FILTER")]
    pub log: Option<String>,
}

/// How to be reached, and whom to reach.
#[derive(Args, Clone, Debug, Default)]
pub struct Reach {
    /// Address and port to listen on [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<String>,
    /// Address and port of /metrics alone, where nobody but you should reach them [default: beside everything else]
    #[arg(long, value_name = "ADDR")]
    pub metrics_listen: Option<String>,
    /// What links begin with, as clients see this server [default: http:// and the address]
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
    /// How contents leave: proxy, or redirect to links that the store signs [default: proxy]
    #[arg(long, value_name = "HOW")]
    pub downloads: Option<String>,
    /// A private network that imports may fetch from, such as 10.1.0.0/16; may be given several times
    #[arg(long, value_name = "CIDR")]
    pub allow_private_network: Vec<String>,
}

/// What to do with an installation on this machine.
#[derive(Subcommand, Debug)]
pub enum Operate {
    /// Run the server until SIGTERM or SIGINT
    Serve(Reach),
    /// Make and list accounts
    #[command(subcommand)]
    Account(AccountCommand),
    /// Make, list and revoke tokens
    #[command(subcommand)]
    Token(TokenCommand),
    /// Let clients of OAuth get tokens; list and revoke what they may
    #[command(subcommand)]
    Grant(GrantCommand),
    /// Verify certificates of erasures; write the ledger of erasures out and replay it over a recovered backup
    #[command(subcommand)]
    Erasure(ErasureCommand),
    /// Verify the audit logs of accounts, note their heads down, show their lines
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Compare the database with the stored contents; exits with 1 when it finds anything wrong
    Check(Check),
    /// Read every stored content again and compare it with its digest; exits with 1 when any is damaged
    Scrub(Scrub),
    /// See whether servers believe this machine's clock, and confirm it
    #[command(subcommand)]
    Clock(ClockCommand),
    /// Copy a whole installation whose servers are stopped into an empty place; one that was cut off goes on
    Copy(Copy),
    /// Write rows and contents of one moment into a folder, while servers run; what an earlier backup left there is used
    Backup(Backup),
    /// Bring a backup into an empty installation; one that was cut off goes on
    Recover(Recover),
    /// Bring the schema of the database up to date; safe while servers of the release before run
    Migrate(Migrate),
    /// Show every setting and limit with its value and where that comes from
    Config(Reach),
    /// Make a small picture of the one on standard input, in a process that is locked in; the server calls it
    #[command(hide = true)]
    Render(Render),
}

/// What to do with accounts.
#[derive(Subcommand, Debug)]
pub enum AccountCommand {
    /// Make an account
    Create {
        /// Its name, unique in this installation
        name: String,
    },
    /// List all accounts
    List,
}

/// What to do with erasures.
#[derive(Subcommand, Debug)]
pub enum ErasureCommand {
    /// Print the public keys of this installation's certificates, the one that signs first
    Key,
    /// Write the ledger of everything that was erased to standard output; keep it away from the backups
    Export,
    /// Verify a certificate with nothing but its file and a key; exits with 1 when it does not hold
    Verify(Verify),
    /// Erase again what a ledger says and a recovered backup brought back
    Replay {
        /// The ledger, as `attache erasure export` wrote it
        file: PathBuf,
    },
}

/// What to verify, and with what.
#[derive(Args, Debug)]
pub struct Verify {
    /// The certificate, byte for byte as it was given
    pub certificate: PathBuf,
    /// The public key in PEM, as `attache erasure key` prints it
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// A copy of an erased content; tells whether the certificate is about it
    #[arg(long, value_name = "FILE")]
    pub content: Option<PathBuf>,
}

/// What to do with tokens.
#[derive(Subcommand, Debug)]
pub enum TokenCommand {
    /// Make a token; prints it and nothing else, this once
    Create(NewToken),
    /// List tokens, without their secrets
    List(Which),
    /// Revoke a token, at once and for good
    Revoke {
        /// Its id, as `attache token list` shows it
        id: String,
    },
}

/// What to do with audit logs.
#[derive(Subcommand, Debug)]
pub enum AuditCommand {
    /// Make every digest again; exits with 1 when a line was changed, removed, moved or put in
    Verify(AuditVerify),
    /// Print the number and digest of the last line; keep it elsewhere, and a log that is cut off later is found too
    Head {
        /// Only this account's
        #[arg(long, value_name = "NAME")]
        account: Option<String>,
    },
    /// Print lines, oldest first
    Show(AuditShow),
}

/// Which audit logs to verify.
#[derive(Args, Debug)]
pub struct AuditVerify {
    /// Only this account's
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// Heads that `attache audit head` printed earlier: the lines must still be those
    #[arg(long, value_name = "FILE")]
    pub head: Option<PathBuf>,
}

/// Which lines of an audit log to show.
#[derive(Args, Debug)]
pub struct AuditShow {
    /// Whose
    #[arg(long, value_name = "NAME", default_value = "default")]
    pub account: String,
    /// Those after this number
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub after: i64,
    /// At most so many
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
    /// Those of this request
    #[arg(long, value_name = "ID")]
    pub request: Option<String>,
    /// Those about this, such as file/12
    #[arg(long, value_name = "TARGET")]
    pub target: Option<String>,
    /// A JSON object on each line
    #[arg(long)]
    pub json: bool,
}

/// Which of them to list.
#[derive(Args, Debug)]
pub struct Which {
    /// Only this account's
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// As a JSON array
    #[arg(long)]
    pub json: bool,
}

/// Whose a credential is, who acts with it, and what it may do.
#[derive(Args, Debug)]
pub struct Powers {
    /// Whose
    #[arg(long, value_name = "NAME", default_value = "default")]
    pub account: String,
    /// What may be done with it, separated by commas: files:read, a vendor's own name such as hubspot:files, or all
    #[arg(long)]
    pub scopes: String,
    /// The number of the user who acts with it; 1 is the account's owner
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(i64).range(1..=MOST_USER_NO))]
    pub user: i64,
}

/// A token to be made.
#[derive(Args, Debug)]
pub struct NewToken {
    /// Who acts, and what may be done.
    #[command(flatten)]
    pub powers: Powers,
    /// What you call it, such as 'nightly import'; `attache token list` shows it
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub name: String,
    /// How long it works, such as 90d [default: until it is revoked]
    #[arg(long, value_name = "TIME", value_parser = life)]
    pub ttl: Option<Duration>,
    /// In the shape of a JSON Web Token, for clients that read their token
    #[arg(long)]
    pub jwt: bool,
}

/// What to do with grants of OAuth.
#[derive(Subcommand, Debug)]
pub enum GrantCommand {
    /// Make a grant; prints the client's name and secret and its code, this once
    Create(NewGrant),
    /// List grants, without their secrets
    List(Which),
    /// Revoke a grant and every token that was got by it, at once and for good
    Revoke {
        /// Its id, as `attache grant list` shows it
        id: String,
    },
}

/// A grant to be made.
#[derive(Args, Debug)]
pub struct NewGrant {
    /// Who acts, and what may be done.
    #[command(flatten)]
    pub powers: Powers,
    /// The client's name, where it has one already [default: a new one]
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// The client's secret, where it has one already; others on this machine can see it here [default: a new one]
    #[arg(long, value_name = "SECRET", requires = "client_id")]
    pub client_secret: Option<String>,
}

/// The largest number that clients which read JSON numbers as floats keep whole.
const MOST_USER_NO: i64 = (1 << 53) - 1;

/// How to check.
#[derive(Args, Debug)]
pub struct Check {
    /// Remove contents that no file points to and put counts right
    #[arg(long)]
    pub repair: bool,
    /// Leave younger contents alone: they may belong to an upload that is still running
    #[arg(long, value_name = "TIME", default_value = "1d", value_parser = span::parse)]
    pub older_than: Duration,
}

/// What to read again.
#[derive(Args, Debug)]
pub struct Scrub {
    /// Only what is due: what a server would read by itself
    #[arg(long)]
    pub due: bool,
}

/// What to do about the clock.
#[derive(Subcommand, Debug)]
pub enum ClockCommand {
    /// Show the time and the newest moment that a server has worked at; exits with 1 when they are more than a day apart
    Show,
    /// Say that this machine's time is right: servers purge again what is over by it
    Confirm,
}

/// What to copy, and where to.
#[derive(Args, Debug)]
pub struct Copy {
    /// Data folder or settings file of the installation
    #[arg(long, value_name = "PLACE")]
    pub from: PathBuf,
    /// Data folder or settings file of the empty place
    #[arg(long, value_name = "PLACE")]
    pub to: PathBuf,
    /// Finish even if contents of the installation are damaged, without these
    #[arg(long)]
    pub skip_damaged: bool,
}

/// Where to back up to.
#[derive(Args, Debug)]
pub struct Backup {
    /// Folder of the backup, which is a data folder itself
    #[arg(long, value_name = "DIR")]
    pub to: PathBuf,
}

/// What to recover.
#[derive(Args, Debug)]
pub struct Recover {
    /// Folder of the backup
    #[arg(long, value_name = "DIR")]
    pub from: PathBuf,
    /// Finish even if contents of the backup are damaged, without these
    #[arg(long)]
    pub skip_damaged: bool,
    /// A ledger that `attache erasure export` wrote after the backup: what it says is erased again
    #[arg(long, value_name = "FILE")]
    pub erasures: Option<PathBuf>,
}

/// How to bring the schema up to date.
#[derive(Args, Debug)]
pub struct Migrate {
    /// Change nothing, show what is lacking, and exit with 1 if anything is
    #[arg(long)]
    pub check: bool,
}

/// What small picture to make, and how much that may take.
#[derive(Args, Debug)]
pub struct Render {
    /// Side of the box that it fits in, in pixels
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(attache_render::SIDE_MAX)))]
    pub side: u32,
    /// Let a smaller picture grow to the box
    #[arg(long)]
    pub upscale: bool,
    /// Most pixels that are decoded
    #[arg(long, value_name = "N")]
    pub pixels: u64,
    /// Memory for the picture
    #[arg(long, value_name = "BYTES")]
    pub memory: u64,
    /// Processor time
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    pub cpu: u64,
}

/// A token that ends before it begins is of no use to anybody.
fn life(text: &str) -> Result<Duration, String> {
    match span::parse(text)? {
        Duration::ZERO => Err("a token needs more than 0 seconds to be of use".into()),
        life => Ok(life),
    }
}
