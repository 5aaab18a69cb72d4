//! Files in the model: names, versions, the trash, and conditions on what a file is.

use super::super::{Place, Taken, Twin, When};
use super::{End, Model, refuse};

/// Days that a file stays in the trash.
const TRASH_DAYS: u64 = 30;

/// A file, by its place among all that were made.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) folder: usize,
    pub(crate) name: String,
    pub(crate) versions: Vec<Vec<u8>>,
    /// The place of the active one among them.
    pub(crate) active: usize,
    pub(crate) life: Life,
    /// Grows with every change.
    pub(crate) revision: i64,
    ends: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    Living,
    /// Since that day.
    Trashed(u64),
    Gone,
}

/// A file that is put in.
pub(crate) struct New<'n> {
    pub(crate) to: &'n Place,
    pub(crate) name: u8,
    pub(crate) bytes: Vec<u8>,
    pub(crate) clash: Taken,
    pub(crate) days: Option<u8>,
    pub(crate) twin: Option<Twin>,
}

/// `a.txt`, `b.txt`, ...
pub(crate) fn full_name(name: u8) -> String {
    format!("{}.txt", char::from(b'a' + name))
}

impl File {
    pub(super) fn len(&self) -> u64 {
        self.versions.iter().map(|version| version.len() as u64).sum()
    }

    pub(super) fn is_living(&self) -> bool {
        self.life == Life::Living
    }

    pub(in super::super) fn content(&self) -> &[u8] {
        &self.versions[self.active]
    }

    fn append(&mut self, bytes: Vec<u8>) {
        self.versions.push(bytes);
        self.active = self.versions.len() - 1;
        self.revision += 1;
    }

    fn trash(&mut self, now: u64) {
        self.life = Life::Trashed(now);
        self.revision += 1;
    }
}

impl Model {
    /// Whether anybody is shown the file.
    pub(in super::super) fn is_shown(&self, file: &File) -> bool {
        file.life != Life::Gone && file.ends.is_none_or(|end| end > self.now)
    }

    /// The living file that has a name. One whose time is over gives it up.
    fn taker(&mut self, folder: usize, name: &str) -> Option<usize> {
        let has_it = |file: &File| file.is_living() && file.folder == folder && file.name == name;
        let at = self.files.iter().position(has_it)?;
        if self.is_shown(&self.files[at]) {
            return Some(at);
        }
        self.freed = (self.freed.0 + self.files[at].len(), self.freed.1 + 1);
        self.files[at].trash(self.now);
        None
    }

    /// The first free of `a-1.txt`, `a-2.txt`, ... for `a.txt`.
    fn free_name(&self, folder: usize, name: &str) -> String {
        let has = |file: &File, name: &String| file.is_living() && file.folder == folder && file.name == *name;
        let taken = |name: &String| self.files.iter().any(|file| has(file, name));
        let stem = name.trim_end_matches(".txt");
        let free = (1..).map(|number: u64| format!("{stem}-{number}.txt")).find(|name| !taken(name));
        free.unwrap_or_default()
    }

    /// A living file of the same bytes: one of the same name first, then one in the same folder, then the oldest.
    fn twin(&self, new: &New<'_>, folder: Option<usize>, look: Twin) -> Option<usize> {
        let name = full_name(new.name);
        let is_twin = |file: &File| file.is_living() && self.is_shown(file) && file.content() == new.bytes;
        let twins = (0..self.files.len()).filter(|at| is_twin(&self.files[*at]));
        let near = twins.filter(|at| !look.here_only || Some(self.files[*at].folder) == folder);
        near.min_by_key(|at| (self.files[*at].name != name, Some(self.files[*at].folder) != folder, *at))
    }

    pub(in super::super) fn put(&mut self, new: New<'_>) -> End {
        self.within_quota(|next| {
            if let Some(look) = new.twin {
                let folder = next.there(new.to)?;
                if let Some(at) = next.twin(&new, folder, look) {
                    return if look.take { Ok(Some(at)) } else { refuse("exists") };
                }
            }
            let folder = next.take(new.to)?;
            let mut name = full_name(new.name);
            match (next.taker(folder, &name), new.clash) {
                (None, _) => {}
                (Some(_), Taken::Refuse) => return refuse("exists"),
                (Some(_), Taken::Number) => name = next.free_name(folder, &name),
                (Some(at), Taken::Replace) => next.files[at].trash(next.now),
                (Some(at), Taken::Version) => {
                    next.files[at].append(new.bytes);
                    return Ok(Some(at));
                }
            }
            let ends = new.days.map(|days| next.now + u64::from(days));
            let (versions, life) = (vec![new.bytes], Life::Living);
            next.files.push(File { folder, name, versions, active: 0, life, revision: 1, ends });
            Ok(Some(next.files.len() - 1))
        })
    }

    /// A file that lives and is shown.
    fn living(&self, at: usize) -> Result<&File, String> {
        let file = &self.files[at];
        if self.is_shown(file) && file.is_living() { Ok(file) } else { refuse("no File") }
    }

    /// A condition must hold for the file as it is now.
    fn demand(&self, at: usize, when: When) -> Result<(), String> {
        let file = &self.files[at];
        let holds = match when {
            When::Always | When::Is(0) => true,
            When::Is(_) => false,
            When::Holds(version) => file.versions[version % file.versions.len()] == file.content(),
        };
        if holds { Ok(()) } else { refuse("precondition") }
    }

    pub(in super::super) fn replace(&mut self, at: usize, bytes: Vec<u8>, when: When) -> End {
        self.living(at)?;
        self.demand(at, when)?;
        self.within_quota(|next| {
            next.files[at].append(bytes);
            Ok(Some(at))
        })
    }

    pub(in super::super) fn activate(&mut self, at: usize, version: usize) -> End {
        let file = self.living(at)?;
        if version >= file.versions.len() {
            return refuse("no Version");
        }
        if version != file.active {
            self.files[at].active = version;
            self.files[at].revision += 1;
        }
        Ok(Some(at))
    }

    /// Another name, another folder, or both. A name that is taken gets a number, or is refused.
    pub(in super::super) fn change(
        &mut self,
        at: usize,
        (name, folder): (Option<u8>, Option<usize>),
        numbered: bool,
        when: When,
    ) -> End {
        self.living(at)?;
        self.demand(at, when)?;
        self.within_quota(|next| {
            let folder = next.living_folder(folder.unwrap_or(next.files[at].folder))?;
            let mut name = name.map_or_else(|| next.files[at].name.clone(), full_name);
            if (folder, &name) == (next.files[at].folder, &next.files[at].name) {
                return Ok(Some(at));
            }
            match next.taker(folder, &name) {
                None => {}
                Some(_) if numbered => name = next.free_name(folder, &name),
                Some(_) => return refuse("exists"),
            }
            let file = &mut next.files[at];
            (file.folder, file.name) = (folder, name);
            file.revision += 1;
            Ok(Some(at))
        })
    }

    fn in_sight(&self, at: usize) -> Result<&File, String> {
        let file = &self.files[at];
        if self.is_shown(file) { Ok(file) } else { refuse("no File") }
    }

    pub(in super::super) fn trash(&mut self, at: usize, when: When) -> End {
        if self.in_sight(at)?.is_living() {
            self.demand(at, when)?;
            self.files[at].trash(self.now);
        }
        Ok(None)
    }

    /// How many that were.
    pub(in super::super) fn trash_all(&mut self, files: &[usize]) -> usize {
        let living = files.iter().filter(|at| self.living(**at).is_ok()).copied();
        let living: std::collections::BTreeSet<usize> = living.collect();
        living.iter().for_each(|at| self.files[*at].trash(self.now));
        living.len()
    }

    pub(in super::super) fn restore(&mut self, at: usize) -> End {
        if self.in_sight(at)?.is_living() {
            return refuse("state File");
        }
        self.within_quota(|next| {
            next.put_back(at);
            Ok(Some(at))
        })
    }

    /// Into its folder, or the root when that is gone; under its name, or one with a number when that is taken.
    fn put_back(&mut self, at: usize) {
        let folder = self.living_folder(self.files[at].folder).unwrap_or(0);
        let name = self.files[at].name.clone();
        if self.taker(folder, &name).is_some() {
            self.files[at].name = self.free_name(folder, &name);
        }
        let file = &mut self.files[at];
        (file.folder, file.life) = (folder, Life::Living);
        file.revision += 1;
    }

    /// How many came back.
    pub(in super::super) fn restore_all(&mut self, files: &[usize]) -> Result<usize, String> {
        self.within_quota(|next| {
            let mut count = 0;
            for at in files {
                if next.in_sight(*at).is_ok_and(|file| !file.is_living()) {
                    next.put_back(*at);
                    count += 1;
                }
            }
            Ok(count)
        })
    }

    pub(in super::super) fn erase(&mut self, at: usize, when: When) -> End {
        self.in_sight(at)?;
        self.demand(at, when)?;
        self.files[at].life = Life::Gone;
        Ok(None)
    }

    /// Everything in the trash is gone for good.
    pub(in super::super) fn empty_trash(&mut self) {
        self.end_where(|file| matches!(file.life, Life::Trashed(_)));
    }

    pub(in super::super) fn sweep(&mut self) {
        let now = self.now;
        self.end_where(|file| {
            let is_over = file.ends.is_some_and(|end| end <= now);
            is_over || matches!(file.life, Life::Trashed(since) if since + TRASH_DAYS < now)
        });
    }

    fn end_where(&mut self, is_over: impl Fn(&File) -> bool) {
        for file in self.files.iter_mut().filter(|file| is_over(file)) {
            file.life = Life::Gone;
        }
    }
}
