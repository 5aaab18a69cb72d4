//! What happens under load: many clients for minutes, many large uploads, thousands of slow connections, more than there
//! is room for, and an end in the middle of it. Each suite has the machine for itself, and says its figures.

mod crowd;
mod drain;
mod full;
mod large;
mod memory;
mod mixed;
mod pictures;
mod scrub;

use crate::native::noise;
use attache_tests::{Ask, Client, Process};
use bytes::Bytes;
use futures_util::stream;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Latencies of requests, as they were seen.
#[derive(Debug, Default)]
struct Latencies(Vec<Duration>);

impl Latencies {
    fn add(&mut self, latency: Duration) {
        self.0.push(latency);
    }

    fn join(&mut self, others: Latencies) {
        self.0.extend(others.0);
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    /// The latency that `percent` of all stay below, in milliseconds.
    fn percentile(&mut self, percent: usize) -> f64 {
        self.0.sort_unstable();
        let last = self.0.len().saturating_sub(1);
        self.0.get(last * percent / 100).map_or(0.0, |latency| latency.as_secs_f64() * 1000.0)
    }

    /// By how much its 99 of 100 is above that of others, in percent.
    fn growth_over(&mut self, others: &mut Latencies) -> f64 {
        (self.percentile(99) / others.percentile(99) - 1.0) * 100.0
    }

    /// Median and 99 of 100.
    fn told(&mut self) -> String {
        format!("p50 {:.1} ms, p99 {:.1} ms", self.percentile(50), self.percentile(99))
    }
}

/// Descriptors that a server may have open more than before, once all is over.
const SPARE: usize = 5;

/// Puts and reads, one after the other.
async fn work(client: &Client, what: &str, requests: usize) -> Latencies {
    let mut latencies = Latencies::default();
    for no in 0..requests / 2 {
        put_and_read(client, &format!("{what}-{no}.bin"), no as u64, &mut latencies).await;
    }
    latencies
}

/// A new file, and its content again.
async fn put_and_read(client: &Client, name: &str, seed: u64, latencies: &mut Latencies) {
    let bytes = noise(seed, 20_000);
    let begun = Instant::now();
    let made = client.put(&format!("/v1/files/by-path/{name}")).body(bytes.clone()).ask().await.expect(201);
    latencies.add(begun.elapsed());
    let begun = Instant::now();
    let content = client.get(&format!("/v1/files/{}/content", made["id"].as_str().unwrap())).ask().await;
    latencies.add(begun.elapsed());
    assert!(content.body == bytes, "{name} came back as other bytes");
}

/// A line of the server's `/proc/<pid>/status`, in KiB.
fn status_kib(server: &Process, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim_start_matches(':').trim().trim_end_matches(" kB").parse().unwrap()
}

/// Memory that the server has resident now, in KiB.
fn resident_kib(server: &Process) -> u64 {
    status_kib(server, "VmRSS")
}

/// The most memory that it ever had resident, in KiB.
fn peak_kib(server: &Process) -> u64 {
    status_kib(server, "VmHWM")
}

/// Descriptors that it has open.
fn descriptors(server: &Process) -> usize {
    std::fs::read_dir(format!("/proc/{}/fd", server.pid())).unwrap().count()
}

/// Waits until it has no more descriptors open than `before`, give or take a few.
async fn wait_for_descriptors(server: &Process, before: usize) {
    while descriptors(server) > before + SPARE {
        tokio::task::yield_now().await;
    }
}

/// Waits until the server has written so many bytes to files.
async fn wait_for_written(server: &Process, bytes: u64) {
    let written = || {
        let io = std::fs::read_to_string(format!("/proc/{}/io", server.pid())).unwrap();
        let line = io.lines().find_map(|line| line.strip_prefix("wchar: ")).unwrap();
        line.parse::<u64>().unwrap()
    };
    while written() < bytes {
        tokio::task::yield_now().await;
    }
}

/// Waits until so many uploads are being written.
async fn wait_for_uploads(server: &Process, uploads: usize) {
    let anybody = Client::new(server.url(), None);
    let line = format!("attache_uploads_writing {uploads}");
    while !anybody.get("/metrics").ask().await.text().lines().any(|shown| shown == line) {}
}

/// A request body whose bytes leave when the test says so.
struct Tap(mpsc::UnboundedSender<Bytes>);

impl Tap {
    fn new() -> (Tap, reqwest::Body) {
        let (sender, bytes) = mpsc::unbounded_channel();
        let bytes = stream::unfold(bytes, async |mut bytes: mpsc::UnboundedReceiver<Bytes>| {
            Some((Ok::<_, std::io::Error>(bytes.recv().await?), bytes))
        });
        (Tap(sender), reqwest::Body::wrap_stream(bytes))
    }

    /// Lets bytes go. The other side may have gone.
    fn give(&self, bytes: impl Into<Bytes>) {
        drop(self.0.send(bytes.into()));
    }
}
