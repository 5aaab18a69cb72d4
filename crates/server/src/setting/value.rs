//! From the text of a setting to its value. Each error says what would be right.

use super::show;
use attache_blobs::{InlineLimit, StorageUrl};
use attache_http::PublicUrl;
use attache_model::Error;
use attache_model::limits::Limit;
use ipnet::IpNet;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use tracing_subscriber::EnvFilter;
use url::Url;

/// The name of the default database in the data folder.
pub(super) const DATABASE_FILE: &str = "attache.db";

/// The name of the default folder of contents in the data folder.
pub(super) const CONTENTS_FOLDER: &str = "blobs";

/// The longest life of a link that S3 signs, in seconds: a week.
const REDIRECT_LIFE_MAX: u64 = 7 * 24 * 3600;

/// How contents leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Downloads {
    /// Through the server.
    Proxy,
    /// From the store itself, by links that it signs, where it can and the contract allows.
    Redirect,
}

/// What happens to an old schema at start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Migrate {
    /// It is brought up to date.
    Auto,
    /// The server refuses to start.
    Check,
}

/// Where the catalog is kept.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    /// In a SQLite file.
    Sqlite(PathBuf),
    /// In PostgreSQL, reached by this URL, which may hold a password.
    Postgres(String),
}

/// Without its password.
impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Database::Sqlite(path) => write!(f, "{}", path.display()),
            Database::Postgres(url) => f.write_str(&show::without_password(url)),
        }
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "write an address and a port, such as 127.0.0.1:8080 or [::]:8080".into())
}

/// As `read`, with `None` for no text.
pub(super) fn optional<T>(
    read: impl FnOnce(&str) -> Result<T, String>,
) -> impl FnOnce(&str) -> Result<Option<T>, String> {
    move |text| if text.is_empty() { Ok(None) } else { read(text).map(Some) }
}

pub(super) fn public_url(text: &str) -> Result<String, String> {
    match PublicUrl::parse(text) {
        Ok(url) => Ok(url.as_str().to_owned()),
        Err(Error::Invalid { why, .. }) => Err(why),
        Err(error) => Err(error.to_string()),
    }
}

pub(super) fn database(text: &str, data: &Path) -> Result<Database, String> {
    if text.is_empty() {
        return Ok(Database::Sqlite(data.join(DATABASE_FILE)));
    }
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        return match Url::parse(text) {
            Ok(_) => Ok(Database::Postgres(text.to_owned())),
            Err(error) => Err(format!("{error}; write postgres://user:password@host/database")),
        };
    }
    let path = text.strip_prefix("sqlite:").unwrap_or(text);
    if path.is_empty() || path.contains("://") {
        return Err("write a file name, or postgres://user:password@host/database".into());
    }
    Ok(Database::Sqlite(path.into()))
}

pub(super) fn storage(text: &str, data: &Path) -> Result<StorageUrl, String> {
    match text {
        "" => Ok(StorageUrl::Folder(data.join(CONTENTS_FOLDER))),
        text => StorageUrl::parse(text),
    }
}

pub(super) fn downloads(text: &str) -> Result<Downloads, String> {
    match text {
        "proxy" => Ok(Downloads::Proxy),
        "redirect" => Ok(Downloads::Redirect),
        _ => Err("write proxy or redirect".into()),
    }
}

pub(super) fn migrate(text: &str) -> Result<Migrate, String> {
    match text {
        "auto" => Ok(Migrate::Auto),
        "check" => Ok(Migrate::Check),
        _ => Err("write auto or check".into()),
    }
}

pub(super) fn networks(text: &str) -> Result<Vec<IpNet>, String> {
    let blocks = text.split(',').map(str::trim).filter(|block| !block.is_empty());
    blocks.map(|block| block.parse().map_err(|_| format!("'{block}' is no CIDR block such as 10.1.0.0/16"))).collect()
}

pub(super) fn log_filter(text: &str) -> Result<String, String> {
    match EnvFilter::try_new(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(format!("{error}; write a level such as info, or warn,attache_core=debug")),
    }
}

/// Reads a limit; a whole number of its unit that the server can live with.
pub(super) fn limit(limit: &Limit, text: &str) -> Result<u64, String> {
    let (least, most, unit) = (least(limit), most(limit), limit.unit);
    match text.parse::<u64>() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        _ => Err(format!("write a whole number of {unit} from {least} to {most}")),
    }
}

/// The least value of a limit. Zero would close the door for good, but for a few limits it means "not at all".
fn least(limit: &Limit) -> u64 {
    match limit.name {
        "inline_bytes"
        | "multipart_preamble_bytes"
        | "import_redirects"
        | "redirect_bytes"
        | "body_floor"
        | "uploads_per_account"
        | "drain"
        | "sonar_claim"
        | "description_bytes"
        | "audit_days"
        | "scrub_days"
        | "scrub_sample"
        | "scrub_rate"
        | "grant_refresh_grace" => 0,
        _ if is_switch(limit) => 0,
        _ => 1,
    }
}

fn is_switch(limit: &Limit) -> bool {
    limit.unit == "switch"
}

/// The greatest value of a limit: what the databases and the settings file can hold, unless something else is smaller.
fn most(limit: &Limit) -> u64 {
    match limit.name {
        "inline_bytes" => InlineLimit::MAX as u64,
        "redirect_life" => REDIRECT_LIFE_MAX,
        _ if is_switch(limit) => 1,
        _ => i64::MAX.unsigned_abs(),
    }
}
