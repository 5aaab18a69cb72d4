//! The model: what each step must come to, by the rules alone.

use super::super::{INLINE, OPEN_UPLOADS};
use super::{Aim, How};

/// Hours that an upload lives.
const LIFE: u64 = 24;

/// What a step must end in: an error's word, or the file that came of it.
pub(super) type End = Result<Option<usize>, String>;

#[derive(Debug, Default)]
pub(super) struct Model {
    pub(super) uploads: Vec<Upload>,
    pub(super) files: Vec<File>,
    quota: Option<u64>,
    now: u64,
}

#[derive(Clone, Debug)]
pub(super) struct Upload {
    pub(super) goal: Aim,
    pub(super) length: Option<u64>,
    pub(super) bytes: Vec<u8>,
    pub(super) parts: Vec<Vec<u8>>,
    pub(super) stage: Stage,
    pub(super) file: Option<usize>,
    held_bytes: u64,
    held_files: u64,
    opened: u64,
    has_key: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Open,
    Whole,
    Done,
    /// Its time was over and the housekeeping came by.
    Ended,
    Forgotten,
}

#[derive(Clone, Debug)]
pub(super) struct File {
    pub(super) versions: Vec<Vec<u8>>,
    pub(super) life: Life,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life {
    Living,
    Trashed,
    Gone,
}

fn refuse<T>(word: impl Into<String>) -> Result<T, String> {
    Err(word.into())
}

impl Upload {
    pub(super) fn is_joining(&self) -> bool {
        matches!(self.goal, Aim::Joining)
    }

    fn is_whole(&self) -> bool {
        self.length == Some(self.bytes.len() as u64)
    }

    /// Bytes that may still come; many when nobody has said.
    pub(super) fn room(&self, length: Option<u64>) -> usize {
        length.map_or(1000, |length| length as usize - self.bytes.len())
    }
}

impl Model {
    pub(super) fn used(&self) -> (u64, u64) {
        let living = || self.files.iter().filter(|file| file.life == Life::Living);
        let bytes = living().flat_map(|file| &file.versions).map(|version| version.len() as u64).sum();
        (bytes, living().count() as u64)
    }

    pub(super) fn reserved(&self) -> (u64, u64) {
        let bytes = self.uploads.iter().map(|upload| upload.held_bytes).sum();
        (bytes, self.uploads.iter().map(|upload| upload.held_files).sum())
    }

    fn fits(&self, bytes: u64) -> bool {
        bytes == 0 || self.quota.is_none_or(|quota| self.used().0 + self.reserved().0 + bytes <= quota)
    }

    /// Whether an upload can be asked after.
    pub(super) fn in_time(&self, upload: usize) -> Result<(), String> {
        let upload = &self.uploads[upload];
        match upload.stage {
            Stage::Forgotten => refuse("no Upload"),
            _ if self.is_over(upload) => refuse("gone Upload"),
            _ => Ok(()),
        }
    }

    fn is_over(&self, upload: &Upload) -> bool {
        upload.opened + LIFE <= self.now
    }

    /// How many contents grow on the volume.
    pub(super) fn growing(&self) -> usize {
        let growing = |upload: &&Upload| match upload.stage {
            Stage::Open | Stage::Whole => true,
            Stage::Done => upload.is_joining(),
            Stage::Ended | Stage::Forgotten => false,
        };
        self.uploads.iter().filter(growing).filter(|upload| !upload.bytes.is_empty() && !upload.has_key).count()
    }

    pub(super) fn open(&mut self, length: Option<u64>, goal: Aim) -> End {
        if let Aim::Version(file) = goal {
            match self.files[file].life {
                Life::Gone => return refuse("no File"),
                Life::Trashed => return refuse("state File"),
                Life::Living => {}
            }
        }
        let is_open = |upload: &&Upload| match upload.stage {
            Stage::Open | Stage::Whole => !self.is_over(upload),
            Stage::Done => upload.is_joining() && !self.is_over(upload),
            Stage::Ended | Stage::Forgotten => false,
        };
        if self.uploads.iter().filter(is_open).count() as u64 >= OPEN_UPLOADS {
            return refuse("too many Upload");
        }
        let held_bytes = length.unwrap_or(0);
        if !self.fits(held_bytes) {
            return refuse("quota");
        }
        let held_files = u64::from(matches!(goal, Aim::File));
        self.uploads.push(Upload {
            goal,
            length,
            bytes: Vec::new(),
            parts: Vec::new(),
            stage: Stage::Open,
            file: None,
            held_bytes,
            held_files,
            opened: self.now,
            has_key: false,
        });
        Ok(None)
    }

    pub(super) fn append(&mut self, no: usize, at: u64, sent: &[u8], how: &How) -> End {
        self.in_time(no)?;
        let upload = &self.uploads[no];
        let offset = upload.bytes.len() as u64;
        if at != offset {
            return refuse(format!("offset {offset}"));
        }
        let mut length = upload.length;
        if let How::Declares(declared) = how {
            match length {
                Some(known) if known != u64::from(*declared) => return refuse("invalid length"),
                None if u64::from(*declared) < offset => return refuse("invalid length"),
                _ => length = Some(u64::from(*declared)),
            }
        }
        if upload.stage != Stage::Open {
            return if sent.is_empty() { self.complete(no) } else { refuse("length") };
        }
        self.affords(no, sent.len(), length)?;
        if sent.len() > upload.room(length) {
            return refuse("length");
        }
        match how {
            How::RightCut => return refuse("cut"),
            How::Wrong => return refuse("checksum"),
            How::Whole | How::Cut | How::Right | How::Declares(_) => {}
        }
        self.grow(no, sent, length);
        if matches!(how, How::Cut) { refuse("cut") } else { self.complete(no) }
    }

    /// A part: `number` from 1.
    pub(super) fn part(&mut self, no: usize, number: usize, sent: &[u8], cut: bool) -> End {
        self.in_time(no)?;
        let upload = &self.uploads[no];
        if let Some(there) = number.checked_sub(1).and_then(|at| upload.parts.get(at)) {
            return match () {
                () if cut => refuse("cut"),
                () if there != sent => refuse("state Upload"),
                () if number < upload.parts.len() => Ok(None),
                () => self.complete(no),
            };
        }
        if number != upload.parts.len() + 1 || upload.stage != Stage::Open {
            return refuse("no Upload");
        }
        let room = upload.room(upload.length);
        self.affords(no, sent.len(), upload.length)?;
        match () {
            () if sent.len() > room => return refuse("length"),
            () if cut => return refuse("cut"),
            () if sent.is_empty() && room > 0 => return refuse("invalid body"),
            () => {}
        }
        let length = upload.length;
        self.grow(no, sent, length);
        self.uploads[no].parts.push(sent.to_vec());
        self.complete(no)
    }

    /// What an upload needs more for its length, or else for these bytes, is within the quota.
    fn affords(&self, no: usize, sent: usize, length: Option<u64>) -> Result<(), String> {
        let upload = &self.uploads[no];
        let needed = length.unwrap_or((upload.bytes.len() + sent) as u64);
        if self.fits(needed.saturating_sub(upload.held_bytes)) { Ok(()) } else { refuse("quota") }
    }

    /// The bytes count.
    fn grow(&mut self, no: usize, sent: &[u8], length: Option<u64>) {
        let upload = &mut self.uploads[no];
        upload.bytes.extend(sent);
        upload.held_bytes = upload.held_bytes.max(length.unwrap_or(upload.bytes.len() as u64));
        upload.length = length;
        if upload.is_whole() {
            upload.stage = if upload.is_joining() { Stage::Done } else { Stage::Whole };
        }
    }

    /// A whole upload becomes what it is for.
    fn complete(&mut self, no: usize) -> End {
        if self.uploads[no].stage != Stage::Whole {
            return Ok(self.uploads[no].file);
        }
        // Before the file is made, a large content gets its key.
        self.uploads[no].has_key = self.uploads[no].bytes.len() > INLINE;
        let upload = self.uploads[no].clone();
        if let Aim::Version(file) = upload.goal
            && self.files[file].life != Life::Living
        {
            return refuse("state File");
        }
        (self.uploads[no].held_bytes, self.uploads[no].held_files) = (0, 0);
        if !self.fits(upload.bytes.len() as u64) {
            self.uploads[no] = upload;
            return refuse("quota");
        }
        let file = match upload.goal {
            Aim::Version(file) => file,
            Aim::File | Aim::Joining => {
                self.files.push(File { versions: Vec::new(), life: Life::Living });
                self.files.len() - 1
            }
        };
        self.files[file].versions.push(upload.bytes);
        (self.uploads[no].stage, self.uploads[no].file) = (Stage::Done, Some(file));
        Ok(Some(file))
    }

    pub(super) fn settle(&mut self, no: usize) -> End {
        self.in_time(no)?;
        match self.uploads[no].stage {
            Stage::Whole => self.complete(no),
            _ => Ok(None),
        }
    }

    pub(super) fn abort(&mut self, no: usize) -> End {
        self.in_time(no)?;
        self.forget(no);
        Ok(None)
    }

    fn forget(&mut self, no: usize) {
        let upload = &mut self.uploads[no];
        (upload.held_bytes, upload.held_files, upload.stage) = (0, 0, Stage::Forgotten);
    }

    pub(super) fn join(&mut self, pieces: &[usize]) -> End {
        let mut whole = Vec::new();
        for piece in pieces {
            self.in_time(*piece)?;
            let piece = &self.uploads[*piece];
            if !piece.is_joining() || !piece.is_whole() {
                return refuse("state Upload");
            }
            whole.extend(&piece.bytes);
        }
        self.open(Some(whole.len() as u64), Aim::File)?;
        let no = self.uploads.len() - 1;
        self.append(no, 0, &whole, &How::Whole)
    }

    pub(super) fn trash(&mut self, file: usize) -> End {
        match self.files[file].life {
            Life::Gone => refuse("no File"),
            _ => Ok(self.live(file, Life::Trashed)),
        }
    }

    pub(super) fn restore(&mut self, file: usize) -> End {
        match self.files[file].life {
            Life::Gone => refuse("no File"),
            Life::Living => refuse("state File"),
            Life::Trashed => {
                let bytes = self.files[file].versions.iter().map(|version| version.len() as u64).sum();
                if self.fits(bytes) { Ok(self.live(file, Life::Living)) } else { refuse("quota") }
            }
        }
    }

    pub(super) fn erase(&mut self, file: usize) -> End {
        if self.files[file].life == Life::Gone {
            return refuse("no File");
        }
        let made_it = |no: &usize| self.uploads[*no].file == Some(file);
        for no in (0..self.uploads.len()).filter(made_it).collect::<Vec<_>>() {
            self.forget(no);
        }
        Ok(self.live(file, Life::Gone))
    }

    fn live(&mut self, file: usize, life: Life) -> Option<usize> {
        self.files[file].life = life;
        None
    }

    pub(super) fn set_quota(&mut self, bytes: Option<u64>) {
        self.quota = bytes;
    }

    pub(super) fn wait(&mut self, hours: u64) {
        self.now += hours;
    }

    pub(super) fn sweep(&mut self) {
        for no in 0..self.uploads.len() {
            let upload = &self.uploads[no];
            if upload.opened + 2 * LIFE <= self.now {
                self.forget(no);
            } else if self.is_over(upload) && upload.stage != Stage::Forgotten {
                let upload = &mut self.uploads[no];
                (upload.held_bytes, upload.held_files, upload.stage) = (0, 0, Stage::Ended);
            }
        }
    }
}
