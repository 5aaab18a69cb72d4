//! Steps taken on a real core and on the model; both end alike, and show the same.

use super::super::{Desk, word};
use super::foretell::{End, Life, Model};
use super::{Step, Taken};
use crate::plan::{Clash, Condition, FileChange, NewFile, NewName, Put, Rename, Replacement};
use crate::query::{Life as Shown, Query, Start};
use crate::{Body, CheckPlan, Expect, Staged};
use attache_model::file::File;
use attache_model::{FileNo, FileRef, FolderRef, Name, Result};
use std::fmt::Debug;
use std::time::Duration;

/// A history on its way.
pub(super) struct Play<'h> {
    pub(super) desk: Desk<'h>,
    pub(super) model: Model,
    /// The model's files, by their real numbers.
    pub(super) files: Vec<FileNo>,
}

impl Play<'_> {
    pub(super) async fn step(&mut self, step: &Step) {
        match step {
            Step::Put { name, len, clash, days } => self.put(*name, *len, *clash, *days).await,
            Step::Quota { bytes, files } => {
                let (bytes, files) = (bytes.map(u64::from), files.map(u64::from));
                self.desk.set_quota(bytes, files).await;
                self.model.set_quota(bytes, files);
            }
            Step::Wait { days } => {
                self.desk.advance(u64::from(*days) * 24);
                self.model.wait(u64::from(*days));
            }
            Step::Sweep => {
                self.desk.sweep().await;
                self.model.sweep();
            }
            Step::Restart => self.desk.restart().await,
            _ if self.files.is_empty() => {}
            Step::TrashAll { files } => {
                let files = self.all(files);
                let done = self.desk.core.remove(&self.desk.caller).unwrap().trash_files(&self.refs(&files)).await;
                assert_eq!(done.unwrap(), self.model.trash_all(&files));
            }
            Step::RestoreAll { files } => {
                let files = self.all(files);
                let done = self.desk.core.edit(&self.desk.caller).unwrap().restore_files(&self.refs(&files)).await;
                let done = done.map(|files| files.len()).map_err(|error| word(&error));
                assert_eq!(done, self.model.restore_all(&files));
            }
            one => self.one(one).await,
        }
    }

    async fn put(&mut self, name: u8, len: u8, clash: Taken, days: Option<u8>) {
        let edit = self.desk.core.edit(&self.desk.caller).unwrap();
        let full = Name::new(&char::from(b'a' + name).to_string(), "txt").unwrap();
        let clash_at = match clash {
            Taken::Refuse => Clash::Refuse,
            Taken::Number => Clash::Number,
            Taken::Replace => Clash::Replace,
            Taken::Version => Clash::Version,
        };
        let expires_at = days.map(|days| self.desk.core.now().plus(Duration::from_secs(u64::from(days) * 24 * 3600)));
        let new = NewFile { clash: clash_at, expires_at, ..NewFile::new(FolderRef::ROOT, NewName::Exact(full)) };
        let done = edit.put_file(new, self.stage(len).await).await.map(Put::into_file);
        let wanted = self.model.put(name, &bytes(len), clash, days);
        if let (Ok(file), Ok(Some(at))) = (&done, &wanted)
            && *at == self.files.len()
        {
            self.files.push(file.no);
        }
        self.same(&done, &wanted);
    }

    /// A step about one file that is there.
    async fn one(&mut self, step: &Step) {
        let (edit, remove) =
            (self.desk.core.edit(&self.desk.caller).unwrap(), self.desk.core.remove(&self.desk.caller).unwrap());
        let (count, no) = (self.files.len(), |at: usize| self.files[at % self.files.len()]);
        match step {
            Step::Replace { file, len } => {
                let done = edit.replace_file(no(*file), Replacement::default(), self.stage(*len).await).await;
                let wanted = self.model.replace(file % count, &bytes(*len));
                self.same(&done, &wanted);
            }
            Step::Activate { file, version } => {
                let at = file % count;
                let version = version % (self.model.files[at].versions.len() + 1);
                let change = FileChange { version: Some(version as i64 + 1), ..FileChange::default() };
                let done = edit.change_file(no(at), change).await;
                let wanted = self.model.activate(at, version);
                self.same(&done, &wanted);
            }
            Step::Rename { file, name, numbered } => {
                let full = Name::new(&char::from(b'a' + name).to_string(), "txt").unwrap();
                let change =
                    FileChange { name: Some(Rename::Full(full)), numbered: *numbered, ..FileChange::default() };
                let done = edit.change_file(no(*file), change).await;
                let wanted = self.model.rename(file % count, *name, *numbered);
                self.same(&done, &wanted);
            }
            Step::Restore { file } => {
                let done = remove.restore_file(no(*file)).await;
                let wanted = self.model.restore(file % count);
                self.same(&done, &wanted);
            }
            Step::Trash { file } => {
                let done = remove.trash_file(no(*file), Condition::Always).await;
                same(&done, &self.model.trash(file % count));
            }
            Step::Erase { file } => {
                let done = remove.erase_file(no(*file), Condition::Always).await;
                same(&done, &self.model.erase(file % count));
            }
            other => panic!("{other:?} is about more than one file"),
        }
    }

    async fn stage(&self, len: u8) -> Staged {
        let edit = self.desk.core.edit(&self.desk.caller).unwrap();
        edit.stage(Body::from(bytes(len)), &Expect::at_most(100)).await.unwrap()
    }

    fn all(&self, files: &[usize]) -> Vec<usize> {
        files.iter().map(|at| at % self.files.len()).collect()
    }

    fn refs(&self, files: &[usize]) -> Vec<FileRef> {
        files.iter().map(|at| self.files[*at].into()).collect()
    }

    /// The step ended as foretold, with the file that was foretold.
    fn same(&self, done: &Result<File>, wanted: &End) {
        let no = done.as_ref().map(|file| file.no).ok();
        same(done, wanted);
        let foretold = wanted.as_ref().ok().and_then(|at| at.map(|at| self.files[at]));
        assert_eq!(no, foretold);
    }

    /// After every step: each file, what is listed, and the book.
    pub(super) async fn compare(&self) {
        let view = self.desk.core.view(&self.desk.caller).unwrap();
        for (at, wanted) in self.model.files.iter().enumerate() {
            let found = view.trashed_file(self.files[at]).await.map(|file| face(&file)).ok();
            let size = wanted.versions[wanted.active].len() as u64;
            let trashed = matches!(wanted.life, Life::Trashed(_));
            let shown = (wanted.name.clone(), trashed, wanted.versions.len() as i64, wanted.active as i64 + 1, size);
            assert_eq!(found, self.model.is_shown(wanted).then_some(shown), "file {at}");
        }
        assert_eq!(self.listed(Shown::Living).await, self.foretold(|life| life == Life::Living));
        assert_eq!(self.listed(Shown::Trashed).await, self.foretold(|life| matches!(life, Life::Trashed(_))));
        let (book, (bytes, files)) = (self.desk.book().await, self.model.used());
        let told = [book.bytes, book.files, book.reserved_bytes, book.reserved_files];
        assert_eq!(told, [bytes, files, 0, 0].map(|count| count as i64));
    }

    async fn listed(&self, life: Shown) -> Vec<FileNo> {
        let query = Query { tests: Vec::new(), order: Vec::new(), start: Start::First, limit: 100, life };
        let page = self.desk.core.view(&self.desk.caller).unwrap().files(&query).await.unwrap();
        page.items.iter().map(|file| file.no).collect()
    }

    fn foretold(&self, lives: impl Fn(Life) -> bool) -> Vec<FileNo> {
        let shown = |(at, _): &(usize, &FileNo)| {
            let file = &self.model.files[*at];
            self.model.is_shown(file) && lives(file.life)
        };
        let mut listed: Vec<FileNo> = self.files.iter().enumerate().filter(shown).map(|(_, no)| *no).collect();
        listed.sort_unstable();
        listed
    }

    /// At the end: every byte of every version; rows and bytes agree; and the trash empties itself.
    pub(super) async fn end(&mut self) {
        for (at, wanted) in self.model.files.iter().enumerate().filter(|(_, file)| file.life == Life::Living) {
            for (no, bytes) in (1..).zip(&wanted.versions).filter(|_| self.model.is_shown(wanted)) {
                assert_eq!(&self.desk.bytes(self.files[at], Some(no)).await, bytes, "version {no} of file {at}");
            }
        }
        self.desk.advance(31 * 24);
        self.model.wait(31);
        self.desk.sweep().await;
        self.model.sweep();
        self.compare().await;
        assert!(self.listed(Shown::Trashed).await.is_empty());
        let plan = CheckPlan { repair: false, older_than: Duration::ZERO };
        let report = self.desk.core.operator().check(plan).await.unwrap();
        assert!(report.is_clean(), "{report}");
    }
}

/// What a file shows: name, whether it is in the trash, versions, the active one and its size.
fn face(file: &File) -> (String, bool, i64, i64, u64) {
    let version = &file.version;
    (file.name.full().to_owned(), file.trashed_at.is_some(), file.versions, version.no, version.size)
}

/// Contents of one length are equal, so that some are shared.
fn bytes(len: u8) -> Vec<u8> {
    (0..len).map(|at| at.wrapping_mul(7)).collect()
}

fn same<T: Debug>(done: &Result<T>, wanted: &End) {
    let ended = done.as_ref().map(|_| ()).map_err(word);
    assert_eq!(ended, wanted.clone().map(|_| ()), "{done:?}");
}
