//! `attache get`: files of a server onto this machine, or to standard output.

mod content;
mod place;
mod tree;

use super::bar::{self, Bar};
use super::failure::{Exit, Failure, Result};
use super::name::{Name, is_missing};
use super::output::Output;
use super::site;
use super::tally::Tally;
use crate::cli::GetWish;
use attache_client::{Client, File, Folder};
use futures_util::stream::{self, StreamExt};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Files that are on their way at once.
const AT_ONCE: usize = 4;

/// What a run works with.
struct Getter {
    client: Client,
    bar: Bar,
    force: bool,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Fetched,
    /// The same content was here already.
    Here,
}

/// What a name means.
enum Found {
    File(Box<File>),
    Folder(Folder),
}

/// What a run did.
#[derive(Default)]
struct Count {
    files: u64,
    bytes: u64,
}

pub(super) async fn run(wish: &GetWish, out: &mut Output<'_>) -> Result<Exit> {
    if wish.names.len() > 1 && wish.output.as_deref() == Some(Path::new("-")) {
        return Err(Failure::trouble("-o - takes one file"));
    }
    let getter = Getter { client: site(&wish.session)?.client, bar: Bar::new(Some(0)), force: wish.force };
    let (mut tally, mut count) = (Tally::default(), Count::default());
    for named in &wish.names {
        let got = match getter.find(named, wish.recursive).await {
            Ok(Found::File(file)) if wish.output.as_deref() == Some(Path::new("-")) => getter.stdout(&file, out).await,
            Ok(Found::File(file)) => getter.one(&file, wish, out, &mut count).await,
            Ok(Found::Folder(folder)) => getter.tree(&folder, wish, out, &mut tally, &mut count).await,
            Err(failure) => Err(failure),
        };
        if let Err(failure) = got {
            tally.failed(named, failure, Some(&getter.bar), out)?;
        }
    }
    getter.bar.summary(&format!("{}, {}", bar::files(count.files), bar::bytes(count.bytes)));
    Ok(tally.exit())
}

impl Getter {
    async fn find(&self, named: &str, recursive: bool) -> Result<Found> {
        let name = Name::parse(named)?;
        let failure = match name.file(&self.client).await {
            Ok(file) => return Ok(Found::File(Box::new(file))),
            Err(failure) => failure,
        };
        match name {
            Name::Path(path) if failure.exit == Exit::Missing => match self.client.folder_at(path).await {
                Ok(folder) if recursive => Ok(Found::Folder(folder)),
                Ok(_) => {
                    Err(Failure::trouble(format!("{path} is a folder; --recursive gets it with all that is in it")))
                }
                Err(error) if is_missing(&error) => Err(failure),
                Err(error) => Err(error.into()),
            },
            _ => Err(failure),
        }
    }

    /// Gets a file that was named by itself.
    async fn one(&self, file: &File, wish: &GetWish, out: &mut Output<'_>, count: &mut Count) -> Result<()> {
        let target = place::of(file, wish.output.as_deref(), wish.names.len() > 1)?;
        let outcome = self.file(file, &target).await?;
        self.show(file, &target, outcome, out, count)
    }

    fn show(
        &self,
        file: &File,
        target: &Path,
        outcome: Outcome,
        out: &mut Output<'_>,
        count: &mut Count,
    ) -> Result<()> {
        count.files += 1;
        count.bytes += file.version.size;
        let word = if outcome == Outcome::Fetched { "fetched" } else { "here" };
        let target = target.display().to_string();
        self.bar.aside(|| {
            out.line(&target)?;
            out.object(&json!({ "name": file.path, "outcome": word, "target": target, "file": file }))
        })
    }

    /// Gets some files of a folder, several at once.
    async fn several(
        &self,
        files: Vec<(File, PathBuf)>,
        out: &mut Output<'_>,
        tally: &mut Tally,
        count: &mut Count,
    ) -> Result<()> {
        let work = files.into_iter().map(|(file, target)| async move {
            let done = self.file(&file, &target).await;
            (file, target, done)
        });
        let mut work = stream::iter(work).buffered(AT_ONCE);
        while let Some((file, target, done)) = work.next().await {
            match done {
                Ok(outcome) => self.show(&file, &target, outcome, out, count)?,
                Err(failure) => tally.failed(&file.path, failure, Some(&self.bar), out)?,
            }
        }
        Ok(())
    }
}
