//! How far a transfer is: a bar on a terminal, nothing elsewhere.

use attache_client::Gauge;
use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};
use std::io::{IsTerminal, Write};

/// What a transfer shows whose size is known, and of which nobody knows the size.
const KNOWN: &str = "{msg} [{bar:30}] {bytes} of {total_bytes}, {bytes_per_sec}, {eta} to go";
const UNKNOWN: &str = "{msg} {bytes}, {bytes_per_sec}, {elapsed} gone";

/// A bar on standard error, which goes when it is dropped.
#[derive(Clone)]
pub(super) struct Bar(Option<ProgressBar>);

impl Bar {
    /// A bar for so many bytes; nothing where standard error is no terminal.
    pub(super) fn new(bytes: Option<u64>) -> Bar {
        if !std::io::stderr().is_terminal() {
            return Bar(None);
        }
        let bar =
            ProgressBar::with_draw_target(bytes, ProgressDrawTarget::stderr()).with_finish(ProgressFinish::AndClear);
        let template = if bytes.is_some() { KNOWN } else { UNKNOWN };
        match ProgressStyle::with_template(template) {
            Ok(style) => Bar(Some(bar.with_style(style))),
            Err(_) => Bar(Some(bar)),
        }
    }

    /// What stands before the bar.
    pub(super) fn name(&self, text: &str) {
        if let Some(bar) = &self.0 {
            bar.set_message(text.to_owned());
        }
    }

    /// A gauge whose moves move the bar.
    pub(super) fn gauge(&self) -> Gauge {
        let Some(bar) = self.0.clone() else { return Gauge::default() };
        Gauge::telling(move |by| match by {
            by if by >= 0 => bar.inc(by.unsigned_abs()),
            by => bar.dec(by.unsigned_abs()),
        })
    }

    /// There is so much more to do.
    pub(super) fn more(&self, bytes: u64) {
        if let Some(bar) = &self.0 {
            bar.inc_length(bytes);
        }
    }

    /// Writes to the terminal without the bar in the way.
    pub(super) fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        match &self.0 {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    /// A line that stays above the bar.
    pub(super) fn say(&self, line: &str) {
        self.aside(|| stderr(line));
    }

    /// The last line, where a bar was; who has no terminal wants no summary.
    pub(super) fn summary(&self, line: &str) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
            stderr(line);
        }
    }
}

/// Nothing is left to do when nobody can read it.
fn stderr(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// An amount for people.
pub(super) fn bytes(count: u64) -> String {
    HumanBytes(count).to_string()
}

/// A number of files for people.
pub(super) fn files(count: u64) -> String {
    if count == 1 { "1 file".to_owned() } else { format!("{count} files") }
}
