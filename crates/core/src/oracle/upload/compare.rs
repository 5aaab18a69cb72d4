//! What a core shows, held against the model.

use super::super::word;
use super::act::Play;
use super::foretell::{Life, Stage, Upload};
use crate::CheckPlan;
use attache_model::Error;
use attache_model::upload::UploadState;
use std::time::Duration;

impl Play<'_> {
    /// After every step: each upload and each file, and the book.
    pub(super) async fn compare(&self) {
        let view = self.desk.core.view(&self.desk.caller).unwrap();
        for (no, wanted) in self.model.uploads.iter().enumerate() {
            let found = view.upload(self.uploads[no].1).await;
            match (found, self.model.in_time(no)) {
                (Ok(found), Ok(())) => self.same_upload(&found, wanted),
                (Err(error), Err(foretold)) => assert_eq!(word(&error), foretold, "upload {no}"),
                (found, wanted) => panic!("upload {no} is {found:?} where {wanted:?} was foretold"),
            }
        }
        for (at, wanted) in self.model.files.iter().enumerate() {
            let found = view.trashed_file(self.files[at]).await;
            let found = found.map(|file| (file.trashed_at.is_some(), file.versions, file.version.size)).ok();
            let newest = wanted.versions.last().expect("a file has a version").len() as u64;
            let shown = (wanted.life == Life::Trashed, wanted.versions.len() as i64, newest);
            assert_eq!(found, (wanted.life != Life::Gone).then_some(shown), "file {at}");
        }
        self.compare_book().await;
    }

    fn same_upload(&self, found: &attache_model::upload::Upload, wanted: &Upload) {
        let state = match wanted.stage {
            Stage::Open => UploadState::Open,
            Stage::Whole => UploadState::Completing,
            Stage::Done | Stage::Ended | Stage::Forgotten => UploadState::Done,
        };
        let shown = (found.state, found.length, found.offset, found.parts as usize, found.for_joining, found.file);
        let file = wanted.file.map(|file| self.files[file]);
        let offset = wanted.bytes.len() as u64;
        assert_eq!(shown, (state, wanted.length, offset, wanted.parts.len(), wanted.is_joining(), file));
    }

    async fn compare_book(&self) {
        let book = self.desk.book().await;
        let told = [book.bytes, book.files, book.reserved_bytes, book.reserved_files];
        let ((bytes, files), (reserved_bytes, reserved_files)) = (self.model.used(), self.model.reserved());
        assert_eq!(told, [bytes, files, reserved_bytes, reserved_files].map(|count| count as i64));
    }

    /// At the end: every byte of every version; then all time is over, and nothing of any upload is left.
    pub(super) async fn end(&mut self) {
        for (at, wanted) in self.model.files.iter().enumerate().filter(|(_, file)| file.life == Life::Living) {
            for (no, bytes) in (1..).zip(&wanted.versions) {
                assert_eq!(&self.desk.bytes(self.files[at], Some(no)).await, bytes, "version {no} of file {at}");
            }
        }
        if !self.desk.home.looks_closely() {
            return self.leave().await;
        }
        // In a bucket, pieces that were refused may be there until their upload ends.
        if self.desk.home.database.is_none() {
            assert_eq!(self.desk.home.growing().await, self.model.growing(), "contents that grow");
        }
        for _ in 0..2 {
            self.desk.advance(48);
            self.model.wait(48);
            self.desk.sweep().await;
            self.model.sweep();
        }
        self.compare().await;
        self.desk.home.nothing_grows().await;
        let book = self.desk.book().await;
        assert_eq!((book.reserved_bytes, book.reserved_files), (0, 0));
        let plan = CheckPlan { repair: false, older_than: Duration::ZERO };
        let report = self.desk.core.operator().check(plan).await.unwrap();
        assert!(report.is_clean(), "{report}");
    }

    /// Gives up what is open, so that later histories of this home find what is theirs alone.
    async fn leave(&mut self) {
        let mut is_over = false;
        for (_, id) in &self.uploads {
            let ended = self.desk.core.edit(&self.desk.caller).unwrap().abort_upload(*id).await;
            is_over |= matches!(ended, Err(Error::Gone(_)));
        }
        if is_over {
            self.desk.sweep().await;
        }
    }
}
