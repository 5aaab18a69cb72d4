//! `attache put`: files, folders and standard input onto the server.

mod large;
mod memory;
mod small;
mod source;
mod stdin;
mod walk;

use super::bar::{self, Bar};
use super::failure::{Exit, Failure, Result};
use super::name::is_missing;
use super::output::Output;
use super::site;
use super::tally::Tally;
use crate::cli::PutWish;
use attache_client::{Client, Conflict, Error, File, Gauge, NewFile, Patience};
use futures_util::stream::{self, StreamExt};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use tokio::sync::Semaphore;
use walk::Step;

/// Files that are on their way at once.
const AT_ONCE: usize = 4;
/// Largest file that goes in one request, and the most of a larger one that goes in one.
const PIECE: u64 = 8 << 20;

/// What a run works with.
struct Putter {
    client: Client,
    bar: Bar,
    /// Large files go one after the other: each of them fills the line by itself.
    large: Semaphore,
}

/// A file or folder that is on the server now, and how it came there.
struct Done {
    outcome: Outcome,
    /// `None` for a folder, and for a file that the token may not look at.
    file: Option<File>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Created,
    Versioned,
    /// The same content was there already.
    There,
    /// An empty folder.
    Folder,
}

impl Outcome {
    fn word(self) -> &'static str {
        match self {
            Outcome::Created => "created",
            Outcome::Versioned => "versioned",
            Outcome::There => "there",
            Outcome::Folder => "folder",
        }
    }
}

pub(super) async fn run(wish: &PutWish, out: &mut Output<'_>) -> Result<Exit> {
    let sources = source::of(wish)?;
    let size = source::measure(&sources);
    let bar = Bar::new(size.bytes);
    bar.name(&bar::files(size.files));
    let putter = Putter { client: site(&wish.session)?.client, bar, large: Semaphore::new(1) };
    let (mut tally, mut count) = (Tally::default(), Count::default());
    let steps = sources.iter().flat_map(source::Source::steps);
    let mut steps = stream::iter(steps).map(|step| putter.step(step)).buffered(AT_ONCE);
    while let Some((named, done)) = steps.next().await {
        match done {
            Ok(done) => {
                count.add(&done);
                show(&named, &done, &putter.bar, out)?;
            }
            Err(failure) => tally.failed(&named, failure, Some(&putter.bar), out)?,
        }
    }
    drop(steps);
    putter.bar.summary(&count.words(&tally));
    Ok(tally.exit())
}

/// Tells of one file on standard output, below the bar that may be there.
fn show(named: &str, done: &Done, bar: &Bar, out: &mut Output<'_>) -> Result<()> {
    if done.outcome == Outcome::Folder {
        return Ok(());
    }
    bar.aside(|| {
        if let Some(file) = &done.file {
            out.line(&file.path)?;
        }
        out.object(&json!({ "name": named, "outcome": done.outcome.word(), "file": done.file }))
    })
}

/// What a run did.
#[derive(Default)]
struct Count {
    files: u64,
    bytes: u64,
    there: u64,
}

impl Count {
    fn add(&mut self, done: &Done) {
        let Some(file) = &done.file else { return };
        self.files += 1;
        self.bytes += file.version.size;
        self.there += u64::from(done.outcome == Outcome::There);
    }

    fn words(&self, tally: &Tally) -> String {
        let mut words = format!("{}, {}", bar::files(self.files), bar::bytes(self.bytes));
        if self.there > 0 {
            words.push_str(&format!("; {} were there already", self.there));
        }
        if tally.failed > 0 {
            words.push_str(&format!("; {} failed", tally.failed));
        }
        words
    }
}

impl Putter {
    /// Pauses after `idle` tries that brought nothing, longer each time, up to the last one.
    async fn wait(&self, idle: u32) -> Result<()> {
        if idle == 0 {
            return Ok(());
        }
        let Some(pause) = Patience::LONG.pause(idle) else {
            let words = format!(
                "cannot reach the server at {}: the connection breaks again and again; run the same command again, and what \
                 can go on goes on",
                self.client.address()
            );
            return Err(Failure::new(Exit::Away, "unreachable", words));
        };
        tokio::time::sleep(pause).await;
        Ok(())
    }

    /// Does a step; says what it was about.
    async fn step(&self, step: Step) -> (String, Result<Done>) {
        match step {
            Step::File(item) => {
                let done = self.file(&item).await;
                (item.path.display().to_string(), done)
            }
            Step::Folder { path, folder } => {
                let made = self.client.make_folder(&folder).await;
                let done = made.map(|_| Done { outcome: Outcome::Folder, file: None });
                (path.display().to_string(), done.map_err(Into::into))
            }
            Step::Stdin(new) => ("-".to_owned(), self.stdin(&new).await),
            Step::Odd { path, failure } => (path.display().to_string(), Err(failure)),
        }
    }

    async fn file(&self, item: &walk::Item) -> Result<Done> {
        let file = std::fs::File::open(&item.path).map_err(source::unreadable(&item.path))?;
        let told = file.metadata().map_err(source::unreadable(&item.path))?;
        if !told.is_file() {
            return Err(Failure::trouble("it is no ordinary file"));
        }
        let file = Arc::new(file);
        if told.len() <= PIECE {
            return self.small(&item.new, &file, told.len()).await;
        }
        // Nobody ever closes it.
        let _turn = self.large.acquire().await;
        self.large(item, &file, &told).await
    }

    /// Looks whether the name is free, where a taken one is to be left alone. The file that is there counts as put where
    /// it has the content that was to be sent; `sha256` is asked only where the lengths are the same.
    ///
    /// # Errors
    /// A conflict with other content.
    async fn there(
        &self,
        new: &NewFile,
        len: u64,
        gauge: &Gauge,
        sha256: impl FnOnce() -> Result<String>,
    ) -> Result<Option<Done>> {
        if new.conflict != Conflict::Refuse {
            return Ok(None);
        }
        let path = source::below(&new.folder, &new.name);
        let there = match self.client.file_at(&path).await {
            Ok(file) if file.version.size == len && sha256()? == file.version.sha256 => file,
            Ok(_) => return Err(Failure::taken().about(&path)),
            // Who may not look is told by the server when the file comes.
            Err(error) if is_missing(&error) || error.is("scope_missing") => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        for record in &new.records {
            self.client.link(&there.id, record).await?;
        }
        gauge.set(len);
        Ok(Some(Done { outcome: Outcome::There, file: Some(there) }))
    }

    /// What to make of a refusal: one for the name may be about the very content that was to be sent.
    async fn refused(
        &self,
        new: &NewFile,
        error: Error,
        len: u64,
        gauge: &Gauge,
        sha256: impl FnOnce() -> Result<String>,
    ) -> Result<Done> {
        if !error.is("name_taken") {
            return Err(error.into());
        }
        match self.there(new, len, gauge, sha256).await? {
            Some(done) => Ok(done),
            None => Err(Failure::from(error).about(&source::below(&new.folder, &new.name))),
        }
    }
}

/// A digest as the server writes it.
fn hex_of(digest: Sha256) -> String {
    hex::encode(digest.finalize())
}
