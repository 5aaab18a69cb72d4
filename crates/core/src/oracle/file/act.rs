//! Steps taken on a real core and on the model; both end alike.

use super::super::{Desk, Home, Named as _, word};
use super::compare::Seen;
use super::foretell::{End, Model, New, full_name};
use super::{Place, Step, Taken, When};
use crate::plan::{
    Clash, Condition, Duplicates, FileChange, FolderChange, NewFile, NewFolder, NewName, Put, Rename, Replacement,
};
use crate::{Body, Expect, Remove, Staged};
use attache_model::digest::Sha256;
use attache_model::file::File;
use attache_model::{FileNo, FileRef, FolderNo, FolderRef, Name, Result, UserNo};
use sha2::Digest as _;
use std::fmt::Debug;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// A history on its way.
pub(super) struct Play<'h> {
    pub(super) desk: Desk<'h>,
    pub(super) model: Model,
    /// The model's files, by their real numbers.
    pub(super) files: Vec<FileNo>,
    /// The model's folders, by their real numbers.
    pub(super) folders: Vec<FolderNo>,
    /// What the account held after the last step.
    pub(super) seen: Seen,
    pub(super) steps: usize,
}

impl<'h> Play<'h> {
    pub(super) async fn new(home: &'h Home) -> Play<'h> {
        let (model, folders) = (Model::default(), vec![FolderNo::ROOT]);
        Play { desk: home.desk().await, model, files: Vec::new(), folders, seen: Seen::default(), steps: 0 }
    }

    pub(super) async fn step(&mut self, step: &Step) {
        self.steps += 1;
        let told = match step {
            Step::Put { .. } => Some(self.put(step).await),
            Step::MakeFolder { .. } | Step::ChangeFolder { .. } | Step::TrashFolder { .. } => {
                Some(self.folder(step).await)
            }
            Step::Quota { .. } | Step::Wait { .. } | Step::Sweep | Step::EmptyTrash | Step::Restart => {
                self.around(step).await;
                Some(Ok(None))
            }
            _ if self.files.is_empty() => None,
            Step::TrashAll { files } | Step::RestoreAll { files } => Some(self.several(step, files).await),
            Step::Stranger { file, folder } => Some(self.stranger(*file, *folder).await),
            one => Some(self.one(one).await),
        };
        if let Some(end) = told {
            self.desk.home.note(step.name(), &end);
        }
    }

    /// What happens to the account as a whole.
    async fn around(&mut self, step: &Step) {
        match step {
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
            Step::EmptyTrash => {
                let (core, before) = (&self.desk.core, self.desk.core.now().plus(DAY));
                let emptied = crate::job::trash::empty(core, self.desk.caller.account(), before, UserNo::OWNER).await;
                emptied.unwrap();
                self.model.empty_trash();
            }
            _ => self.desk.restart().await,
        }
    }

    async fn put(&mut self, step: &Step) -> End {
        let Step::Put { to, name, len, clash, days, twin } = step else { panic!("{step:?} puts nothing in") };
        let to = self.place(to);
        let folder = match &to {
            Place::Known(at) => FolderRef::No(self.folders[*at]),
            Place::Path(names) => {
                FolderRef::Path(names.iter().map(|name| format!("/{}", char::from(b'p' + name))).collect())
            }
        };
        let clash_at = match clash {
            Taken::Refuse => Clash::Refuse,
            Taken::Number => Clash::Number,
            Taken::Replace => Clash::Replace,
            Taken::Version => Clash::Version,
        };
        let new = NewFile {
            clash: clash_at,
            expires_at: days.map(|days| self.desk.core.now().plus(DAY * u32::from(days))),
            duplicates: twin.map(|twin| Duplicates { in_folder_only: twin.here_only, return_existing: twin.take }),
            ..NewFile::new(folder, NewName::Exact(Name::parse(&full_name(*name)).unwrap()))
        };
        let staged = self.stage(*len).await;
        let done = self.desk.core.edit(&self.desk.caller).unwrap().put_file(new, staged).await.map(Put::into_file);
        let (clash, days, twin) = (*clash, *days, *twin);
        let wanted = self.model.put(New { to: &to, name: *name, bytes: bytes(*len), clash, days, twin });
        if let (Ok(file), Ok(Some(at))) = (&done, &wanted)
            && *at == self.files.len()
        {
            self.files.push(file.no);
        }
        self.learn_folders().await;
        self.same(&done, &wanted);
        wanted
    }

    fn place(&self, to: &Place) -> Place {
        match to {
            Place::Known(at) => Place::Known(at % self.folders.len()),
            Place::Path(names) => Place::Path(names.clone()),
        }
    }

    /// Looks for the numbers of folders that were made on the way.
    async fn learn_folders(&mut self) {
        for at in self.folders.len()..self.model.folders.len() {
            let path = FolderRef::Path(self.model.path(at));
            let found = self.desk.core.view(&self.desk.caller).unwrap().folder(&path).await.unwrap();
            self.folders.push(found.no);
        }
    }

    async fn folder(&mut self, step: &Step) -> End {
        let (core, caller) = (&self.desk.core, &self.desk.caller);
        let at = |folder: usize| folder % self.folders.len();
        let named = |name: &u8| char::from(b'p' + name).to_string();
        let reference = |folder: usize| FolderRef::No(self.folders[at(folder)]);
        let (done, wanted) = match step {
            Step::MakeFolder { parent, name, welcome } => {
                let new = NewFolder {
                    parent: reference(*parent),
                    make_parents: false,
                    name: named(name),
                    or_existing: *welcome,
                };
                let done = core.edit(caller).unwrap().make_folder(new).await.map(|folder| Some(folder.no));
                (done, self.model.make_folder(at(*parent), *name, *welcome))
            }
            Step::ChangeFolder { folder, name, parent } => {
                let change = FolderChange { name: name.as_ref().map(named), parent: parent.map(reference) };
                let done = core.edit(caller).unwrap().change_folder(&reference(*folder), change).await;
                let wanted = self.model.change_folder(at(*folder), *name, parent.map(at));
                (done.map(|folder| Some(folder.no)), wanted)
            }
            Step::TrashFolder { folder } => {
                let done = core.remove(caller).unwrap().trash_folder(&reference(*folder)).await;
                (done.map(|()| None), self.model.trash_folder(at(*folder)))
            }
            other => panic!("{other:?} is not about a folder"),
        };
        if let (Ok(Some(no)), true) = (&done, self.model.folders.len() > self.folders.len()) {
            self.folders.push(*no);
        }
        same(&done, &wanted);
        let (no, foretold) = (done.ok().flatten(), wanted.as_ref().ok().and_then(|at| at.map(|at| self.folders[at])));
        assert_eq!(no, foretold, "{step:?}");
        wanted
    }

    async fn several(&mut self, step: &Step, files: &[usize]) -> End {
        let files: Vec<usize> = files.iter().map(|at| at % self.files.len()).collect();
        let refs: Vec<FileRef> = files.iter().map(|at| self.files[*at].into()).collect();
        if matches!(step, Step::TrashAll { .. }) {
            let done = self.desk.core.remove(&self.desk.caller).unwrap().trash_files(&refs).await;
            assert_eq!(done.unwrap(), self.model.trash_all(&files));
            return Ok(None);
        }
        let done = self.desk.core.edit(&self.desk.caller).unwrap().restore_files(&refs).await;
        let wanted = self.model.restore_all(&files);
        assert_eq!(done.map(|files| files.len()).map_err(|error| word(&error)), wanted);
        wanted.map(|_| None)
    }

    /// A step about one file that is there.
    async fn one(&mut self, step: &Step) -> End {
        let (core, caller, count) = (&self.desk.core, &self.desk.caller, self.files.len());
        let no = |at: &usize| self.files[at % count];
        let wanted = match step {
            Step::Replace { file, len, when } => {
                let with = Replacement { condition: self.condition(*file, *when), ..Replacement::default() };
                let staged = self.stage(*len).await;
                let done = core.edit(caller).unwrap().replace_file(no(file), with, staged).await;
                (done, self.model.replace(file % count, bytes(*len), *when))
            }
            Step::Activate { file, version } => {
                let version = version % (self.model.files[file % count].versions.len() + 1);
                let change = FileChange { version: Some(version as i64 + 1), ..FileChange::default() };
                let done = core.edit(caller).unwrap().change_file(no(file), change).await;
                (done, self.model.activate(file % count, version))
            }
            Step::Change { file, name, folder, numbered, when } => {
                let folder = folder.map(|at| at % self.folders.len());
                let change = FileChange {
                    name: name.map(|name| Rename::Full(Name::parse(&full_name(name)).unwrap())),
                    folder: folder.map(|at| FolderRef::No(self.folders[at])),
                    numbered: *numbered,
                    condition: self.condition(*file, *when),
                    ..FileChange::default()
                };
                let done = core.edit(caller).unwrap().change_file(no(file), change).await;
                (done, self.model.change(file % count, (*name, folder), *numbered, *when))
            }
            Step::Restore { file } => {
                let done = core.remove(caller).unwrap().restore_file(no(file)).await;
                (done, self.model.restore(file % count))
            }
            other => return self.removed(other).await,
        };
        self.same(&wanted.0, &wanted.1);
        wanted.1
    }

    async fn removed(&mut self, step: &Step) -> End {
        let remove = self.desk.core.remove(&self.desk.caller).unwrap();
        let (file, when, erases) = match step {
            Step::Trash { file, when } => (file % self.files.len(), *when, false),
            Step::Erase { file, when } => (file % self.files.len(), *when, true),
            other => panic!("{other:?} is about more than one file"),
        };
        let (no, condition) = (self.files[file], self.condition(file, when));
        let done = match erases {
            true => remove.erase_file(no, condition).await.map(|_| ()),
            false => remove.trash_file(no, condition).await,
        };
        let wanted = if erases { self.model.erase(file, when) } else { self.model.trash(file, when) };
        same(&done, &wanted);
        wanted
    }

    /// Whoever is of another account is told of nothing and changes nothing.
    async fn stranger(&self, file: usize, folder: usize) -> End {
        let (file, folder) = (self.files[file % self.files.len()], self.folders[folder % self.folders.len()]);
        let (core, caller) = (&self.desk.core, self.desk.home.stranger(&self.desk.core).await);
        let id = self.seen.id_of(file);
        let remove: Remove<'_> = core.remove(&caller).unwrap();
        let edit = core.edit(&caller).unwrap();
        for file in [Some(FileRef::No(file)), id.map(FileRef::Id)].into_iter().flatten() {
            let ends = [
                edit.open(file, None).await.map(|_| ()),
                edit.change_file(file, FileChange::default()).await.map(|_| ()),
                remove.trash_file(file, Condition::Always).await,
                remove.erase_file(file, Condition::Always).await.map(|_| ()),
            ];
            ends.iter().for_each(|end| same(end, &Err(String::from("no File"))));
        }
        if folder != FolderNo::ROOT {
            same(&remove.trash_folder(&FolderRef::No(folder)).await, &Err(String::from("no Folder")));
        }
        Ok(None)
    }

    async fn stage(&self, len: u8) -> Staged {
        let edit = self.desk.core.edit(&self.desk.caller).unwrap();
        edit.stage(Body::from(bytes(len)), &Expect::at_most(100)).await.unwrap()
    }

    /// A condition in the words of the core.
    fn condition(&self, file: usize, when: When) -> Condition {
        let at = file % self.files.len();
        let (file, no) = (&self.model.files[at], self.files[at]);
        let tag = match when {
            When::Always => return Condition::Always,
            When::Is(ago) => format!("f{no}-r{}", file.revision - i64::from(ago)),
            When::Holds(version) => {
                Sha256(sha2::Sha256::digest(&file.versions[version % file.versions.len()]).into()).to_string()
            }
        };
        Condition::Matches(vec![tag])
    }

    /// The step ended as foretold, with the file that was foretold.
    fn same(&self, done: &Result<File>, wanted: &End) {
        let no = done.as_ref().map(|file| file.no).ok();
        same(done, wanted);
        let foretold = wanted.as_ref().ok().and_then(|at| at.map(|at| self.files[at]));
        assert_eq!(no, foretold);
    }
}

/// Contents of one length are equal, so that some are shared.
fn bytes(len: u8) -> Vec<u8> {
    (0..len).map(|at| at.wrapping_mul(7)).collect()
}

fn same<T: Debug>(done: &Result<T>, wanted: &End) {
    let ended = done.as_ref().map(|_| ()).map_err(word);
    assert_eq!(ended, wanted.clone().map(|_| ()), "{done:?}");
}
