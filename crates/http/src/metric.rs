//! Counters for operators, in Prometheus' text format.

mod figures;

use attache_core::Core;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Bounds of the duration histogram, in seconds: from a cached read to a large upload.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0, 300.0];

/// The server's metrics. Clones share the same counters.
#[derive(Clone, Debug)]
pub struct Metrics(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    registry: Mutex<Registry>,
    requests: Family<Answered, Counter>,
    durations: Family<Served, Histogram>,
    errors: Family<Errored, Counter>,
    in_flight: Family<Served, Gauge>,
    received: Family<Served, Counter>,
    sent: Family<Served, Counter>,
    connections: Gauge,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Served {
    dialect: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    dialect: &'static str,
    method: &'static str,
    status: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Errored {
    dialect: &'static str,
    code: &'static str,
}

/// What is counted of a request once its answer has gone out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outcome<'r> {
    pub(crate) dialect: &'static str,
    pub(crate) method: &'r http::Method,
    /// `None` when the client went away before there was one.
    pub(crate) status: Option<http::StatusCode>,
    pub(crate) error: Option<&'static str>,
    pub(crate) duration: Duration,
    pub(crate) received: u64,
    pub(crate) sent: u64,
}

impl Default for Metrics {
    fn default() -> Metrics {
        Metrics::new()
    }
}

impl Metrics {
    /// Metrics that all stand at zero.
    pub fn new() -> Metrics {
        let inner = Inner {
            registry: Mutex::new(Registry::with_prefix("attache")),
            requests: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            errors: Family::default(),
            in_flight: Family::default(),
            received: Family::default(),
            sent: Family::default(),
            connections: Gauge::default(),
        };
        let metrics = Metrics(Arc::new(inner));
        metrics.register(|registry| {
            let m = &metrics.0;
            registry.register("http_requests", "Requests by class of status", m.requests.clone());
            registry.register("http_request_seconds", "From head to the answer's last byte", m.durations.clone());
            registry.register("http_errors", "Errors told to clients, by code", m.errors.clone());
            registry.register("http_requests_in_flight", "Requests being answered", m.in_flight.clone());
            registry.register("http_received_bytes", "Bytes of request bodies", m.received.clone());
            registry.register("http_sent_bytes", "Bytes of answers' bodies", m.sent.clone());
            registry.register("http_connections", "Open connections", m.connections.clone());
        });
        metrics
    }

    /// Shows what `core` is busy with as well, and the version of the program.
    pub fn watch(&self, core: Core, version: &'static str) {
        self.register(|registry| figures::register(registry, core, version));
    }

    /// Adds metrics of other parts to the same page.
    pub fn register(&self, add: impl FnOnce(&mut Registry)) {
        add(&mut self.0.registry.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// All metrics as text, in the OpenMetrics format.
    pub fn text(&self) -> String {
        let mut page = String::new();
        let registry = self.0.registry.lock().unwrap_or_else(PoisonError::into_inner);
        if text::encode(&mut page, &registry).is_err() {
            tracing::error!("the metrics could not be written as text");
        }
        page
    }

    pub(crate) fn begin(&self, dialect: &'static str) {
        self.0.in_flight.get_or_create(&Served { dialect }).inc();
    }

    pub(crate) fn end(&self, outcome: &Outcome<'_>) {
        let served = Served { dialect: outcome.dialect };
        self.0.in_flight.get_or_create(&served).dec();
        self.0.durations.get_or_create(&served).observe(outcome.duration.as_secs_f64());
        self.0.received.get_or_create(&served).inc_by(outcome.received);
        self.0.sent.get_or_create(&served).inc_by(outcome.sent);
        let answered =
            Answered { dialect: outcome.dialect, method: method(outcome.method), status: class(outcome.status) };
        self.0.requests.get_or_create(&answered).inc();
        if let Some(code) = outcome.error {
            self.0.errors.get_or_create(&Errored { dialect: outcome.dialect, code }).inc();
        }
    }

    pub(crate) fn connected(&self) -> Connected {
        self.0.connections.inc();
        Connected(self.0.connections.clone())
    }
}

/// A connection while it is counted.
#[derive(Debug)]
pub(crate) struct Connected(Gauge);

impl Drop for Connected {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// A closed list, so that a client cannot make up time series.
fn method(method: &http::Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

fn class(status: Option<http::StatusCode>) -> &'static str {
    match status.map(|status| status.as_u16() / 100) {
        None => "none",
        Some(1) => "1xx",
        Some(2) => "2xx",
        Some(3) => "3xx",
        Some(4) => "4xx",
        _ => "5xx",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answered_request_is_counted_once_under_its_dialect() {
        let metrics = Metrics::new();
        metrics.begin("native");
        metrics.end(&Outcome {
            dialect: "native",
            method: &http::Method::from_bytes(b"MADEUP").unwrap(),
            status: Some(http::StatusCode::NOT_FOUND),
            error: Some("not_found"),
            duration: Duration::from_millis(3),
            received: 10,
            sent: 20,
        });
        let page = metrics.text();
        for line in [
            "attache_http_requests_total{dialect=\"native\",method=\"other\",status=\"4xx\"} 1",
            "attache_http_errors_total{dialect=\"native\",code=\"not_found\"} 1",
            "attache_http_requests_in_flight{dialect=\"native\"} 0",
            "attache_http_received_bytes_total{dialect=\"native\"} 10",
            "attache_http_sent_bytes_total{dialect=\"native\"} 20",
        ] {
            assert!(page.contains(line), "{line} is not in\n{page}");
        }
    }

    #[test]
    fn connections_are_counted_while_they_are_open() {
        let metrics = Metrics::new();
        let connected = metrics.connected();
        assert!(metrics.text().contains("attache_http_connections 1"));
        drop(connected);
        assert!(metrics.text().contains("attache_http_connections 0"));
    }
}
