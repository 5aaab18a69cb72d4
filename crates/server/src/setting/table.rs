//! The table of settings: names, defaults and meanings. Limits have a table of their own in `attache_model::limits`;
//! here they appear behind `limits.`.

use attache_model::limits::Limits;

/// What is logged where nobody says.
pub const DEFAULT_LOG: &str = "info";

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its name in the settings file.
    pub name: &'static str,
    /// The value where nobody sets it; empty for "none".
    pub default: &'static str,
    /// What it says.
    pub meaning: &'static str,
    /// Whether it says where the settings file is, and so cannot stand in it.
    pub leads_to_file: bool,
}

/// Every setting that is not a limit.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "data",
        default: "./data",
        meaning: "Folder of the database, the contents and the settings file.",
        leads_to_file: true,
    },
    Setting {
        name: "config",
        default: "",
        meaning: "The settings file; without it `attache.toml` in the data folder, when there is one.",
        leads_to_file: true,
    },
    Setting {
        name: "database",
        default: "",
        meaning: "SQLite file, or `postgres://...`; without it `attache.db` in the data folder.",
        leads_to_file: false,
    },
    Setting {
        name: "storage",
        default: "",
        meaning: "Where contents are kept: `file:/folder`, or a bucket such as `s3://bucket?endpoint=https://host`, `gs://bucket`, `az://container`; without it `blobs` in the data folder. Credentials come from the environment.",
        leads_to_file: false,
    },
    Setting {
        name: "downloads",
        default: "proxy",
        meaning: "`proxy` sends contents through the server; `redirect` sends clients to the store's own signed links where that can be.",
        leads_to_file: false,
    },
    Setting {
        name: "migrate",
        default: "auto",
        meaning: "`auto` brings the schema up to date at start; `check` refuses to start on an old one, for `attache migrate` to be run by hand.",
        leads_to_file: false,
    },
    Setting {
        name: "listen",
        default: "127.0.0.1:8080",
        meaning: "Address and port to listen on; port 0 takes any free one.",
        leads_to_file: false,
    },
    Setting {
        name: "metrics_listen",
        default: "",
        meaning: "Address and port of `/metrics` alone; without it `/metrics` is at the main address. Its numbers are about all accounts together.",
        leads_to_file: false,
    },
    Setting {
        name: "public_url",
        default: "",
        meaning: "What links begin with, as clients see this server; without it `http://` and the address.",
        leads_to_file: false,
    },
    Setting {
        name: "allow_private_network",
        default: "",
        meaning: "Private networks that imports may fetch from: CIDR blocks, a list in the file, commas elsewhere.",
        leads_to_file: false,
    },
    Setting {
        name: "log",
        default: DEFAULT_LOG,
        meaning: "What to log: `error`, `warn`, `info`, `debug`, `trace`, or such a word for each module.",
        leads_to_file: false,
    },
];

/// What a limit is called among the settings.
pub fn limit_key(name: &str) -> String {
    format!("limits.{name}")
}

/// The variable that sets `key`: `listen` is `ATTACHE_LISTEN`, `limits.headers` is `ATTACHE_LIMIT_HEADERS`.
pub fn variable(key: &str) -> String {
    match key.strip_prefix("limits.") {
        Some(limit) => format!("ATTACHE_LIMIT_{}", limit.to_ascii_uppercase()),
        None => format!("ATTACHE_{}", key.to_ascii_uppercase()),
    }
}

/// The names of all settings and limits, in the order in which they are shown.
pub fn keys() -> impl Iterator<Item = String> {
    let settings = SETTINGS.iter().map(|setting| setting.name.to_owned());
    settings.chain(Limits::TABLE.iter().map(|limit| limit_key(limit.name)))
}
