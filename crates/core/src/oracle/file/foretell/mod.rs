//! The model: what each step must come to, by the rules alone. It knows no I/O.

mod file;
mod folder;

pub(super) use file::{File, Life, New, full_name};
pub(super) use folder::Folder;

/// What a step must end in: an error's word, or the file that came of it.
pub(super) type End = Result<Option<usize>, String>;

/// An account.
#[derive(Clone, Debug)]
pub(super) struct Model {
    pub(super) files: Vec<File>,
    /// The root is the first.
    pub(super) folders: Vec<Folder>,
    pub(super) quota_bytes: Option<u64>,
    pub(super) quota_files: Option<u64>,
    now: u64,
    /// Bytes and files that the change under way freed first, by taking names from files whose time is over.
    freed: (u64, u64),
}

impl Default for Model {
    fn default() -> Model {
        let folders = vec![Folder::root()];
        Model { files: Vec::new(), folders, quota_bytes: None, quota_files: None, now: 0, freed: (0, 0) }
    }
}

fn refuse<T>(word: &str) -> Result<T, String> {
    Err(word.to_owned())
}

impl Model {
    /// Bytes and files that count.
    pub(super) fn used(&self) -> (u64, u64) {
        let living = || self.files.iter().filter(|file| file.is_living());
        (living().map(File::len).sum(), living().count() as u64)
    }

    /// Does a change that may need more room than there is: then nothing of it is done.
    fn within_quota<T>(&mut self, change: impl FnOnce(&mut Model) -> Result<T, String>) -> Result<T, String> {
        let mut next = Model { freed: (0, 0), ..self.clone() };
        let end = change(&mut next)?;
        let ((bytes, files), before) = (next.used(), self.used());
        let (bytes_before, files_before) = (before.0 - next.freed.0, before.1 - next.freed.1);
        let over = |now: u64, before: u64, quota: Option<u64>| now > before && quota.is_some_and(|quota| now > quota);
        if over(bytes, bytes_before, self.quota_bytes) || over(files, files_before, self.quota_files) {
            return refuse("quota");
        }
        *self = next;
        Ok(end)
    }

    pub(super) fn set_quota(&mut self, bytes: Option<u64>, files: Option<u64>) {
        (self.quota_bytes, self.quota_files) = (bytes, files);
    }

    pub(super) fn wait(&mut self, days: u64) {
        self.now += days;
    }
}
