//! Steps taken on a real core and on the model; both end alike.

use super::super::{Desk, Named as _, body, word};
use super::foretell::{End, Model};
use super::{Aim, How, Len, Step};
use crate::plan::{Chunk, Goal, NewFile, NewName, NewUpload, Replacement};
use crate::{Algorithm, Appended, Clash, Condition, Resume};
use attache_model::{FileNo, FolderRef, Name, Result, UploadId, UploadNo};
use sha2::{Digest as _, Sha256};
use std::fmt::Debug;

/// Largest part, in bytes.
const PART: u64 = 1000;

/// A history on its way.
pub(super) struct Play<'h> {
    pub(super) desk: Desk<'h>,
    pub(super) model: Model,
    /// The model's uploads, by their real names.
    pub(super) uploads: Vec<(UploadNo, UploadId)>,
    /// The model's files, by their real numbers.
    pub(super) files: Vec<FileNo>,
}

impl Play<'_> {
    pub(super) async fn step(&mut self, step: &Step) {
        let told = match step {
            Step::Open { length, goal } => self.open(length.map(u64::from), goal).await,
            Step::Append { upload, off, len, how } => self.append(*upload, *off, len, how).await,
            Step::Part { upload, ahead, len, how } => self.part(*upload, *ahead, len, how).await,
            Step::Settle { upload } => self.settle(*upload).await,
            Step::Abort { upload } => self.abort(*upload).await,
            Step::Join { pieces } => self.join(pieces).await,
            Step::Trash { file } | Step::Restore { file } | Step::Erase { file } => self.remove(*file, step).await,
            around => {
                self.around(around).await;
                Some(Ok(None))
            }
        };
        if let Some(end) = told {
            self.desk.home.note(step.name(), &end);
        }
    }

    /// What happens to the account as a whole.
    async fn around(&mut self, step: &Step) {
        match step {
            Step::Quota { bytes } => {
                self.desk.set_quota(bytes.map(u64::from), None).await;
                self.model.set_quota(bytes.map(u64::from));
            }
            Step::Wait { hours } => {
                self.desk.advance(u64::from(*hours));
                self.model.wait(u64::from(*hours));
            }
            Step::Sweep => {
                self.desk.sweep().await;
                self.model.sweep();
            }
            _ => self.desk.restart().await,
        }
    }

    async fn open(&mut self, length: Option<u64>, aim: &Aim) -> Option<End> {
        let aim = match aim {
            Aim::Version(_) if self.files.is_empty() => return None,
            Aim::Version(file) => Aim::Version(file % self.files.len()),
            other => other.clone(),
        };
        let new = NewUpload { length, goal: self.goal(&aim), memo: String::new() };
        let opened = self.desk.core.edit(&self.desk.caller).unwrap().open_upload(new).await;
        let wanted = self.model.open(length, aim);
        if let Ok(upload) = &opened {
            self.uploads.push((upload.no, upload.id));
        }
        same(opened, &wanted, |_, _| {});
        Some(wanted)
    }

    fn goal(&self, aim: &Aim) -> Goal {
        match aim {
            Aim::File => {
                let name = NewName::Exact(Name::parse("a.txt").unwrap());
                Goal::File(Box::new(NewFile { clash: Clash::Number, ..NewFile::new(FolderRef::ROOT, name) }))
            }
            Aim::Version(file) => Goal::Version { file: self.files[*file].into(), with: Replacement::default() },
            Aim::Joining => Goal::Joining,
        }
    }

    async fn append(&mut self, upload: usize, off: i8, len: &Len, how: &How) -> Option<End> {
        let no = upload.checked_rem(self.uploads.len())?;
        let sent = self.bytes(no, len);
        let at = (self.model.uploads[no].bytes.len() as u64).saturating_add_signed(i64::from(off));
        let sha256 = Sha256::digest(&sent).to_vec();
        let checksum = match how {
            How::Right | How::RightCut => Some(sha256),
            How::Wrong => Some(vec![7; sha256.len()]),
            How::Whole | How::Cut | How::Declares(_) => None,
        };
        let declares = if let How::Declares(length) = how { Some(u64::from(*length)) } else { None };
        let checksum = checksum.map(|digest| (Algorithm::Sha256, digest));
        let chunk = Chunk { declares, checksum, len: None };
        let body = body(&sent, matches!(how, How::Cut | How::RightCut));
        let done = match self.resume(no).await {
            Ok(resume) => resume.append(at, chunk, body).await,
            Err(error) => Err(error),
        };
        let wanted = self.model.append(no, at, &sent, how);
        self.ended(no, done, &wanted);
        Some(wanted)
    }

    async fn part(&mut self, upload: usize, ahead: i8, len: &Len, how: &How) -> Option<End> {
        let no = upload.checked_rem(self.uploads.len())?;
        let next = self.model.uploads[no].parts.len() + 1;
        let number = next.saturating_add_signed(isize::from(ahead)).max(1);
        let there = self.model.uploads[no].parts.get(number - 1).cloned();
        let mut sent = there.unwrap_or_else(|| self.bytes(no, len));
        if matches!(how, How::Wrong) {
            sent.iter_mut().for_each(|byte| *byte ^= 0x55);
        }
        let cut = matches!(how, How::Cut | How::RightCut);
        let done = match self.resume(no).await {
            Ok(resume) => resume.part(number.try_into().unwrap(), PART, body(&sent, cut)).await,
            Err(error) => Err(error),
        };
        let wanted = self.model.part(no, number, &sent, cut);
        self.ended(no, done, &wanted);
        Some(wanted)
    }

    /// Bytes for an upload. Every third upload has the same ones, so that contents meet.
    fn bytes(&self, no: usize, len: &Len) -> Vec<u8> {
        let upload = &self.model.uploads[no];
        let room = upload.room(upload.length).min(40);
        let len = match len {
            Len::These(len) => usize::from(*len),
            Len::Rest => room,
            Len::Over => room + 1,
        };
        let from = upload.bytes.len();
        (from..from + len).map(|at| (at * 7 + no % 3) as u8).collect()
    }

    async fn resume(&self, no: usize) -> Result<Resume> {
        self.desk.core.edit(&self.desk.caller).unwrap().resume(self.uploads[no].0).await
    }

    /// How bytes for an upload ended: as foretold, with the file that was foretold.
    fn ended(&mut self, no: usize, done: Result<Appended>, wanted: &End) {
        let (upload, files) = (self.uploads[no].0, &mut self.files);
        same(done, wanted, |appended, file| {
            assert_eq!(appended.upload.no, upload);
            match (appended.file, *file) {
                (Some(made), Some(at)) if at == files.len() => files.push(made.no),
                (made, at) => assert_eq!(made.map(|file| file.no), at.map(|at| files[at])),
            }
        });
        // An end that was lost on its way, such as one of a cut body, may have made no file.
        assert_eq!(self.files.len(), self.model.files.len());
    }

    async fn settle(&mut self, upload: usize) -> Option<End> {
        let no = upload.checked_rem(self.uploads.len())?;
        let done = match self.resume(no).await {
            Ok(resume) => resume.upload().await,
            Err(error) => Err(error),
        };
        let wanted = self.model.settle(no);
        let files = &mut self.files;
        same(done, &wanted, |upload, file| {
            if *file == Some(files.len()) {
                files.push(upload.file.unwrap());
            }
        });
        Some(wanted)
    }

    async fn abort(&mut self, upload: usize) -> Option<End> {
        let no = upload.checked_rem(self.uploads.len())?;
        let done = self.desk.core.edit(&self.desk.caller).unwrap().abort_upload(self.uploads[no].1).await;
        let wanted = self.model.abort(no);
        same(done, &wanted, |(), _| {});
        Some(wanted)
    }

    async fn join(&mut self, pieces: &[usize]) -> Option<End> {
        let pieces: Vec<usize> = pieces.iter().filter_map(|no| no.checked_rem(self.uploads.len())).collect();
        let ids: Vec<UploadId> = pieces.iter().map(|no| self.uploads[*no].1).collect();
        let new = NewUpload { length: None, goal: self.goal(&Aim::File), memo: String::new() };
        let done = self.desk.core.edit(&self.desk.caller).unwrap().join_uploads(new, &ids).await;
        let wanted = self.model.join(&pieces);
        if let Ok(joined) = &done {
            self.uploads.push((joined.upload.no, joined.upload.id));
            self.ended(self.uploads.len() - 1, done, &wanted);
        } else {
            same(done, &wanted, |_, _| {});
        }
        Some(wanted)
    }

    async fn remove(&mut self, file: usize, step: &Step) -> Option<End> {
        let at = file.checked_rem(self.files.len())?;
        let remove = self.desk.core.remove(&self.desk.caller).unwrap();
        let no = self.files[at];
        let (done, wanted) = match step {
            Step::Restore { .. } => (remove.restore_file(no).await.map(|_| ()), self.model.restore(at)),
            Step::Erase { .. } => (remove.erase_file(no, Condition::Always).await.map(|_| ()), self.model.erase(at)),
            _ => (remove.trash_file(no, Condition::Always).await, self.model.trash(at)),
        };
        same(done, &wanted, |(), _| {});
        Some(wanted)
    }
}

/// A step ended as the model foretold; a good end is looked at further.
fn same<T: Debug>(done: Result<T>, wanted: &End, look: impl FnOnce(T, &Option<usize>)) {
    match (done, wanted) {
        (Ok(done), Ok(file)) => look(done, file),
        (Err(error), Err(foretold)) => assert_eq!(&word(&error), foretold),
        (done, wanted) => panic!("{done:?} where {wanted:?} was foretold"),
    }
}
