//! The settings: defaults, overlaid by the settings file, the environment and the flags, each value with its origin.

mod layer;
mod nearest;
mod show;
pub mod table;
#[cfg(any(test, feature = "fuzz"))]
pub mod trial;
mod value;

pub use value::{Database, Downloads, Migrate};

use crate::cli::{Place, Reach};
use crate::{Error, Result};
use attache_blobs::StorageUrl;
use attache_model::limits::Limits;
use ipnet::IpNet;
use layer::Layers;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Everything that can be set, read and checked.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder of everything that is kept.
    pub data: PathBuf,
    /// The address to listen on; port 0 lets the system choose one.
    pub listen: SocketAddr,
    /// The address of the metrics; `None` is the main one.
    pub metrics_listen: Option<SocketAddr>,
    /// What links begin with; `None` is "the address that is listened on".
    pub public_url: Option<String>,
    /// Where the catalog is.
    pub database: Database,
    /// Where contents are.
    pub storage: StorageUrl,
    /// How contents leave.
    pub downloads: Downloads,
    /// What happens to an old schema at start.
    pub migrate: Migrate,
    /// Private networks that imports may fetch from.
    pub networks: Vec<IpNet>,
    /// What is logged, in the words of `tracing`'s filters.
    pub log: String,
    /// The limits in force.
    pub limits: Limits,
    layers: Layers,
}

impl Settings {
    /// Reads the settings of a command. `environment` is all of the process's variables; those that do not begin with
    /// `ATTACHE_` are passed over.
    ///
    /// # Errors
    /// The first setting that is unknown or has a value that cannot be used.
    pub fn resolve(
        place: &Place,
        reach: &Reach,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Settings> {
        let mut layers = Layers::defaults();
        layers.add_environment(environment)?;
        layers.add_flags(place, reach);
        layers.add_file()?;
        Settings::of(layers)
    }

    fn of(layers: Layers) -> Result<Settings> {
        let data = PathBuf::from(layers.text("data"));
        let mut limits = Limits::default();
        for limit in Limits::TABLE {
            limits.set(limit.name, layers.read(&table::limit_key(limit.name), |text| value::limit(limit, text))?);
        }
        Ok(Settings {
            listen: layers.read("listen", value::address)?,
            metrics_listen: layers.read("metrics_listen", value::optional(value::address))?,
            public_url: layers.read("public_url", value::optional(value::public_url))?,
            database: layers.read("database", |text| value::database(text, &data))?,
            storage: layers.read("storage", |text| value::storage(text, &data))?,
            downloads: layers.read("downloads", value::downloads)?,
            migrate: layers.read("migrate", value::migrate)?,
            networks: layers.read("allow_private_network", value::networks)?,
            log: layers.read("log", value::log_filter)?,
            data,
            limits,
            layers,
        })
    }

    /// What is logged: `otherwise` where nobody set it.
    pub fn log_or<'a>(&'a self, otherwise: &'a str) -> &'a str {
        if *self.layers.origin("log") == layer::Origin::Default { otherwise } else { &self.log }
    }

    /// Whether rows or contents are on this machine, in files that one server works on at a time.
    pub fn keeps_files(&self) -> bool {
        matches!(self.database, Database::Sqlite(_)) || matches!(self.storage, StorageUrl::Folder(_))
    }

    /// What links begin with when the server listens on `address`.
    pub fn public_url_at(&self, address: SocketAddr) -> String {
        self.public_url.clone().unwrap_or_else(|| format!("http://{address}"))
    }
}

/// Settings for a server inside another program, such as a test: a data folder, any free port, defaults for the rest.
impl Settings {
    /// Everything by default, on a free port of the loopback, with the data in `data`.
    pub fn in_folder(data: impl Into<PathBuf>) -> Settings {
        let data = data.into();
        Settings {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            metrics_listen: None,
            public_url: None,
            database: Database::Sqlite(data.join(value::DATABASE_FILE)),
            storage: StorageUrl::Folder(data.join(value::CONTENTS_FOLDER)),
            downloads: Downloads::Proxy,
            migrate: Migrate::Auto,
            networks: Vec::new(),
            log: table::DEFAULT_LOG.into(),
            data,
            limits: Limits::default(),
            layers: Layers::defaults(),
        }
    }
}

impl Error {
    fn setting(name: &str, origin: &layer::Origin, value: &str, why: String) -> Error {
        Error::Setting { name: name.into(), origin: origin.to_string(), value: show::masked(name, value), why }
    }
}

#[cfg(test)]
mod tests;
