//! The signals that ask the server to end.

use crate::{Error, Result};
use tokio::signal::unix::{SignalKind, signal};

/// Begins to listen for SIGTERM and SIGINT; the future is ready at the first of them. Call it before the server says
/// that it is ready, so that no signal falls into a gap.
pub fn stop() -> Result<impl Future<Output = ()> + Send + 'static> {
    let mut term = signal(SignalKind::terminate()).map_err(Error::io("listen for SIGTERM"))?;
    let mut int = signal(SignalKind::interrupt()).map_err(Error::io("listen for SIGINT"))?;
    Ok(async move {
        let name = tokio::select! {
            _ = term.recv() => "SIGTERM",
            _ = int.recv() => "SIGINT",
        };
        tracing::info!(signal = name, "stopping: no new requests, running ones are finished");
    })
}
