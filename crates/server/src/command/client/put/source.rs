//! What is to be put: the sources of a command line, checked, and how much they are.

use super::super::failure::{Exit, Failure, Result};
use super::walk::{Item, Step, Tree};
use crate::cli::PutWish;
use attache_client::NewFile;
use std::io;
use std::path::{Path, PathBuf};

/// A source, and where it goes.
pub(super) enum Source {
    File(Item),
    /// A folder of this machine, and what is said of every file in it; `folder` is the folder's own path there.
    Tree {
        path: PathBuf,
        new: NewFile,
    },
    Stdin(NewFile),
}

/// How much there is to do.
pub(super) struct Size {
    pub(super) files: u64,
    /// `None` where nobody knows.
    pub(super) bytes: Option<u64>,
}

/// The sources of a command.
///
/// # Errors
/// What is wrong with one of them, before anything is sent.
pub(super) fn of(wish: &PutWish) -> Result<Vec<Source>> {
    let single = wish.sources.len() == 1;
    if wish.name.is_some() && !single {
        return Err(Failure::trouble("--name names one file; give one, or leave it out"));
    }
    wish.sources.iter().map(|path| source(path, wish)).collect()
}

fn source(path: &Path, wish: &PutWish) -> Result<Source> {
    let new = NewFile {
        name: String::new(),
        folder: format!("/{}", wish.to.trim_matches('/')),
        records: wish.record.clone(),
        conflict: wish.on_conflict.into(),
    };
    if path == Path::new("-") {
        let name = wish.name.clone();
        let name = name.ok_or_else(|| Failure::trouble("say what standard input is to be called: --name NAME"))?;
        return Ok(Source::Stdin(NewFile { name, ..new }));
    }
    let told = std::fs::metadata(path).map_err(unreadable(path))?;
    let own = match &wish.name {
        Some(name) if told.is_dir() => {
            return Err(Failure::trouble(format!("--name {name} names a file, and {} is a folder", path.display())));
        }
        Some(name) => name.clone(),
        None => name_of(path)?,
    };
    if told.is_dir() {
        let folder = below(&new.folder, &own);
        return Ok(Source::Tree { path: path.to_owned(), new: NewFile { folder, ..new } });
    }
    Ok(Source::File(Item { path: path.to_owned(), new: NewFile { name: own, ..new } }))
}

/// The name that a file or folder has, also where the path does not end with it.
fn name_of(path: &Path) -> Result<String> {
    let whole = match path.file_name() {
        Some(_) => path.to_owned(),
        None => path.canonicalize().map_err(unreadable(path))?,
    };
    let name = whole.file_name().ok_or_else(|| Failure::trouble(format!("{} has no name", path.display())))?;
    text_of(name)
}

/// A name as text.
pub(super) fn text_of(name: &std::ffi::OsStr) -> Result<String> {
    name.to_str().map(str::to_owned).ok_or_else(|| Failure::trouble("its name is not UTF-8; rename it"))
}

/// The path of something in a folder of the server.
pub(super) fn below(folder: &str, name: &str) -> String {
    format!("{}/{name}", folder.trim_end_matches('/'))
}

/// Something of this machine cannot be read.
pub(super) fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> Failure {
    let op = format!("read {}", path.display());
    move |error| {
        let is_missing = error.kind() == io::ErrorKind::NotFound;
        let failure = Failure::io(op)(error);
        if is_missing { Failure { exit: Exit::Missing, code: "not_found".into(), ..failure } } else { failure }
    }
}

impl Source {
    /// Its steps, one after the other; the folders of a tree are read as they come.
    pub(super) fn steps(&self) -> Box<dyn Iterator<Item = Step>> {
        match self {
            Source::File(item) => Box::new(std::iter::once(Step::File(item.clone()))),
            Source::Tree { path, new } => Box::new(Tree::new(path.clone(), new.clone())),
            Source::Stdin(new) => Box::new(std::iter::once(Step::Stdin(new.clone()))),
        }
    }
}

/// How much all of them are.
pub(super) fn measure(sources: &[Source]) -> Size {
    let mut size = Size { files: 0, bytes: Some(0) };
    for step in sources.iter().flat_map(Source::steps) {
        match step {
            Step::File(item) => {
                size.files += 1;
                // What cannot be read is told of when its turn comes.
                let len = std::fs::metadata(&item.path).map_or(0, |told| told.len());
                size.bytes = size.bytes.map(|bytes| bytes + len);
            }
            Step::Stdin(_) => size = Size { files: size.files + 1, bytes: None },
            Step::Folder { .. } | Step::Odd { .. } => {}
        }
    }
    size
}
