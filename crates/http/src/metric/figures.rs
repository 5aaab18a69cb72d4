//! What core is busy with, asked for whenever somebody reads the metrics.

use attache_core::{CareFigures, Core, Figures};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;
use std::fmt;

/// The figures of a core, as metrics.
#[derive(Debug)]
struct Watched(Core);

/// Shows the figures of `core`, and which version this is.
pub(super) fn register(registry: &mut Registry, core: Core, version: &'static str) {
    let build = prometheus_client::metrics::info::Info::new([("version", version)]);
    registry.register("build", "The version of this program", build);
    registry.register_collector(Box::new(Watched(core)));
}

impl Collector for Watched {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let figures = self.0.figures();
        gauge(&mut encoder, "uploads_writing", "Uploads whose bytes are being written", figures.uploads)?;
        gauge(&mut encoder, "previews_running", "Previews that are being made", figures.previews)?;
        care(&mut encoder, &figures.care)?;
        if let Some(connections) = figures.connections {
            let help = "Connections to PostgreSQL";
            let mut open = encoder.encode_descriptor("db_connections", help, None, MetricType::Gauge)?;
            for (state, count) in [("busy", connections.busy), ("idle", connections.idle)] {
                ConstGauge::new(whole(count as u64)).encode(open.encode_family(&[("state", state)])?)?;
            }
            let help = "Units of work that wait for a connection";
            gauge(&mut encoder, "db_waiting", help, connections.waiting as u64)?;
        }
        if let Some(store) = figures.store {
            let help = "Requests to the object store, each try by itself, by how they ended: answered or failed";
            let mut requests = encoder.encode_descriptor("store_requests", help, None, MetricType::Counter)?;
            for (end, count) in [("answered", store.answered), ("failed", store.failed)] {
                ConstCounter::new(count).encode(requests.encode_family(&[("end", end)])?)?;
            }
            let help = "Requests to the object store that were tried again";
            let retries = encoder.encode_descriptor("store_retries", help, None, MetricType::Counter)?;
            ConstCounter::new(store.tried_again).encode(retries)?;
        }
        tasks(&mut encoder, &figures)
    }
}

/// What was found out about what is stored, and whether the clock is believed.
fn care(encoder: &mut DescriptorEncoder<'_>, care: &CareFigures) -> fmt::Result {
    for (name, help, count) in [
        ("scrub_contents", "Stored contents that were read again and compared with their digests", care.contents_read),
        ("scrub_bytes", "Bytes of these", care.bytes_read),
        ("scrub_unread", "Stored contents that could not be read again", care.unread),
        ("scrub_damaged", "Stored contents that were found to be damaged", care.damage_found),
        ("scrub_mended", "Damaged contents that were found to be whole again", care.damage_mended),
        ("damaged_reads", "Answers that were broken off because their content is damaged", care.damaged_reads),
        ("books_wrong", "Accounts' books that differed from a recount", care.books_wrong),
    ] {
        ConstCounter::new(count).encode(encoder.encode_descriptor(name, help, None, MetricType::Counter)?)?;
    }
    let help = "Stored contents that are known as damaged, in the whole installation";
    gauge(encoder, "damaged_contents", help, care.damaged)?;
    let help = "1 while this process doubts its clock and purges nothing";
    gauge(encoder, "clock_doubted", help, u64::from(care.clock_doubted))
}

/// One line for each kind of task; the ends are apart by how it ended.
fn tasks(encoder: &mut DescriptorEncoder<'_>, figures: &Figures) -> fmt::Result {
    let help = "Tasks that are due and taken by no node, in the whole installation";
    let mut waiting = encoder.encode_descriptor("tasks_waiting", help, None, MetricType::Gauge)?;
    for task in &figures.tasks {
        ConstGauge::new(whole(task.waiting)).encode(waiting.encode_family(&[("kind", task.kind)])?)?;
    }
    let help = "Tasks that run in this process";
    let mut running = encoder.encode_descriptor("tasks_running", help, None, MetricType::Gauge)?;
    for task in &figures.tasks {
        ConstGauge::new(whole(task.running)).encode(running.encode_family(&[("kind", task.kind)])?)?;
    }
    let help = "Tries of tasks that ended here: done, put_off (they are tried again) or failed";
    let mut ended = encoder.encode_descriptor("tasks_ended", help, None, MetricType::Counter)?;
    for task in &figures.tasks {
        for (end, count) in [("done", task.done), ("put_off", task.put_off), ("failed", task.failed)] {
            ConstCounter::new(count).encode(ended.encode_family(&[("kind", task.kind), ("end", end)])?)?;
        }
    }
    Ok(())
}

fn gauge(encoder: &mut DescriptorEncoder<'_>, name: &str, help: &str, value: u64) -> fmt::Result {
    ConstGauge::new(whole(value)).encode(encoder.encode_descriptor(name, help, None, MetricType::Gauge)?)
}

/// Gauges are signed in this format.
fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
