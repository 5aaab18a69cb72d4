//! Disks that lose their power: file systems in files, mounted through loop devices, and told by the kernel's own
//! "going down" call that from now on nothing reaches them. What was not flushed until then is gone.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// How the folders of all benches begin.
const PREFIX: &str = "attache-power-";
/// A file system in memory, where there is one: these disks are about what is flushed, not about how fast.
const MEMORY: &str = "/dev/shm";
/// Where programs that make file systems are, even if the caller's path does not say so.
const SYSTEM: &str = "/usr/sbin:/sbin";
/// Tries to take a disk away from a process that just died.
const TRIES: usize = 500;

/// A file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Ext4,
    Xfs,
}

impl Kind {
    /// How it is made in an image.
    fn make(self, image: &Path) -> Command {
        // Zeroed at once, so that what a disk holds does not depend on how long it was mounted.
        let (program, arguments): (&str, &[&str]) = match self {
            Kind::Ext4 => (
                "mkfs.ext4",
                &["-q", "-F", "-b", "4096", "-J", "size=8", "-E", "lazy_itable_init=0,lazy_journal_init=0"],
            ),
            Kind::Xfs => ("mkfs.xfs", &["-q", "-f"]),
        };
        let mut command = tool(program);
        command.args(arguments).arg(image);
        command
    }

    /// What it is mounted with. Without `noauto_da_alloc` ext4 makes up for programs that rename before they sync.
    fn options(self) -> &'static str {
        match self {
            Kind::Ext4 => "loop,noatime,noauto_da_alloc",
            Kind::Xfs => "loop,noatime",
        }
    }
}

/// A folder for the disks of one test. Its mounts must be gone before it.
pub(super) struct Bench {
    folder: TempDir,
}

impl Bench {
    /// `None` after a loud skip, where this machine cannot do it.
    pub(super) fn new(needs: &[&str]) -> Option<Bench> {
        if let Some(missing) = missing(needs) {
            attache_tests::skip(&missing);
            return None;
        }
        clear_leftovers();
        let memory = Path::new(MEMORY);
        let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let prefix = format!("{PREFIX}{}-", std::process::id());
        let folder = tempfile::Builder::new().prefix(&prefix).tempdir_in(place).expect("a folder can be made");
        Some(Bench { folder })
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A new folder to mount something on.
    pub(super) fn folder(&self, name: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(&path).expect("a folder can be made");
        path
    }

    /// A file of so many bytes with a new file system.
    pub(super) fn image(&self, name: &str, kind: Kind, len: u64) -> PathBuf {
        let image = self.path(name);
        File::create(&image).and_then(|file| file.set_len(len)).expect("an image can be made");
        run(&mut kind.make(&image));
        image
    }
}

/// What this machine lacks: root, a tool or a device.
fn missing(needs: &[&str]) -> Option<String> {
    if !rustix::process::geteuid().is_root() {
        return Some("root".to_owned());
    }
    let there = |name: &str| {
        let path = std::env::var("PATH").unwrap_or_default();
        name.starts_with('/') && Path::new(name).exists()
            || path.split(':').chain(SYSTEM.split(':')).any(|folder| Path::new(folder).join(name).exists())
    };
    let basic = ["/dev/loop-control", "mount", "umount", "xfs_io", "mkfs.ext4"];
    basic.iter().chain(needs).find(|name| !there(name)).map(|name| (*name).to_owned())
}

/// Takes away what runs that were killed left mounted.
fn clear_leftovers() {
    let mounts = std::fs::read_to_string("/proc/mounts").expect("the kernel tells what is mounted");
    let points = mounts.lines().filter_map(|line| line.split(' ').nth(1));
    // What is mounted on something comes after it.
    for point in points.filter(|point| is_left(Path::new(point))).collect::<Vec<_>>().into_iter().rev() {
        let _ = tool("umount").args(["-l", point]).output();
    }
    for place in [Path::new(MEMORY), &std::env::temp_dir()] {
        for found in std::fs::read_dir(place).into_iter().flatten().flatten().filter(|found| is_left(&found.path())) {
            let _ = std::fs::remove_dir_all(found.path());
        }
    }
}

/// Whether a path is in the bench of a process that is no more.
fn is_left(path: &Path) -> bool {
    let mut names = path.iter().filter_map(|name| name.to_str()?.strip_prefix(PREFIX)?.split('-').next());
    names.next_back().is_some_and(|process| !Path::new("/proc").join(process).exists())
}

/// A disk with a mounted file system.
pub(super) struct Disk {
    at: PathBuf,
    image: PathBuf,
    kind: Kind,
    mounted: bool,
    /// Waits for the word to cut the power.
    switch: Option<Child>,
}

impl Disk {
    /// Mounts an image at a folder, which replays its journal.
    pub(super) fn mount(image: &Path, at: &Path, kind: Kind) -> Disk {
        let mut disk = Disk { at: at.to_owned(), image: image.to_owned(), kind, mounted: false, switch: None };
        disk.power_on();
        disk
    }

    /// Makes the folder for the server's data, as whoever installs it does, and makes that durable.
    pub(super) fn prepare(&self) {
        std::fs::create_dir(self.data()).expect("a folder can be made");
        File::open(&self.at).and_then(|folder| folder.sync_all()).expect("the folder can be synced");
    }

    /// The folder for the server's data.
    pub(super) fn data(&self) -> PathBuf {
        self.at.join("data")
    }

    /// From now on nothing reaches the disk, not even what the kernel still has to write.
    pub(super) fn cut(&mut self) {
        let mut switch = self.switch.take().expect("the power is on");
        let mut words = switch.stdin.take().expect("it listens");
        words.write_all(b"shutdown\n").expect("it listens");
        drop(words);
        let output = switch.wait_with_output().expect("it ends");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && said.is_empty(), "the power stays on: {said}");
    }

    /// Mounts it again after a cut; nobody may use it any more.
    pub(super) fn power_on(&mut self) {
        self.take_away();
        run(tool("mount").args(["-t", self.kind.name(), "-o", self.kind.options()]).arg(&self.image).arg(&self.at));
        self.mounted = true;
        // Started now, so that no time passes between the word and the cut.
        let switch = tool("xfs_io")
            .arg("-x")
            .arg(&self.at)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn();
        self.switch = Some(switch.expect("xfs_io starts"));
    }

    /// Unmounts it; nobody may use it any more.
    pub(super) fn take_away(&mut self) {
        if !std::mem::take(&mut self.mounted) {
            return;
        }
        // It ends when it hears nothing any more.
        drop(self.switch.take().map(Child::wait_with_output));
        // The last file of a process that was killed may be closed a little after its end.
        for _ in 0..TRIES {
            if tool("umount").arg(&self.at).output().is_ok_and(|output| output.status.success()) {
                return self.wait_for_the_device();
            }
        }
        run(tool("umount").arg(&self.at));
        self.wait_for_the_device();
    }
}

impl Disk {
    /// A mount of an image takes the device that still has it, with what that remembers of another state. So waits
    /// until none has.
    fn wait_for_the_device(&self) {
        while has_device(&self.image) {
            std::thread::yield_now();
        }
    }
}

/// Whether a loop device stands on an image.
fn has_device(image: &Path) -> bool {
    let devices = std::fs::read_dir("/sys/block").expect("the kernel tells of its devices").flatten();
    let images = devices.filter_map(|device| std::fs::read_to_string(device.path().join("loop/backing_file")).ok());
    images.into_iter().any(|of| Path::new(of.trim_end()) == image)
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Ext4 => "ext4",
            Kind::Xfs => "xfs",
        }
    }
}

/// No disk outlives its test, however that ends.
impl Drop for Disk {
    fn drop(&mut self) {
        if self.mounted {
            drop(self.switch.take().map(Child::wait_with_output));
            let _ = tool("umount").arg("-l").arg(&self.at).output();
        }
    }
}

fn tool(program: &str) -> Command {
    let mut command = Command::new(program);
    command.env("PATH", format!("{}:{SYSTEM}", std::env::var("PATH").unwrap_or_default()));
    command
}

/// Runs a tool that must succeed.
pub(super) fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
