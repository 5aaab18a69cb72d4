//! The content of one file: what came of it before is kept, and it counts only when its digest is right.

use super::super::failure::{Exit, Failure, Result};
use super::super::output::Output;
use super::{Getter, Outcome};
use attache_client::{Error, Fetch, File, Gauge, Patience, digest};
use sha2::{Digest, Sha256};
use std::fs::{self, OpenOptions, TryLockError};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Where content goes as it comes.
trait Sink {
    /// Takes the next bytes.
    fn take(&mut self, bytes: &[u8]) -> Result<()>;
    /// Gives everything back that came so far, if that can be done.
    fn begin_anew(&mut self) -> Result<()>;
}

impl Getter {
    /// Gets a file's content to `target`, which is whole or not there at any moment.
    pub(super) async fn file(&self, file: &File, target: &Path) -> Result<Outcome> {
        self.bar.more(file.version.size);
        let gauge = self.bar.gauge();
        if is_here(file, target)? {
            gauge.set(file.version.size);
            return Ok(Outcome::Here);
        }
        if target.exists() && !self.force {
            let words = format!("{} is here with other content; --force writes over it", target.display());
            return Err(Failure::new(Exit::Conflict, "name_taken", words));
        }
        let mut part = Part::open(file, target)?;
        let (have, sha256) = part.have(file.version.size)?;
        let right = self.content(file, have, sha256, &mut part, &gauge).await?;
        part.end(target, right)?;
        Ok(Outcome::Fetched)
    }

    /// Gives a file's content to standard output.
    pub(super) async fn stdout(&self, file: &File, out: &mut Output<'_>) -> Result<()> {
        if out.is_json() {
            return Err(Failure::trouble("standard output cannot have the content and JSON; leave --json or -o - out"));
        }
        self.bar.more(file.version.size);
        let gauge = self.bar.gauge();
        let mut sink = Stream { out };
        if !self.content(file, 0, Sha256::new(), &mut sink, &gauge).await? {
            return Err(wrong(file));
        }
        sink.out.flush()
    }

    /// Brings content from the byte `at` on, through interruptions; whether its digest is right.
    async fn content(
        &self,
        file: &File,
        mut at: u64,
        mut sha256: Sha256,
        sink: &mut impl Sink,
        gauge: &Gauge,
    ) -> Result<bool> {
        let (size, mut idle) = (file.version.size, 0);
        while at < size {
            gauge.set(at);
            // A cut content is fetched again soon; who waits for one that never begins wants to know it soon, too.
            let mut fetch = self.client.fetch(file, at, Patience::SHORT).await.map_err(|error| gone(error, file))?;
            if fetch.from() != at {
                sink.begin_anew()?;
                (at, sha256) = (0, Sha256::new());
            }
            if fetch.sha256().is_some_and(|told| told != file.version.sha256) {
                return Err(Failure::new(Exit::Conflict, "changed", "it changes right now; get it again"));
            }
            let before = at;
            let cut = take(&mut fetch, &mut at, size, &mut sha256, sink, gauge).await?;
            idle = if at > before { 0 } else { idle + 1 };
            if let (Some(error), None) = (cut, Patience::SHORT.pause(idle + 1)) {
                return Err(error.into());
            }
        }
        Ok(hex::encode(sha256.finalize()) == file.version.sha256)
    }
}

/// Takes what comes; the error that it ends with, where it ends too early.
async fn take(
    fetch: &mut Fetch<'_>,
    at: &mut u64,
    size: u64,
    sha256: &mut Sha256,
    sink: &mut impl Sink,
    gauge: &Gauge,
) -> Result<Option<Error>> {
    loop {
        match fetch.chunk().await {
            Ok(Some(bytes)) => {
                let room = usize::try_from(size - *at).unwrap_or(usize::MAX);
                let bytes = &bytes[..bytes.len().min(room)];
                sink.take(bytes)?;
                sha256.update(bytes);
                *at += bytes.len() as u64;
                gauge.set(*at);
            }
            Ok(None) => return Ok(None),
            Err(error) => return Ok(Some(error)),
        }
    }
}

/// Whether this machine has the content already.
fn is_here(file: &File, target: &Path) -> Result<bool> {
    let Ok(told) = fs::metadata(target) else { return Ok(false) };
    if told.is_dir() {
        return Err(Failure::trouble(format!("{} is a folder; say with -o what to write", target.display())));
    }
    if told.len() != file.version.size {
        return Ok(false);
    }
    let failed = || Failure::io(format!("read {}", target.display()));
    let mut sha256 = Sha256::new();
    digest(&fs::File::open(target).map_err(failed())?, 0, told.len(), &mut sha256).map_err(failed())?;
    Ok(hex::encode(sha256.finalize()) == file.version.sha256)
}

fn gone(error: Error, file: &File) -> Failure {
    let failure = Failure::from(error);
    match failure.exit {
        Exit::Missing => Failure::missing(format!("{} is gone by now", file.path)),
        _ => failure,
    }
}

fn wrong(file: &File) -> Failure {
    Failure::trouble(format!("{}: what came is not what the server has; get it again", file.path))
}

/// A file beside the target, with the beginning of exactly this content.
struct Part {
    path: PathBuf,
    file: fs::File,
    named: String,
}

impl Part {
    /// Its name has the digest of the content, so what another content left is never gone on with.
    fn open(file: &File, target: &Path) -> Result<Part> {
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        let short = file.version.sha256.get(..12).unwrap_or_default();
        let path = target.with_file_name(format!(".{name}.{short}.part"));
        let failed = || Failure::io(format!("write {}", path.display()));
        let opened = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let part = opened.map_err(failed())?;
        match part.try_lock() {
            Ok(()) => Ok(Part { path, file: part, named: file.path.clone() }),
            Err(TryLockError::WouldBlock) => {
                Err(Failure::new(Exit::Conflict, "in_use", "another 'attache get' is writing it right now"))
            }
            Err(TryLockError::Error(error)) => Err(failed()(error)),
        }
    }

    /// How much of the content is here, and its digest so far.
    fn have(&mut self, size: u64) -> Result<(u64, Sha256)> {
        let failed = || Failure::io(format!("read {}", self.path.display()));
        let mut have = self.file.metadata().map_err(failed())?.len();
        if have > size {
            self.file.set_len(0).map_err(failed())?;
            have = 0;
        }
        let mut sha256 = Sha256::new();
        digest(&self.file, 0, have, &mut sha256).map_err(failed())?;
        self.file.seek(SeekFrom::Start(have)).map_err(failed())?;
        Ok((have, sha256))
    }

    /// Gives it the name that it is to have, if it is right.
    fn end(self, target: &Path, is_right: bool) -> Result<()> {
        if !is_right {
            // What is wrong would only be in the way.
            let _ = fs::remove_file(&self.path);
            return Err(Failure::trouble(format!(
                "{}: what came is not what the server has; get it again",
                self.named
            )));
        }
        let ended = self.file.sync_all().and_then(|()| fs::rename(&self.path, target));
        ended.map_err(Failure::io(format!("write {}", target.display())))
    }
}

impl Sink for Part {
    fn take(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes).map_err(Failure::io(format!("write {}", self.path.display())))
    }

    fn begin_anew(&mut self) -> Result<()> {
        let anew = self.file.set_len(0).and_then(|()| self.file.rewind());
        anew.map_err(Failure::io(format!("write {}", self.path.display())))
    }
}

/// Standard output, which takes nothing back.
struct Stream<'s, 'o> {
    out: &'s mut Output<'o>,
}

impl Sink for Stream<'_, '_> {
    fn take(&mut self, bytes: &[u8]) -> Result<()> {
        self.out.bytes(bytes)
    }

    fn begin_anew(&mut self) -> Result<()> {
        Err(Failure::trouble("the connection broke, and the server gives no part of a content; get it into a file"))
    }
}
