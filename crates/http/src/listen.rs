//! The listener: HTTP/1.1 connections with limits on everything a client can make the server wait for or hold.
//!
//! It stands on hyper itself because `axum::serve` exposes none of these: as shipped, a connection that sends nothing, or
//! half a request, stays open for ever.

mod gate;
mod socket;
mod tail;

use crate::Metrics;
use crate::metric::Connected;
use crate::tries::Tries;
use attache_model::limits::Limits;
use axum::Router;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use socket::Socket;
use std::future::poll_fn;
use std::io;
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

/// The most that is read from a socket at once, and the most that hyper holds of one connection's input.
const READ_BUFFER: usize = 64 << 10;

/// How long accepting rests after the system refused it, for want of descriptors as a rule.
const ACCEPT_REST: Duration = Duration::from_millis(50);

/// Where a request came from, in its extensions.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
    address: IpAddr,
    tries: Arc<Tries>,
}

impl Sender {
    /// Counts an unknown token of this sender.
    ///
    /// # Errors
    /// [`attache_model::Error::Tries`] for one too many.
    pub(crate) fn tried(&self) -> attache_model::Result<()> {
        self.tries.add(self.address)
    }
}

/// How a listener ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drained {
    /// Connections that were cut because their requests did not end within the limit `drain`.
    pub cut: usize,
}

/// Serves `router` until `shutdown` is ready. Then no connection is accepted any more, idle ones are closed, and running
/// requests have the limit `drain` to end.
pub async fn listen(
    listener: TcpListener,
    router: Router,
    limits: &Limits,
    metrics: &Metrics,
    shutdown: impl Future<Output = ()>,
) -> Drained {
    let most = u32::try_from(limits.connections).unwrap_or(u32::MAX).min(Semaphore::MAX_PERMITS as u32).max(1);
    let room = Arc::new(Semaphore::new(most as usize));
    let house = Arc::new(House::new(router, limits));
    {
        let mut shutdown = pin!(shutdown);
        loop {
            let guest = tokio::select! {
                biased;
                () = &mut shutdown => break,
                guest = accept(&listener, &room) => guest,
            };
            let (stream, permit) = guest;
            tokio::spawn(house.clone().host(stream, permit, metrics.connected()));
        }
    }
    drop(listener);
    house.drain.cancel();
    let all_gone = tokio::time::timeout(Limits::seconds(limits.drain), room.acquire_many(most)).await;
    if all_gone.is_err() {
        house.cut.cancel();
        drop(room.acquire_many(most).await);
    }
    Drained { cut: house.was_cut.load(Ordering::Relaxed) }
}

/// The next connection, once there is room for it; until then it waits in the kernel's queue.
async fn accept(listener: &TcpListener, room: &Arc<Semaphore>) -> (TcpStream, Option<OwnedSemaphorePermit>) {
    // The semaphore is never closed, so there always comes a permit.
    let permit = room.clone().acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return (stream, permit),
            Err(error) if is_passing(&error) => {}
            Err(error) => {
                tracing::error!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_REST).await;
            }
        }
    }
}

/// A client that went away while it waited.
fn is_passing(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// What all connections of a listener share.
struct House {
    router: Router,
    http: http1::Builder,
    target_bytes: u64,
    send_idle: Duration,
    tries: Arc<Tries>,
    drain: CancellationToken,
    cut: CancellationToken,
    was_cut: AtomicUsize,
}

impl House {
    fn new(router: Router, limits: &Limits) -> House {
        let small = |limit: u64| usize::try_from(limit).unwrap_or(usize::MAX);
        let mut http = http1::Builder::new();
        // Without a timer hyper has no header limit in time at all.
        http.timer(TokioTimer::new())
            .header_read_timeout(Limits::seconds(limits.header_read))
            .max_headers(small(limits.headers))
            .max_header_size(small(limits.header_bytes))
            .max_buf_size(READ_BUFFER.max(small(limits.header_bytes)));
        House {
            router,
            http,
            target_bytes: limits.target_bytes,
            send_idle: Limits::seconds(limits.send_idle),
            tries: Arc::new(Tries::new(limits.token_tries)),
            drain: CancellationToken::new(),
            cut: CancellationToken::new(),
            was_cut: AtomicUsize::new(0),
        }
    }

    /// One connection from accept to close.
    async fn host(self: Arc<Self>, stream: TcpStream, permit: Option<OwnedSemaphorePermit>, connected: Connected) {
        tokio::select! {
            () = self.converse(stream) => {}
            () = self.cut.cancelled() => {
                self.was_cut.fetch_add(1, Ordering::Relaxed);
            }
        }
        drop((connected, permit));
    }

    async fn converse(&self, stream: TcpStream) {
        // Without this, small answers wait for the client's delayed acknowledgement: 44 ms.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY could not be set");
        }
        // A client that has gone already has no address, and gets no answer either.
        let Ok(peer) = stream.peer_addr() else { return };
        let sender = Sender { address: peer.ip(), tries: self.tries.clone() };
        let service = service_fn(|mut request: Request<Incoming>| {
            request.extensions_mut().insert(sender.clone());
            Box::pin(gate::pass(self.router.clone(), self.target_bytes, request))
        });
        let socket = TokioIo::new(Socket::new(stream, self.send_idle));
        let mut connection = self.http.serve_connection(socket, service);
        let mut drain = pin!(self.drain.cancelled());
        let mut told = false;
        let ended = poll_fn(|cx| {
            if !told && drain.as_mut().poll(cx).is_ready() {
                told = true;
                Pin::new(&mut connection).graceful_shutdown();
            }
            connection.poll_without_shutdown(cx)
        });
        if let Err(error) = ended.await {
            tracing::debug!(%error, "a connection ended early");
        }
        connection.into_parts().io.into_inner().part().await;
    }
}
