//! The log: lines for people on a terminal, JSON objects everywhere else, always on standard error.

use crate::setting::Settings;
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

/// Starts the log of this process, at the level `usual` where the settings say nothing. A second call in one process
/// changes nothing.
pub fn start(settings: &Settings, usual: &str) {
    let filter = EnvFilter::new(settings.log_or(usual));
    let lines = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // An error says that a log was started before, which then serves this caller too.
    let _ = if std::io::stderr().is_terminal() {
        lines.with_target(false).try_init()
    } else {
        lines.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init()
    };
}
