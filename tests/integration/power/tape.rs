//! A disk in user space that remembers each write and each flush in order, so that every state can be made in which a
//! power cut might have left a real one.

use super::disk::Bench;
use attache_tests::dice::Dice;
use fuser::{
    BackgroundSession, Config, Errno, FileAttr, FileHandle, FileType, Filesystem, FopenFlags, Generation, INodeNo,
    LockOwner, MountOption, OpenFlags, ReplyAttr, ReplyData, ReplyEmpty, ReplyEntry, ReplyOpen, ReplyWrite, Request,
    WriteFlags,
};
use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

/// The name of the disk in the file system that is nothing else.
const DISK: &str = "disk";
const FILE: INodeNo = INodeNo(2);
/// What a disk writes whole or not at all, in bytes.
const SECTOR: usize = 512;

/// Something that the disk was asked for.
pub(super) enum Step {
    Write { offset: u64, bytes: Vec<u8> },
    Flush,
}

struct Shared {
    image: File,
    len: u64,
    steps: Mutex<Vec<Step>>,
    /// How many steps there are.
    at: Arc<AtomicU64>,
}

impl Shared {
    fn note(&self, step: Step) {
        let mut steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        steps.push(step);
        self.at.store(steps.len() as u64, Ordering::SeqCst);
    }
}

/// A disk that runs. Whatever is mounted on it must be gone before it.
pub(super) struct Tape {
    shared: Arc<Shared>,
    session: Option<BackgroundSession>,
    folder: PathBuf,
}

impl Tape {
    /// Starts from an image, which it changes.
    pub(super) fn start(bench: &Bench, image: &Path) -> Tape {
        let file = OpenOptions::new().read(true).write(true).open(image).expect("the image can be opened");
        let len = file.metadata().expect("the image is there").len();
        let shared = Shared { image: file, len, steps: Mutex::default(), at: Arc::default() };
        let (shared, folder) = (Arc::new(shared), bench.folder("tape"));
        let mut config = Config::default();
        config.mount_options.push(MountOption::FSName("attache-power".to_owned()));
        let session = fuser::spawn_mount(Face(shared.clone()), &folder, &config).expect("a file system can be mounted");
        Tape { shared, session: Some(session), folder }
    }

    /// The disk, as a file.
    pub(super) fn disk(&self) -> PathBuf {
        self.folder.join(DISK)
    }

    /// How many steps there were, at any time.
    pub(super) fn clock(&self) -> Arc<AtomicU64> {
        self.shared.at.clone()
    }

    /// Ends the disk and gives what it was asked for.
    pub(super) fn stop(mut self) -> Vec<Step> {
        let session = self.session.take().expect("it ends once");
        session.umount_and_join().expect("nobody uses the disk any more");
        std::mem::take(&mut self.shared.steps.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The file system: a folder with one file.
struct Face(Arc<Shared>);

impl Face {
    fn attributes(&self, ino: INodeNo) -> FileAttr {
        let is_file = ino == FILE;
        FileAttr {
            ino,
            size: if is_file { self.0.len } else { 0 },
            blocks: if is_file { self.0.len / SECTOR as u64 } else { 0 },
            atime: UNIX_EPOCH,
            mtime: UNIX_EPOCH,
            ctime: UNIX_EPOCH,
            crtime: UNIX_EPOCH,
            kind: if is_file { FileType::RegularFile } else { FileType::Directory },
            perm: 0o700,
            nlink: 1,
            uid: 0,
            gid: 0,
            rdev: 0,
            blksize: 4096,
            flags: 0,
        }
    }
}

impl Filesystem for Face {
    fn lookup(&self, _: &Request, _: INodeNo, name: &OsStr, reply: ReplyEntry) {
        if name == DISK {
            reply.entry(&Duration::MAX, &self.attributes(FILE), Generation(0));
        } else {
            reply.error(Errno::ENOENT);
        }
    }

    fn getattr(&self, _: &Request, ino: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        reply.attr(&Duration::MAX, &self.attributes(ino));
    }

    /// Past the kernel's cache, so that every write and read of the loop device comes here at once.
    fn open(&self, _: &Request, _: INodeNo, _: OpenFlags, reply: ReplyOpen) {
        reply.opened(FileHandle(0), FopenFlags::FOPEN_DIRECT_IO);
    }

    fn read(
        &self,
        _: &Request,
        _: INodeNo,
        _: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        let len = u64::from(size).min(self.0.len.saturating_sub(offset));
        let mut bytes = vec![0; usize::try_from(len).expect("a read is small")];
        match self.0.image.read_exact_at(&mut bytes, offset) {
            Ok(()) => reply.data(&bytes),
            Err(error) => reply.error(error.into()),
        }
    }

    fn write(
        &self,
        _: &Request,
        _: INodeNo,
        _: FileHandle,
        offset: u64,
        data: &[u8],
        _: WriteFlags,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        if let Err(error) = self.0.image.write_all_at(data, offset) {
            return reply.error(error.into());
        }
        self.0.note(Step::Write { offset, bytes: data.to_vec() });
        reply.written(u32::try_from(data.len()).expect("a write is small"));
    }

    fn fsync(&self, _: &Request, _: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        self.0.note(Step::Flush);
        reply.ok();
    }

    fn flush(&self, _: &Request, _: INodeNo, _: FileHandle, _: LockOwner, reply: ReplyEmpty) {
        reply.ok();
    }
}

/// What became of the writes that no flush had covered at a cut.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lot {
    pub(super) kept: usize,
    pub(super) dropped: usize,
    pub(super) torn: bool,
}

/// Plays a tape again, ever further: an image in which everything up to a flush is.
pub(super) struct Player {
    steps: Vec<Step>,
    image: PathBuf,
    file: File,
    /// Steps that are in the image.
    done: usize,
}

impl Player {
    /// `image` is what the tape started from.
    pub(super) fn new(steps: Vec<Step>, image: PathBuf) -> Player {
        let file = OpenOptions::new().write(true).open(&image).expect("the image can be opened");
        Player { steps, image, file, done: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether the step before a cut was a write of more than one sector, which the cut can have torn.
    pub(super) fn tears_at(&self, cut: usize) -> bool {
        matches!(self.steps.get(cut.wrapping_sub(1)), Some(Step::Write { bytes, .. }) if bytes.len() > SECTOR)
    }

    /// Makes a state that a power cut after `cut` steps may leave: all until the last flush before it, and of what came
    /// after that as chance will have it. Cuts come in order.
    pub(super) fn state(&mut self, cut: usize, tear: bool, dice: &mut Dice, to: &Path) -> Lot {
        let flushed = self.steps[..cut].iter().rposition(|step| matches!(step, Step::Flush)).map_or(0, |at| at + 1);
        for step in &self.steps[self.done.min(flushed)..flushed] {
            put(&self.file, step, usize::MAX);
        }
        self.done = self.done.max(flushed);
        super::disk::run(std::process::Command::new("cp").arg("--sparse=always").arg(&self.image).arg(to));
        let file = OpenOptions::new().write(true).open(to).expect("the copy can be opened");
        let quarters = dice.below(5);
        let mut lot = Lot::default();
        for (at, step) in self.steps[flushed..cut].iter().enumerate() {
            if tear && flushed + at + 1 == cut {
                let Step::Write { bytes, .. } = step else { continue };
                put(&file, step, SECTOR * (1 + dice.below(bytes.len() / SECTOR - 1)));
                lot.torn = true;
            } else if dice.below(4) < quarters {
                put(&file, step, usize::MAX);
                lot.kept += 1;
            } else {
                lot.dropped += 1;
            }
        }
        lot
    }
}

/// Writes the first bytes of a step, `most` at most.
fn put(file: &File, step: &Step, most: usize) {
    if let Step::Write { offset, bytes } = step {
        file.write_all_at(&bytes[..bytes.len().min(most)], *offset).expect("the image can be written");
    }
}
