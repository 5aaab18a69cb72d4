//! The model: what each step must come to, by the rules alone.

use super::Taken;

/// Days that a file stays in the trash.
const TRASH_DAYS: u64 = 30;

/// What a step must end in: an error's word, or the file that came of it.
pub(super) type End = Result<Option<usize>, String>;

#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    pub(super) files: Vec<File>,
    quota_bytes: Option<u64>,
    quota_files: Option<u64>,
    now: u64,
    /// Bytes and files that the change under way freed first, by taking names from files whose time is over.
    freed: (u64, u64),
}

#[derive(Clone, Debug)]
pub(super) struct File {
    pub(super) name: String,
    pub(super) versions: Vec<Vec<u8>>,
    /// The place of the active one among them.
    pub(super) active: usize,
    pub(super) life: Life,
    ends: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    Living,
    /// Since that day.
    Trashed(u64),
    Gone,
}

impl File {
    fn len(&self) -> u64 {
        self.versions.iter().map(|version| version.len() as u64).sum()
    }

    fn is_living(&self) -> bool {
        self.life == Life::Living
    }
}

fn refuse<T>(word: &str) -> Result<T, String> {
    Err(word.to_owned())
}

/// `a.txt` for 0, and so on; with a number behind it.
fn full_name(name: u8, number: u64) -> String {
    let stem = char::from(b'a' + name);
    if number == 0 { format!("{stem}.txt") } else { format!("{stem}-{number}.txt") }
}

impl Model {
    /// Bytes and files that count.
    pub(super) fn used(&self) -> (u64, u64) {
        let living = || self.files.iter().filter(|file| file.is_living());
        (living().map(File::len).sum(), living().count() as u64)
    }

    /// Whether anybody is shown the file.
    pub(super) fn is_shown(&self, file: &File) -> bool {
        file.life != Life::Gone && file.ends.is_none_or(|end| end > self.now)
    }

    /// Does a change that may need more room than there is: then nothing of it is done.
    fn within_quota(&mut self, change: impl FnOnce(&mut Model) -> End) -> End {
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

    /// The living file that has a name. One whose time is over gives it up.
    fn taker(&mut self, name: &str) -> Option<usize> {
        let at = self.files.iter().position(|file| file.is_living() && file.name == name)?;
        if self.is_shown(&self.files[at]) {
            return Some(at);
        }
        self.freed = (self.freed.0 + self.files[at].len(), self.freed.1 + 1);
        self.files[at].life = Life::Trashed(self.now);
        None
    }

    fn free_name(&self, name: u8, first: u64) -> String {
        let taken = |name: &String| self.files.iter().any(|file| file.is_living() && file.name == *name);
        (first..).map(|number| full_name(name, number)).find(|name| !taken(name)).unwrap_or_default()
    }

    pub(super) fn put(&mut self, name: u8, bytes: &[u8], clash: Taken, days: Option<u8>) -> End {
        self.within_quota(|next| {
            let mut full = full_name(name, 0);
            match (next.taker(&full), clash) {
                (None, _) => {}
                (Some(_), Taken::Refuse) => return refuse("exists"),
                (Some(_), Taken::Number) => full = next.free_name(name, 1),
                (Some(at), Taken::Replace) => next.files[at].life = Life::Trashed(next.now),
                (Some(at), Taken::Version) => {
                    next.append(at, bytes);
                    return Ok(Some(at));
                }
            }
            let ends = days.map(|days| next.now + u64::from(days));
            let versions = vec![bytes.to_vec()];
            next.files.push(File { name: full, versions, active: 0, life: Life::Living, ends });
            Ok(Some(next.files.len() - 1))
        })
    }

    fn append(&mut self, at: usize, bytes: &[u8]) {
        let file = &mut self.files[at];
        file.versions.push(bytes.to_vec());
        file.active = file.versions.len() - 1;
    }

    /// A file that lives and is shown.
    fn living(&self, at: usize) -> Result<&File, String> {
        let file = &self.files[at];
        if self.is_shown(file) && file.is_living() { Ok(file) } else { refuse("no File") }
    }

    pub(super) fn replace(&mut self, at: usize, bytes: &[u8]) -> End {
        self.living(at)?;
        self.within_quota(|next| {
            next.append(at, bytes);
            Ok(Some(at))
        })
    }

    pub(super) fn activate(&mut self, at: usize, version: usize) -> End {
        if version >= self.living(at)?.versions.len() {
            return refuse("no Version");
        }
        self.files[at].active = version;
        Ok(Some(at))
    }

    pub(super) fn rename(&mut self, at: usize, name: u8, numbered: bool) -> End {
        let mut full = full_name(name, 0);
        if self.living(at)?.name == full {
            return Ok(Some(at));
        }
        self.within_quota(|next| {
            match next.taker(&full) {
                None => {}
                Some(_) if numbered => full = next.free_name(name, 1),
                Some(_) => return refuse("exists"),
            }
            next.files[at].name = full;
            Ok(Some(at))
        })
    }

    fn in_sight(&self, at: usize) -> Result<&File, String> {
        let file = &self.files[at];
        if self.is_shown(file) { Ok(file) } else { refuse("no File") }
    }

    pub(super) fn trash(&mut self, at: usize) -> End {
        if self.in_sight(at)?.is_living() {
            self.files[at].life = Life::Trashed(self.now);
        }
        Ok(None)
    }

    /// How many that were.
    pub(super) fn trash_all(&mut self, files: &[usize]) -> usize {
        let living = files.iter().filter(|at| self.living(**at).is_ok()).copied();
        let living: std::collections::BTreeSet<usize> = living.collect();
        living.iter().for_each(|at| self.files[*at].life = Life::Trashed(self.now));
        living.len()
    }

    pub(super) fn restore(&mut self, at: usize) -> End {
        if self.in_sight(at)?.is_living() {
            return refuse("state File");
        }
        self.within_quota(|next| {
            next.put_back(at);
            Ok(Some(at))
        })
    }

    fn put_back(&mut self, at: usize) {
        let name = self.files[at].name.clone();
        if self.taker(&name).is_some() {
            // A numbered name that is taken gets a number more.
            let taken = |name: &String| self.files.iter().any(|file| file.is_living() && file.name == *name);
            let stem = name.trim_end_matches(".txt");
            let free = (1..).map(|number: u64| format!("{stem}-{number}.txt")).find(|name| !taken(name));
            self.files[at].name = free.unwrap_or_default();
        }
        self.files[at].life = Life::Living;
    }

    /// How many came back.
    pub(super) fn restore_all(&mut self, files: &[usize]) -> Result<usize, String> {
        let mut count = 0;
        self.within_quota(|next| {
            for at in files {
                if next.in_sight(*at).is_ok_and(|file| !file.is_living()) {
                    next.put_back(*at);
                    count += 1;
                }
            }
            Ok(None)
        })?;
        Ok(count)
    }

    pub(super) fn erase(&mut self, at: usize) -> End {
        self.in_sight(at)?;
        self.files[at].life = Life::Gone;
        Ok(None)
    }

    pub(super) fn set_quota(&mut self, bytes: Option<u64>, files: Option<u64>) {
        (self.quota_bytes, self.quota_files) = (bytes, files);
    }

    pub(super) fn wait(&mut self, days: u64) {
        self.now += days;
    }

    pub(super) fn sweep(&mut self) {
        let now = self.now;
        for file in &mut self.files {
            let is_over = file.ends.is_some_and(|end| end <= now);
            if is_over || matches!(file.life, Life::Trashed(since) if since + TRASH_DAYS < now) {
                file.life = Life::Gone;
            }
        }
    }
}
