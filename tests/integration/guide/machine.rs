//! A machine of the guide: a folder that stands for its root, and other addresses for those that the guide names.

use super::page::Block;
use crate::PROGRAM;
use rustix::process::{Pid, Signal, kill_process};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// What the guide's machines have under their roots.
const PLACES: [&str; 4] = ["/etc/", "/opt/", "/usr/local/", "/var/"];
/// Commands that do nothing here, or do it without another user.
const BYSTANDERS: [&str; 5] = ["apt-get", "install", "runuser", "setpriv", "useradd"];
/// Stops at the first command that fails.
const STRICT: &str = "set -euo pipefail\n";

/// A machine. What it started ends with it.
pub(super) struct Machine {
    root: TempDir,
    addresses: Vec<(String, String)>,
}

impl Machine {
    /// An empty one with a checkout of the sources; `addresses` stand for those of the guide.
    pub(super) fn new(addresses: &[(String, String)]) -> Machine {
        let machine = Machine { root: TempDir::new().unwrap(), addresses: addresses.to_vec() };
        let root = machine.root.path();
        // PostgreSQL reads its settings here as a user of its own.
        std::fs::set_permissions(root, PermissionsExt::from_mode(0o755)).unwrap();
        for folder in
            ["bin", "run", "package", "source/target/release", "etc/systemd/system", "usr/local/bin", "usr/local/sbin"]
        {
            std::fs::create_dir_all(root.join(folder)).unwrap();
        }
        let stand_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("integration/guide/stand_in");
        symlink(stand_in.join("systemctl"), root.join("bin/systemctl")).unwrap();
        for name in BYSTANDERS {
            symlink(stand_in.join("bystander"), root.join("bin").join(name)).unwrap();
        }
        symlink(PROGRAM, root.join("source/target/release/attache")).unwrap();
        machine.copy(&deploy(), &root.join("source/deploy"));
        machine
    }

    /// What stands for the guide's addresses.
    pub(super) fn addresses(&self) -> &[(String, String)] {
        &self.addresses
    }

    /// The folder that stands for its root.
    pub(super) fn root(&self) -> &Path {
        self.root.path()
    }

    /// The text with the folders and addresses of this machine.
    pub(super) fn here(&self, text: &str) -> String {
        let root = self.root.path().to_str().unwrap();
        let mut here = String::new();
        let mut rest = text;
        // A place begins where no name goes on: `/var/` in `file:/var/lib`, not in `/x/var/lib`.
        while let Some(at) = PLACES.iter().filter_map(|place| rest.find(place)).min() {
            let inside = rest[..at].ends_with(|before: char| before.is_alphanumeric() || "./_-}".contains(before));
            here.push_str(&rest[..at]);
            here.push_str(if inside { "" } else { root });
            here.push('/');
            rest = &rest[at + 1..];
        }
        here.push_str(rest);
        self.addresses.iter().fold(here, |text, (guide, own)| text.replace(guide, own))
    }

    /// Files of a folder, with the folders and addresses of this machine.
    fn copy(&self, from: &Path, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let from = entry.unwrap().path();
            let to = to.join(from.file_name().unwrap());
            if from.is_dir() {
                self.copy(&from, &to);
                continue;
            }
            std::fs::write(&to, self.here(&std::fs::read_to_string(&from).unwrap())).unwrap();
            std::fs::set_permissions(&to, from.metadata().unwrap().permissions()).unwrap();
        }
    }

    /// A command that is there under this name.
    pub(super) fn add_command(&self, place: &str, script: &str) {
        let path = self.root.path().join(place);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, format!("#!/usr/bin/env bash\nset -euo pipefail\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
    }

    /// Runs the commands of a block as they are printed; what they said.
    pub(super) fn follow(&self, block: &Block) -> String {
        self.run(&block.script)
    }

    /// Runs commands that must succeed; what they said on standard output.
    pub(super) fn run(&self, script: &str) -> String {
        let output = self.attempt(script);
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{script}\n{}\nstdout: {out}\nstderr: {err}{}", output.status, self.logs());
        out.into_owned()
    }

    /// Runs commands.
    pub(super) fn attempt(&self, script: &str) -> Output {
        let root = self.root.path();
        let path = std::env::var("PATH").unwrap_or_default();
        let own = ["bin", "usr/local/bin", "usr/local/sbin"].map(|place| root.join(place).display().to_string());
        let mut shell = Command::new("bash");
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if ["ATTACHE_", "AWS_", "PG"].iter().any(|start| name.starts_with(start)) {
                shell.env_remove(name);
            }
        }
        shell.args(["-c", &format!("{STRICT}{}", self.here(script))]).current_dir(root.join("source"));
        shell.env("PATH", format!("{}:{path}:/usr/sbin:/sbin", own.join(":"))).env("ROOT", root).env("CURL_HOME", root);
        // What it leaves running must not hold the pipes that are read here.
        let (out, err) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
        let streams = [&out, &err].map(|file| Stdio::from(file.try_clone().unwrap()));
        let [stdout, stderr] = streams;
        let status = shell.stdin(Stdio::null()).stdout(stdout).stderr(stderr).status().unwrap();
        Output { status, stdout: read(out), stderr: read(err) }
    }

    /// The process of a unit, where it was started.
    fn pid(&self, unit: &str) -> Option<i32> {
        std::fs::read_to_string(self.root.path().join("run").join(unit).with_extension("pid")).ok()?.trim().parse().ok()
    }

    /// Ends a unit's process as a power cut would.
    pub(super) fn kill(&self, unit: &str) {
        self.send(unit, Signal::KILL);
    }

    fn send(&self, unit: &str, signal: Signal) {
        if let Some(pid) = self.pid(unit).and_then(Pid::from_raw) {
            // It may have ended by itself.
            let _ = kill_process(pid, signal);
        }
    }

    /// The last lines of everything that it runs.
    pub(super) fn logs(&self) -> String {
        let logs = std::fs::read_dir(self.root.path().join("run")).into_iter().flatten().flatten();
        let logs = logs.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|end| end == "log"));
        let tails = logs.map(|path| {
            let said = std::fs::read_to_string(&path).unwrap_or_default();
            let lines: Vec<&str> = said.lines().collect();
            format!("\n{}:\n{}", path.display(), lines[lines.len().saturating_sub(15)..].join("\n"))
        });
        tails.collect()
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        self.kill("attache");
        self.kill("seaweedfs");
        // Its workers end with it only when it is asked.
        self.send("nginx", Signal::TERM);
    }
}

/// The folder that the guide uses.
pub(super) fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy")
}

fn read(mut file: std::fs::File) -> Vec<u8> {
    use std::io::{Read, Seek};
    let mut bytes = Vec::new();
    file.rewind().and_then(|()| file.read_to_end(&mut bytes)).unwrap();
    bytes
}
