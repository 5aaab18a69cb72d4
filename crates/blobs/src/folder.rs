//! One open folder of a volume. All names are looked up relative to its descriptor and no link is ever followed, so
//! nothing that is planted below the root can lead a read or a write elsewhere.

use std::{
    fs::File,
    io,
    os::fd::{AsFd as _, OwnedFd},
    sync::Arc,
};

use rustix::{
    fs::{AtFlags, Dir, FileType, Mode, OFlags, Stat},
    io::Errno,
};

const FOLDER_MODE: Mode = Mode::RWXU;
const FILE_MODE: Mode = Mode::RUSR.union(Mode::WUSR);

/// An open folder with its name below the root. Clones share the descriptor.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    name: Arc<str>,
    fd: Arc<OwnedFd>,
}

impl Folder {
    /// Opens the root of a volume. Only this path is the operator's own and may contain links.
    pub(crate) fn root(path: &std::path::Path) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let fd = rustix::fs::open(path, flags, Mode::empty())?;
        Ok(Self::of("", fd))
    }

    fn of(name: &str, fd: OwnedFd) -> Self {
        Self { name: Arc::from(name), fd: Arc::new(fd) }
    }

    /// The name below the root.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Makes a folder inside; false when something of that name is there already.
    pub(crate) fn make(&self, name: &str) -> io::Result<bool> {
        match rustix::fs::mkdirat(&self.fd, name, FOLDER_MODE) {
            Ok(()) => Ok(true),
            Err(Errno::EXIST) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Opens a folder inside.
    pub(crate) fn enter(&self, name: &str) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = rustix::fs::openat(&self.fd, name, flags, Mode::empty())?;
        Ok(Self::of(name, fd))
    }

    /// Creates a file that was not there before.
    pub(crate) fn create(&self, name: &str) -> io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(rustix::fs::openat(&self.fd, name, flags, FILE_MODE)?.into())
    }

    /// Opens a file for reading. `None` when there is none; an error when the name is anything but a plain file.
    pub(crate) fn open(&self, name: &str) -> io::Result<Option<(File, u64)>> {
        self.open_for(name, OFlags::RDONLY)
    }

    /// Opens a file for reading and writing, as [`Folder::open`] does for reading.
    pub(crate) fn open_to_write(&self, name: &str) -> io::Result<Option<(File, u64)>> {
        self.open_for(name, OFlags::RDWR)
    }

    fn open_for(&self, name: &str, access: OFlags) -> io::Result<Option<(File, u64)>> {
        let flags = access | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let fd = match rustix::fs::openat(&self.fd, name, flags, Mode::empty()) {
            Ok(fd) => fd,
            Err(Errno::NOENT) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let stat = rustix::fs::fstat(&fd)?;
        if !is_file(&stat) {
            return Err(io::Error::other("not a plain file"));
        }
        Ok(Some((fd.into(), len(&stat))))
    }

    /// What is known of a name, without following it; `None` when it is not there.
    pub(crate) fn stat(&self, name: &str) -> io::Result<Option<Stat>> {
        match rustix::fs::statat(&self.fd, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(stat)),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The device that holds the folder.
    pub(crate) fn device(&self) -> io::Result<u64> {
        Ok(rustix::fs::fstat(&self.fd)?.st_dev)
    }

    /// Gives a file another name in another folder of the same file system.
    pub(crate) fn rename(&self, name: &str, to: &Self, new_name: &str) -> io::Result<()> {
        Ok(rustix::fs::renameat(&self.fd, name, &to.fd, new_name)?)
    }

    /// Gives a file a second name in another folder of the same file system; false when that is taken.
    pub(crate) fn link(&self, name: &str, to: &Self, new_name: &str) -> io::Result<bool> {
        match rustix::fs::linkat(&self.fd, name, &to.fd, new_name, AtFlags::empty()) {
            Ok(()) => Ok(true),
            Err(Errno::EXIST) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes a file's name away; false when it was not there. Not durable before [`Folder::sync`].
    pub(crate) fn remove(&self, name: &str) -> io::Result<bool> {
        match rustix::fs::unlinkat(&self.fd, name, AtFlags::empty()) {
            Ok(()) => Ok(true),
            Err(Errno::NOENT) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes the names in the folder durable.
    pub(crate) fn sync(&self) -> io::Result<()> {
        Ok(rustix::fs::fsync(self.fd.as_fd())?)
    }

    /// The names inside, in no order.
    pub(crate) fn entries(&self) -> io::Result<Dir> {
        Ok(Dir::read_from(&self.fd)?)
    }
}

/// Whether it is a plain file: no folder, no link, no device.
pub(crate) fn is_file(stat: &Stat) -> bool {
    FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile
}

/// The length of a file in bytes.
pub(crate) fn len(stat: &Stat) -> u64 {
    u64::try_from(stat.st_size).unwrap_or(0)
}
