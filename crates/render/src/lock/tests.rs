//! Each test runs once more, alone, in a process of its own, because what it locks stays locked.

use super::*;
use landlock::RulesetStatus;
use std::fs::File;
use std::io::ErrorKind;
use std::net::UdpSocket;
use std::os::unix::net::UnixDatagram;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Output};
use std::thread;

/// Set in the process that is to be locked.
const INSIDE: &str = "ATTACHE_RENDER_TEST_INSIDE";

const OPTIONS: Options = Options { side: 128, upscale: false, pixels: 1_000_000, memory: 64 << 20, cpu: 5 };

/// Whether this is the process of its own. Outside, it starts that process and says what became of it.
fn alone(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let output = again(test);
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{}\n{said}", output.status);
    false
}

/// Runs `test` in a process of its own to its end.
fn again(test: &str) -> Output {
    let name = format!("lock::tests::{test}");
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", &name, "--nocapture"]).env(INSIDE, "1").output().unwrap()
}

/// A file that is there and can be read by anybody.
fn existing() -> std::path::PathBuf {
    std::env::current_exe().unwrap()
}

fn refused<T>(outcome: io::Result<T>) -> ErrorKind {
    outcome.err().expect("it is refused").kind()
}

#[test]
fn a_locked_process_opens_nothing_and_starts_nothing() {
    if !alone("a_locked_process_opens_nothing_and_starts_nothing") {
        return;
    }
    let path = existing();
    assert!(File::open(&path).is_ok() && UdpSocket::bind("127.0.0.1:0").is_ok(), "before, all of it can be had");
    lock(&OPTIONS).unwrap();
    assert_eq!(refused(File::open(&path)), ErrorKind::PermissionDenied);
    assert_eq!(refused(File::create(std::env::temp_dir().join("x"))), ErrorKind::PermissionDenied);
    assert_eq!(refused(std::fs::remove_file(&path)), ErrorKind::PermissionDenied);
    assert_eq!(refused(std::fs::metadata(&path)), ErrorKind::PermissionDenied);
    assert_eq!(refused(UdpSocket::bind("127.0.0.1:0")), ErrorKind::PermissionDenied);
    assert_eq!(refused(UnixDatagram::unbound()), ErrorKind::PermissionDenied);
    assert_eq!(refused(thread::Builder::new().spawn(|| ())), ErrorKind::PermissionDenied);
    assert!(Command::new(&path).spawn().is_err());
}

#[test]
fn a_locked_process_still_gets_memory_and_tells_what_it_found() {
    if !alone("a_locked_process_still_gets_memory_and_tells_what_it_found") {
        return;
    }
    lock(&OPTIONS).unwrap();
    let mut bytes = vec![1_u8; 16 << 20];
    bytes.resize(32 << 20, 2);
    assert_eq!(bytes.iter().map(|byte| u64::from(*byte)).sum::<u64>(), 3 << 24);
}

#[test]
fn without_the_filter_the_kernels_rules_close_files_and_networks() {
    if !alone("without_the_filter_the_kernels_rules_close_files_and_networks") {
        return;
    }
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let held = rights::drop().unwrap().map(|status| status.ruleset);
    if !matches!(held, Some(RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced)) {
        println!("SKIPPED: this kernel has no Landlock");
        return;
    }
    assert_eq!(refused(File::open(existing())), ErrorKind::PermissionDenied);
    assert_eq!(refused(File::create(std::env::temp_dir().join("x"))), ErrorKind::PermissionDenied);
    assert_eq!(refused(std::net::TcpStream::connect(address)), ErrorKind::PermissionDenied);
    assert_eq!(refused(Command::new(existing()).spawn()), ErrorKind::PermissionDenied);
}

#[test]
fn without_the_others_the_limits_leave_no_descriptor_and_little_memory() {
    if !alone("without_the_others_the_limits_leave_no_descriptor_and_little_memory") {
        return;
    }
    limits::lower(&OPTIONS).unwrap();
    let out_of_descriptors = Some(rustix::io::Errno::MFILE.raw_os_error());
    assert_eq!(File::open(existing()).unwrap_err().raw_os_error(), out_of_descriptors);
    assert_eq!(UdpSocket::bind("127.0.0.1:0").unwrap_err().raw_os_error(), out_of_descriptors);
    let mut bytes: Vec<u8> = Vec::new();
    assert!(bytes.try_reserve_exact(32 << 20).is_ok());
    assert!(Vec::<u8>::new().try_reserve_exact(64 << 20).is_err(), "the process has 64 MiB in all");
}

#[test]
fn limits_that_were_lowered_cannot_be_raised_again() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    if !alone("limits_that_were_lowered_cannot_be_raised_again") {
        return;
    }
    rights::drop().unwrap();
    limits::lower(&OPTIONS).unwrap();
    for resource in [Resource::Nofile, Resource::Data, Resource::Cpu, Resource::Core] {
        let now = getrlimit(resource).maximum.unwrap();
        let more = Some(now + 1);
        assert!(setrlimit(resource, Rlimit { current: more, maximum: more }).is_err(), "{resource:?}");
    }
}

#[test]
fn it_steps_back_for_every_other_process() {
    if !alone("it_steps_back_for_every_other_process") {
        return;
    }
    let before = rustix::process::getpriority_process(None).unwrap();
    limits::lower(&OPTIONS).unwrap();
    let after = rustix::process::getpriority_process(None).unwrap();
    assert_eq!(after, (before + 10).min(19), "by ten, or as far as it goes");
}

#[test]
fn a_process_that_works_longer_than_it_may_is_ended() {
    let test = "a_process_that_works_longer_than_it_may_is_ended";
    if std::env::var_os(INSIDE).is_some() {
        lock(&Options { cpu: 1, ..OPTIONS }).unwrap();
        loop {
            std::hint::spin_loop();
        }
    }
    // The last is also the signal of the limit's hard end.
    let ended_by = again(test).status.signal();
    let signals = [rustix::process::Signal::XCPU, rustix::process::Signal::KILL].map(|signal| Some(signal.as_raw()));
    assert!(signals.contains(&ended_by), "it was ended by {ended_by:?}");
}

#[test]
fn a_locked_process_sends_signals_to_nobody_but_itself() {
    use rustix::process::{Signal, getppid, kill_process};
    let test = "a_locked_process_sends_signals_to_nobody_but_itself";
    if std::env::var_os(INSIDE).is_some() {
        let parent = getppid().unwrap();
        assert!(kill_process(parent, Signal::CONT).is_ok(), "before, signals can be sent");
        lock(&OPTIONS).unwrap();
        assert!(kill_process(parent, Signal::CONT).is_err());
        std::process::abort();
    }
    assert_eq!(again(test).status.signal(), Some(Signal::ABORT.as_raw()));
}
