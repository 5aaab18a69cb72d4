//! The running server: opened piece by piece, run until it is told to stop, then drained.

use crate::data::{DataFolder, DataLock};
use crate::setting::Settings;
use crate::{Error, Result, log, signal, wire};
use attache_core::{Core, FirstStart};
use attache_db::Db;
use attache_http::{Metrics, listen, probe};
use attache_model::Clock;
use attache_model::limits::Limits;
use axum::Router;
use std::io::Write;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tokio::{runtime, task};

/// Blocking threads for work that is no upload: reads, removals, file syncs.
const OTHER_BLOCKING_THREADS: u64 = 64;

/// How long a stop waits for what was begun for requests that are over or were cut, beyond the limit `drain`.
const LAST_WORK: Duration = Duration::from_secs(5);

/// Connections to the metrics at once; a scraper needs one.
const METRICS_CONNECTIONS: u64 = 16;

/// A server that listens but does not answer yet.
pub struct Server {
    core: Core,
    db: Db,
    router: Router,
    metrics: Metrics,
    door: Door,
    metrics_door: Option<Door>,
    public_url: String,
    links_lead_nowhere: bool,
    limits: Limits,
    first_start: Option<FirstStart>,
    stopping: watch::Sender<bool>,
    _lock: Option<DataLock>,
}

/// A socket that listens, and where.
struct Door {
    socket: TcpListener,
    address: SocketAddr,
}

impl Door {
    async fn open(address: SocketAddr) -> Result<Door> {
        let fail = |source| Error::Listen { address, source };
        let socket = TcpListener::bind(address).await.map_err(fail)?;
        let address = socket.local_addr().map_err(fail)?;
        Ok(Door { socket, address })
    }
}

impl Server {
    /// Takes the data folder and the address, opens the database, and makes the first account where there is none.
    pub async fn open(settings: &Settings, clock: Clock) -> Result<Server> {
        let lock = match settings.keeps_files() {
            true => Some(DataFolder::open(&settings.data)?.lock()?),
            // Nothing of this node is on its machine; it may run beside others of its installation.
            false => None,
        };
        let door = Door::open(settings.listen).await?;
        let metrics_door = match settings.metrics_listen {
            Some(address) => Some(Door::open(address).await?),
            None => None,
        };
        let public_url = settings.public_url_at(door.address);
        let parts = wire::open(settings, public_url.clone(), clock).await?;
        let first_start = parts.core.operator().first_start().await?;
        let (stopping, stopped) = watch::channel(false);
        let metrics = Metrics::new();
        metrics.watch(parts.core.clone(), env!("CARGO_PKG_VERSION"));
        Ok(Server {
            router: wire::router(&parts.core, &public_url, &metrics, metrics_door.is_some(), &stopped)?,
            core: parts.core,
            db: parts.db,
            metrics,
            door,
            metrics_door,
            // Whoever listens for others has an outside name, which only the settings can tell.
            links_lead_nowhere: settings.public_url.is_none() && !settings.listen.ip().is_loopback(),
            public_url,
            limits: settings.limits.clone(),
            first_start,
            stopping,
            _lock: lock,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.door.address
    }

    /// Where its metrics are, when the settings ask for them.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics_door.as_ref().map(|door| door.address)
    }

    /// What its links begin with.
    pub fn public_url(&self) -> &str {
        &self.public_url
    }

    /// The domain it serves.
    pub fn core(&self) -> &Core {
        &self.core
    }

    /// The first account and its token, when this start made them.
    pub fn first_start(&self) -> Option<&FirstStart> {
        self.first_start.as_ref()
    }

    /// Answers requests and works on tasks until `stop` is ready; then finishes what runs, for no longer than the limit
    /// `drain`, waits up to five seconds until what came is counted or removed, and closes the database.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<()> {
        let stopped = self.stopping.subscribe();
        let worker = task::spawn(self.core.work().run(until(stopped.clone())));
        let (core, waited_for) = (self.core.clone(), self.core.clone());
        // Requests that are being finished can still be called off by other nodes.
        let listening = task::spawn(async move { core.listen().await });
        let (answered, all_answered) = oneshot::channel::<()>();
        let refusing = self.core.clone();
        let refusals = task::spawn(async move { refusing.keep_refusals(async { drop(all_answered.await) }).await });
        let numbers =
            self.metrics_door.map(|door| task::spawn(show_metrics(door, self.metrics.clone(), stopped.clone())));
        if self.links_lead_nowhere {
            tracing::warn!(
                public_url = self.public_url,
                "links begin with an address that others may not reach; set --public-url"
            );
        }
        tracing::info!(address = %self.door.address, public_url = self.public_url, "listening");
        task::spawn(async move {
            stop.await;
            self.stopping.send_replace(true);
            waited_for.stop_waiting();
        });
        let drained = listen(self.door.socket, self.router, &self.limits, &self.metrics, until(stopped)).await;
        if drained.cut > 0 {
            tracing::warn!(connections = drained.cut, "requests took longer than the limit drain and were cut");
        }
        drop(answered);
        for work in [Some(worker), Some(refusals), numbers].into_iter().flatten() {
            if let Err(error) = work.await {
                tracing::error!(%error, "a part of the server ended with a fault");
            }
        }
        let left = self.core.finish(LAST_WORK).await;
        if left > 0 {
            tracing::warn!(left, "what was begun for requests that are over did not end in time; the sweep sees to it");
        }
        listening.abort();
        self.db.close().await;
        tracing::info!("stopped");
        Ok(())
    }
}

/// Serves the metrics, at an address of their own, by the same rules as everything else.
async fn show_metrics(door: Door, metrics: Metrics, stopped: watch::Receiver<bool>) {
    tracing::info!(address = %door.address, "metrics");
    let few = Limits { connections: METRICS_CONNECTIONS, ..Limits::default() };
    listen(door.socket, probe::page(metrics.clone()), &few, &metrics, until(stopped)).await;
}

/// Ready once the server is told to stop.
async fn until(mut stopped: watch::Receiver<bool>) {
    // An error says that the sender has gone, with which the server is to stop as well.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// Runs `attache serve`: returns when a signal has ended the server. The first start's token goes to `out`.
pub fn until_stopped(settings: &Settings, out: &mut impl Write) -> Result<()> {
    log::start(settings, &settings.log);
    runtime(&settings.limits)?.block_on(async {
        let stop = signal::stop()?;
        let server = Server::open(settings, Clock::System).await?;
        if let Some(first) = server.first_start() {
            greet(first, server.public_url(), out).map_err(Error::io("write the first token"))?;
        }
        server.run(stop).await
    })
}

/// As many threads as there are cores. An upload to disk holds a blocking thread for as long as its client sends, and
/// so does the decoder of a body that carries one. There are enough for all of both, since a decoder waits for its
/// upload, and some for everything else; they are started when needed and end when idle.
fn runtime(limits: &Limits) -> Result<runtime::Runtime> {
    let blocking = limits.uploads.saturating_add(limits.decoders).saturating_add(OTHER_BLOCKING_THREADS);
    let blocking = usize::try_from(blocking).unwrap_or(usize::MAX);
    let runtime = runtime::Builder::new_multi_thread().enable_all().max_blocking_threads(blocking).build();
    runtime.map_err(Error::io("start the runtime"))
}

/// What the first start says, once and never again.
fn greet(first: &FirstStart, public_url: &str, out: &mut impl Write) -> std::io::Result<()> {
    let token = first.token.reveal();
    writeln!(
        out,
        "Attache is ready at {public_url}. This is its first start, so it made the account '{}' and this token for it,\n\
         which may do everything and is shown only now:\n\n  {token}\n\n\
         Put a file on a record (any type and id will do), then see what is on the record:\n\n  \
         curl -H 'Authorization: Bearer {token}' -F file=@README.md {public_url}/v1/records/contact/42/files\n  \
         curl -H 'Authorization: Bearer {token}' {public_url}/v1/records/contact/42/files\n",
        first.account.name
    )?;
    out.flush()
}
