//! What a core shows, held against the model; and what must hold of every account whatever any model says.

use super::super::word;
use super::act::Play;
use super::foretell::Life;
use crate::query::{Life as Shown, Query, Start};
use crate::table::book::{self, Tally};
use crate::unit::{Outcome, Tenanted, tenanted, vals};
use crate::{CheckPlan, etag};
use attache_model::file::File;
use attache_model::{FileId, FileNo, FolderNo, FolderRef};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Steps from one look through the public faces to the next; rows are looked at after each.
const LOOK: usize = 12;

const FILES: &str = "SELECT no, id, folder_no, name, trashed_at, versions, version_no, size, revision FROM file
    WHERE account_no = $1 ORDER BY no";
const FOLDERS: &str =
    "SELECT no, COALESCE(parent_no, 0), name, trashed_at FROM folder WHERE account_no = $1 ORDER BY no";

/// An account as its rows are.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    files: Vec<(FileId, FileNo, FileFace)>,
    folders: Vec<FolderFace>,
    book: Tally,
    counted: Tally,
    quota: (Option<u64>, Option<u64>),
}

/// Folder, name, whether it is in the trash, versions, the active one and its size, revision.
type FileFace = (FolderNo, String, bool, i64, i64, i64, i64);
/// Number, parent, name, whether it was deleted.
type FolderFace = (FolderNo, FolderNo, String, bool);

impl Seen {
    pub(super) fn id_of(&self, file: FileNo) -> Option<FileId> {
        self.files.iter().find(|(_, no, _)| *no == file).map(|(id, ..)| *id)
    }

    /// One name in each folder, a tree of folders, every living file in a living folder.
    fn is_sound(&self) {
        assert_eq!(self.book, self.counted, "the book and a recount of the rows");
        let mut names = BTreeSet::new();
        let living: BTreeMap<FolderNo, FolderNo> =
            self.folders.iter().filter(|folder| !folder.3).map(|(no, parent, ..)| (*no, *parent)).collect();
        for (_, parent, name, _) in self.folders.iter().filter(|folder| !folder.3) {
            assert!(names.insert((false, *parent, name)), "two folders are called {name}");
        }
        for (_, no, (folder, name, ..)) in self.files.iter().filter(|file| !file.2.2) {
            assert!(names.insert((true, *folder, name)), "two files are called {name}");
            assert!(living.contains_key(folder), "file {no} lives in no folder");
        }
        for start in living.keys() {
            let up = (0..living.len()).try_fold(*start, |at, _| living.get(&at).copied());
            assert_eq!(up, Some(FolderNo::ROOT), "folder {start} is in no tree");
        }
    }

    /// An account grows within its quota alone.
    fn grew_within_quota(&self, before: &Seen) {
        let over =
            |now: i64, before: i64, quota: Option<u64>| now > before && quota.is_some_and(|most| now > most as i64);
        assert!(!over(self.book.bytes, before.book.bytes, self.quota.0), "{:?} past {:?}", self.book, self.quota);
        assert!(!over(self.book.files, before.book.files, self.quota.1), "{:?} past {:?}", self.book, self.quota);
    }
}

impl Play<'_> {
    /// After every step.
    pub(super) async fn compare(&mut self) {
        let seen = self.look().await;
        seen.is_sound();
        seen.grew_within_quota(&self.seen);
        self.seen = seen;
        let wanted = self.model.files.iter().enumerate().filter(|(_, file)| file.life != Life::Gone);
        let mut wanted: Vec<(FileNo, FileFace)> = wanted
            .map(|(at, file)| {
                let (folder, trashed) = (self.folders[file.folder], matches!(file.life, Life::Trashed(_)));
                let (versions, active) = (file.versions.len() as i64, file.active as i64 + 1);
                let size = file.content().len() as i64;
                (self.files[at], (folder, file.name.clone(), trashed, versions, active, size, file.revision))
            })
            .collect();
        wanted.sort();
        let found: Vec<(FileNo, FileFace)> = self.seen.files.iter().map(|(_, no, face)| (*no, face.clone())).collect();
        assert_eq!(found, wanted);
        let folders = self.model.folders.iter().enumerate();
        let mut folders: Vec<FolderFace> = folders
            .map(|(at, folder)| (self.folders[at], self.folders[folder.parent], folder.name.clone(), folder.is_gone))
            .collect();
        folders.sort();
        assert_eq!(self.seen.folders, folders);
        let (book, (bytes, files)) = (self.seen.book, self.model.used());
        let told = [book.bytes, book.files, book.reserved_bytes, book.reserved_files];
        assert_eq!(told, [bytes, files, 0, 0].map(|count| count as i64));
        if self.steps.is_multiple_of(LOOK) {
            self.compare_faces().await;
        }
    }

    /// The account's rows, in one snapshot.
    async fn look(&self) -> Seen {
        let unit = tenanted::<Seen, _>(|mut t| Box::pin(async move { read(&mut t).await }));
        self.desk.core.read("look at an account", self.desk.caller.account(), unit).await.unwrap()
    }

    /// What callers are shown: each file, and what is listed.
    async fn compare_faces(&self) {
        let view = self.desk.core.view(&self.desk.caller).unwrap();
        for (at, wanted) in self.model.files.iter().enumerate() {
            let found = view.trashed_file(self.files[at]).await.map_err(|error| word(&error));
            let shown = self.model.is_shown(wanted).then_some(wanted).ok_or(String::from("no File"));
            assert_eq!(found.map(|file| face(&file, self.files[at])), shown.map(|wanted| self.face(at, wanted)));
        }
        assert_eq!(self.listed(Shown::Living).await, self.foretold(|life| life == Life::Living));
        assert_eq!(self.listed(Shown::Trashed).await, self.foretold(|life| matches!(life, Life::Trashed(_))));
    }

    /// Number, path, tag, size.
    fn face(&self, at: usize, file: &super::foretell::File) -> (String, String, u64) {
        let path = attache_model::folder::join(&self.model.path(file.folder), &file.name);
        (path, format!("f{}-r{}", self.files[at], file.revision), file.content().len() as u64)
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

    /// At the end: every byte of every version, every folder by its path; rows and bytes agree; and the trash empties
    /// itself.
    pub(super) async fn end(&mut self) {
        self.compare_faces().await;
        for (at, wanted) in self.model.files.iter().enumerate().filter(|(_, file)| file.life == Life::Living) {
            for (no, bytes) in (1..).zip(&wanted.versions).filter(|_| self.model.is_shown(wanted)) {
                assert_eq!(&self.desk.bytes(self.files[at], Some(no)).await, bytes, "version {no} of file {at}");
            }
        }
        for (at, _) in self.model.folders.iter().enumerate().filter(|(_, folder)| !folder.is_gone) {
            let path = FolderRef::Path(self.model.path(at));
            let found = self.desk.core.view(&self.desk.caller).unwrap().folder(&path).await.unwrap();
            assert_eq!(found.no, self.folders[at]);
        }
        if !self.desk.home.looks_closely() {
            return;
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

fn face(file: &File, no: FileNo) -> (String, String, u64) {
    assert_eq!(file.no, no);
    (attache_model::folder::join(&file.folder_path, file.name.full()), etag(file), file.version.size)
}

async fn read(t: &mut Tenanted<'_>) -> Outcome<Seen> {
    let files = t
        .all(FILES, vals![], |rec| {
            let id = FileId(crate::table::uuid(rec, 1)?);
            let (trashed, int) = (rec.int(4)? > 0, |column| rec.int(column));
            let face = (FolderNo(int(2)?), rec.text(3)?, trashed, int(5)?, int(6)?, int(7)?, int(8)?);
            Ok((id, FileNo(int(0)?), face))
        })
        .await?;
    let folders = t
        .all(FOLDERS, vals![], |rec| Ok((FolderNo(rec.int(0)?), FolderNo(rec.int(1)?), rec.text(2)?, rec.int(3)? > 0)))
        .await?;
    let (book, counted) = (book::told(t).await?, book::recount(t).await?);
    let quota = book::get(t).await?.map(|(_, quota)| (quota.bytes, quota.files)).unwrap_or_default();
    Ok(Seen { files, folders, book, counted, quota })
}
