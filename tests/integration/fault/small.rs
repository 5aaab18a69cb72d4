//! Small file systems that a test fills to the brim.

use attache_tests::skip;
use rustix::fs::statvfs;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// What a small file system is made of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// In memory.
    Tmpfs,
    /// In a file, by the kernel's loop device.
    Ext4,
}

/// A mounted file system of a few MiB. It goes when the test ends.
pub(super) struct Small {
    /// Holds the image, and the folder where it is mounted.
    place: TempDir,
}

impl Small {
    /// `None` after a loud skip, where nothing can be mounted.
    pub(super) fn mount(kind: Kind, mib: u64) -> Option<Small> {
        let small = Small { place: TempDir::new().unwrap() };
        std::fs::create_dir(small.path()).unwrap();
        let made = match kind {
            Kind::Tmpfs => {
                let size = format!("size={mib}m");
                Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(small.path()).output()
            }
            Kind::Ext4 => {
                let image = small.place.path().join("image");
                File::create(&image).and_then(|file| file.set_len(mib << 20)).unwrap();
                let made = Command::new("mkfs.ext4").args(["-q", "-F", "-m", "0"]).arg(&image).output();
                made.and_then(|_| Command::new("mount").args(["-o", "loop"]).arg(&image).arg(small.path()).output())
            }
        };
        if made.is_ok_and(|output| output.status.success()) {
            return Some(small);
        }
        skip("root, to mount a small file system");
        None
    }

    /// Where it is.
    pub(super) fn path(&self) -> PathBuf {
        self.place.path().join("mounted")
    }

    /// A folder on it.
    pub(super) fn folder(&self, name: &str) -> PathBuf {
        let folder = self.path().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    /// Fills it, up to so many bytes.
    pub(super) fn fill(&self, but: u64) {
        let mut filler = OpenOptions::new().create(true).append(true).open(self.filler()).unwrap();
        let block = vec![0x5a; 256 << 10];
        while let free @ 1.. = free(&self.path()).saturating_sub(but) {
            let len = block.len().min(usize::try_from(free).unwrap());
            // Others may be faster.
            if filler.write_all(&block[..len]).is_err() {
                break;
            }
        }
        // The system may put off the search for room until here, and find none.
        let _ = filler.sync_all();
    }

    /// Makes room again.
    pub(super) fn make_room(&self) {
        std::fs::remove_file(self.filler()).unwrap();
    }

    fn filler(&self) -> PathBuf {
        self.path().join("filler")
    }
}

fn free(path: &Path) -> u64 {
    let about = statvfs(path).unwrap();
    about.f_bavail * about.f_frsize
}

impl Drop for Small {
    fn drop(&mut self) {
        // Nothing is left to do if it was never mounted.
        let _ = Command::new("umount").arg("--lazy").arg(self.path()).output();
    }
}
