//! What a command finds, for people or as lines of JSON.

use super::failure::{Failure, Result, unwritten};
use crate::cli::Session;
use attache_client::{File, Folder};
use indicatif::HumanBytes;
use serde::Serialize;
use serde_json::json;
use std::io::Write;

/// Standard output, in the form that was asked for.
pub(super) struct Output<'o> {
    out: &'o mut dyn Write,
    json: bool,
}

impl<'o> Output<'o> {
    pub(super) fn new(out: &'o mut dyn Write, session: &Session) -> Output<'o> {
        Output { out, json: session.json }
    }

    /// Whether JSON is wanted.
    pub(super) fn is_json(&self) -> bool {
        self.json
    }

    /// A line for people, where JSON is not wanted.
    pub(super) fn line(&mut self, text: &str) -> Result<()> {
        if self.json { Ok(()) } else { writeln!(self.out, "{text}").map_err(unwritten) }
    }

    /// An object, where JSON is wanted.
    pub(super) fn object(&mut self, value: &impl Serialize) -> Result<()> {
        if !self.json {
            return Ok(());
        }
        let text = serde_json::to_string(value).map_err(|error| Failure::trouble(error.to_string()))?;
        writeln!(self.out, "{text}").map_err(unwritten)
    }

    /// What was not done to something that was named, where JSON is wanted.
    pub(super) fn failed(&mut self, named: &str, failure: &Failure) -> Result<()> {
        self.object(&json!({ "name": named, "error": { "code": failure.code, "detail": failure.words } }))
    }

    /// Bytes as they are.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.out.write_all(bytes).map_err(unwritten)
    }

    /// Everything has to be out by now.
    pub(super) fn flush(&mut self) -> Result<()> {
        self.out.flush().map_err(unwritten)
    }
}

/// How much of each thing a table shows.
#[derive(Clone, Copy, Debug)]
pub(super) enum Width {
    Short,
    Long,
}

impl Width {
    pub(super) fn new(long: bool) -> Width {
        if long { Width::Long } else { Width::Short }
    }

    /// The line above a table.
    pub(super) fn heads(self) -> String {
        match self {
            Width::Short => format!("{:>10}  {:16}  NAME", "SIZE", "CHANGED"),
            Width::Long => format!(
                "{:>8}  {:>10}  {:16}  {:>7}  {:20}  {:28}  NAME",
                "NO", "SIZE", "CHANGED", "VERSION", "ACCESS", "TYPE"
            ),
        }
    }

    /// A file, by the name that it is to have there.
    pub(super) fn file(self, file: &File, name: &str) -> String {
        let (size, changed) = (HumanBytes(file.version.size).to_string(), moment(&file.updated_at));
        match self {
            Width::Short => format!("{size:>10}  {changed:16}  {}", plain(name)),
            Width::Long => format!(
                "{:>8}  {size:>10}  {changed:16}  {:>7}  {:20}  {:28}  {}",
                file.no,
                file.version.no,
                file.access,
                file.version.media_type,
                plain(name)
            ),
        }
    }

    /// A folder.
    pub(super) fn folder(self, folder: &Folder) -> String {
        let changed = moment(&folder.updated_at);
        match self {
            Width::Short => format!("{:>10}  {changed:16}  {}/", "", plain(&folder.name)),
            Width::Long => format!(
                "{:>8}  {:>10}  {changed:16}  {:>7}  {:20}  {:28}  {}/",
                folder.no,
                "",
                "",
                "",
                "folder",
                plain(&folder.name)
            ),
        }
    }
}

/// A time of the server to the minute, in UTC.
fn moment(time: &str) -> String {
    time.get(..16).unwrap_or(time).replace('T', " ")
}

/// A name without what would move a terminal's cursor.
pub(super) fn plain(name: &str) -> String {
    name.chars().map(|letter| if letter.is_control() { '?' } else { letter }).collect()
}
