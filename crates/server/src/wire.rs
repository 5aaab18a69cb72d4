//! The wiring: opens the database and the store of contents, builds core on them, and mounts the dialects.

use crate::setting::{Database, Downloads, Migrate, Settings};
use crate::{Error, Result};
use attache_blobs::{Blobs, Cloud, CloudOptions, Disk, InlineLimit, StorageUrl};
use attache_core::Core;
use attache_db::{Db, Options, Schema, Target};
use attache_http::{Metrics, PublicUrl, probe};
use attache_model::limits::Limits;
use attache_model::{Clock, Error as Refused};
use axum::Router;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;
use tokio::sync::watch;

/// When to ask again for a server that is going away.
const AWAY: Duration = Duration::from_secs(1);

/// What `/readyz` says besides while the clock is doubted.
const DOUBT: &str = "the clock is doubted, so nothing is purged until its time is confirmed\n";

/// What a process works with.
#[derive(Clone)]
pub struct Parts {
    /// The domain.
    pub core: Core,
    /// The catalog, to be closed at the end.
    pub db: Db,
}

/// Opens everything below the dialects. `public_url` is what links begin with.
pub async fn open(settings: &Settings, public_url: String, clock: Clock) -> Result<Parts> {
    let db = open_database(&settings.database).await?;
    if settings.migrate == Migrate::Check {
        demand_schema(&db, &settings.database).await?;
    }
    let blobs = open_blobs(&settings.storage, &settings.limits)?;
    let core = Core::open(attache_core::Parts {
        db: db.clone(),
        blobs,
        clock,
        limits: settings.limits.clone(),
        allowed_networks: settings.networks.clone(),
        public_url,
        renderer: renderer(),
        redirect: settings.downloads == Downloads::Redirect,
    })
    .await
    .map_err(|source| {
        let (database, storage) = (settings.database.to_string(), settings.storage.to_string());
        Error::Opening { database, storage, source }
    })?;
    Ok(Parts { core, db })
}

/// This program once more, as `attache render`.
fn renderer() -> Option<Vec<OsString>> {
    // The name that the kernel keeps leads to this very program, even when the file was replaced by a newer one since.
    let program =
        if cfg!(target_os = "linux") { PathBuf::from("/proc/self/exe") } else { std::env::current_exe().ok()? };
    Some(vec![program.into_os_string(), "render".into()])
}

/// Refuses a database that lacks migrations. One that another release brought further is for core to judge.
async fn demand_schema(db: &Db, database: &Database) -> Result<()> {
    let fail = |source| Error::Database { database: database.to_string(), source };
    match db.schema(&attache_core::migrations()).await.map_err(fail)? {
        Schema::Current | Schema::Ahead(_) => Ok(()),
        Schema::Behind(lacking) => {
            let names = lacking.iter().map(|migration| format!("{} ({})", migration.number, migration.name));
            Err(Error::OldSchema { database: database.to_string(), lacking: names.collect() })
        }
    }
}

/// Opens the database as it is.
pub(crate) async fn open_database(database: &Database) -> Result<Db> {
    let target = match database {
        Database::Sqlite(path) => Target::Sqlite(path.clone()),
        Database::Postgres(url) => Target::Postgres(url.clone()),
    };
    Db::open(&target, &Options::default())
        .await
        .map_err(|source| Error::Database { database: database.to_string(), source })
}

/// Opens the store of contents.
pub(crate) fn open_blobs(storage: &StorageUrl, limits: &Limits) -> Result<Blobs> {
    let fail = |source| Error::Blobs { storage: storage.to_string(), source };
    let inline = InlineLimit::new(usize::try_from(limits.inline_bytes).unwrap_or(usize::MAX)).map_err(fail)?;
    match storage {
        StorageUrl::Folder(path) => Ok(Disk::open(path, inline).map_err(fail)?.into()),
        StorageUrl::Bucket(_) => {
            let options = CloudOptions {
                buffer_bytes: usize::try_from(limits.storage_buffer_bytes).unwrap_or(usize::MAX),
                deadline: Limits::seconds(limits.storage_deadline),
                tries: u32::try_from(limits.storage_tries).unwrap_or(u32::MAX),
            };
            Ok(Cloud::open(storage, inline, &options).map_err(fail)?.into())
        }
    }
}

/// Everything that answers: the dialects, the probes, which say "not ready" once `stopped` holds true, and the metrics,
/// unless they have an address of their own.
pub fn router(
    core: &Core,
    public_url: &str,
    metrics: &Metrics,
    metrics_apart: bool,
    stopped: &watch::Receiver<bool>,
) -> Result<Router> {
    let public = PublicUrl::parse(public_url)?;
    let (asked, stopped) = (core.clone(), stopped.clone());
    let ready = move || {
        let (core, stopped) = (asked.clone(), *stopped.borrow());
        // A balancer in front is to go elsewhere while the last requests are finished here.
        async move {
            match stopped {
                true => Err(Refused::Busy { after: AWAY }),
                false => core.ready().await.map(|()| if core.doubts_clock() { DOUBT } else { "" }),
            }
        }
    };
    let metrics_page = if metrics_apart { Router::new() } else { probe::page(metrics.clone()) };
    let native = attache_native::router(core.clone(), public.clone(), metrics);
    Ok(Router::new()
        .merge(probe::probes(ready))
        .merge(metrics_page)
        .merge(attache_web::before(attache_hubspot::router(core.clone(), public.clone(), metrics)))
        .merge(attache_kommo::router(core.clone(), public.clone(), metrics))
        .merge(attache_keap::router(core.clone(), public.clone(), metrics, native.clone()))
        .merge(attache_sonar::router(core.clone(), metrics))
        .merge(attache_tus::router(core.clone(), public.clone(), metrics))
        .merge(attache_web::router(core.clone(), public, metrics))
        .merge(native))
}
