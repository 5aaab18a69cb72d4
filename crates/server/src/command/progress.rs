//! How far a copy is: a bar on a terminal, a line now and then elsewhere.

use attache_core::transfer::Step;
use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::sync::{Mutex, PoisonError};

/// What stands beside the bar, and what stands there while nobody knows how much there is.
const BAR: &str = "{msg} [{bar:30}] {pos} of {len}, {elapsed} gone, {eta} to go";
const COUNT: &str = "{msg} {pos}";
/// Where there is no terminal, a line is said for each of so many parts.
const PARTS: u64 = 100;

/// Shows the steps of a copy on standard error.
pub(super) struct Progress {
    bar: ProgressBar,
    /// Said in lines where there is no terminal.
    lines: Option<Mutex<Said>>,
}

/// What was said last, and what has happened since.
#[derive(Default)]
struct Said {
    count: u64,
    bytes: u64,
    done: u64,
    done_bytes: u64,
    parts: u64,
}

impl Progress {
    pub(super) fn new() -> Progress {
        let terminal = std::io::stderr().is_terminal();
        let target = if terminal { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        Progress { bar, lines: (!terminal).then(Mutex::default) }
    }

    /// Takes a step note.
    pub(super) fn step(&self, step: Step) {
        match &self.lines {
            None => self.draw(step),
            Some(said) => said.lock().unwrap_or_else(PoisonError::into_inner).step(step),
        }
    }

    /// Clears the bar away.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }

    fn draw(&self, step: Step) {
        let bar = &self.bar;
        match step {
            Step::Contents { count, bytes } => {
                self.style(BAR);
                bar.reset();
                bar.set_length(count);
                bar.set_message(format!("contents ({})", HumanBytes(bytes)));
            }
            Step::Content { .. } => bar.inc(1),
            Step::Uploads => self.count("uploads on their way"),
            Step::Table { name } => self.count(&format!("rows of {name}")),
            Step::Rows { count } => bar.inc(count),
            Step::Tidying => self.count("tidying up"),
        }
    }

    fn count(&self, what: &str) {
        self.style(COUNT);
        self.bar.reset();
        self.bar.set_message(what.to_owned());
    }

    fn style(&self, template: &str) {
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
    }
}

impl Said {
    fn step(&mut self, step: Step) {
        match step {
            Step::Contents { count, bytes } => {
                *self = Said { count, bytes, ..Said::default() };
                say(&format!("contents: {count} with {}", HumanBytes(bytes)));
            }
            Step::Content { bytes } => {
                self.done += 1;
                self.done_bytes += bytes;
                let parts = self.done * PARTS / self.count.max(1);
                if parts > self.parts {
                    self.parts = parts;
                    let (done, all) = (HumanBytes(self.done_bytes), HumanBytes(self.bytes));
                    say(&format!("contents: {} of {}, {done} of {all}", self.done, self.count));
                }
            }
            Step::Uploads => say("uploads on their way"),
            Step::Table { name } => say(&format!("rows of {name}")),
            Step::Rows { .. } => {}
            Step::Tidying => say("tidying up"),
        }
    }
}

/// A line on standard error. Nothing is left to do when nobody can read it.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
