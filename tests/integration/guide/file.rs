//! The files that the guide installs, read by the programs that they are for.

use super::machine::{Machine, deploy};
use super::page::text;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// Set to 1, programs that are not installed are a failure instead of a skip.
const REQUIRED: &str = "ATTACHE_REQUIRE_FRONT";

/// Whether a program is here; a skip is loud.
#[expect(clippy::print_stderr, reason = "a skip is to be seen, and counted")]
pub(super) fn has(program: &str, package: &str) -> bool {
    let found = Command::new("bash").args(["-c", &format!("PATH=$PATH:/usr/sbin:/sbin command -v {program}")]).output();
    if found.is_ok_and(|output| output.status.success()) {
        return true;
    }
    assert!(std::env::var(REQUIRED).as_deref() != Ok("1"), "{program} is not installed (on Debian: {package})");
    eprintln!("SKIPPED ({program}): on Debian: apt-get install {package}");
    false
}

/// All files of the folder, by their paths in it.
fn files(folder: &Path, place: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let names = entries.flat_map(|path| {
        let name = format!("{place}{}", path.file_name().unwrap().to_string_lossy());
        if path.is_dir() { files(&path, &format!("{name}/")) } else { vec![name] }
    });
    names.collect()
}

fn read(name: &str) -> String {
    std::fs::read_to_string(deploy().join(name)).unwrap()
}

#[test]
fn the_guide_names_every_file_of_a_deployment_and_no_other() {
    let page = text();
    let there: BTreeSet<String> = files(&deploy(), "deploy/").into_iter().collect();
    for file in &there {
        let name = file.rsplit('/').next().unwrap();
        assert!(page.contains(file) || page.contains(&format!("`{name}`")), "the guide says nothing of {file}");
    }
    let words = page.split(|letter: char| letter.is_whitespace() || "()[]`".contains(letter));
    for word in words.filter(|word| word.starts_with("deploy/") && word.contains('.')) {
        assert!(there.contains(word), "the guide names {word}, which is not there");
    }
}

#[test]
fn systemd_accepts_the_units() {
    if !has("systemd-analyze", "systemd") {
        return;
    }
    let machine = Machine::new(&[]);
    machine.run(
        "cp ../source/target/release/attache /usr/local/bin/attache && cp /usr/local/bin/attache /usr/local/bin/weed",
    );
    for unit in files(&deploy().join("systemd"), "") {
        let output = machine.attempt(&format!("systemd-analyze verify --man=no deploy/systemd/{unit}"));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let ours: Vec<&str> =
            said.lines().filter(|line| line.contains("attache") || line.contains("seaweedfs")).collect();
        assert!(output.status.success() && ours.is_empty(), "{unit}: {said}");
    }
}

#[test]
fn the_servers_unit_leaves_little_to_an_intruder() {
    if !has("systemd-analyze", "systemd") {
        return;
    }
    let machine = Machine::new(&[]);
    machine.run("cp ../source/target/release/attache /usr/local/bin/attache");
    // The figure is systemd's own, in tenths; a unit without any of this has 96.
    machine.run("systemd-analyze security --offline=yes --threshold=20 deploy/systemd/attache.service");
}

#[test]
fn every_setting_of_the_units_is_in_a_section_and_has_a_value_or_empties_a_list() {
    for unit in files(&deploy().join("systemd"), "") {
        let mut section = None;
        for line in read(&format!("systemd/{unit}")).lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                Some(name) => section = Some(name.to_owned()),
                None => assert!(section.is_some() && line.contains('='), "{unit}: {line}"),
            }
        }
    }
}

#[test]
fn caddy_accepts_its_file() {
    if has("caddy", "caddy") {
        Machine::new(&[]).run("caddy adapt --config deploy/Caddyfile --adapter caddyfile >/dev/null");
    }
}

#[test]
fn prometheus_accepts_its_files() {
    if !has("promtool", "prometheus") {
        return;
    }
    let machine = Machine::new(&[]);
    machine.add_command("package/prometheus", "[ \"$1\" = reload ]");
    machine.run("mkdir -p /etc/prometheus");
    let [block] = super::page::section("Monitoring").try_into().expect("one block");
    machine.follow(&block);
}

#[test]
fn what_stands_in_front_is_patient_for_longer_than_the_server() {
    use attache_model::limits::Limits;
    let limits = Limits::default();
    let seconds = |file: &str, setting: &str| -> u64 {
        let text = read(file);
        let line = text.lines().find_map(|line| line.trim().strip_prefix(setting)).expect(setting).trim();
        line.trim_end_matches(';').trim_end_matches('s').parse().unwrap()
    };
    // Whoever gives up first says why; that must be the server, whose words are the API's.
    assert!(seconds("nginx.conf", "client_body_timeout ") > limits.body_idle);
    assert!(seconds("nginx.conf", "proxy_read_timeout ") > limits.body_idle + limits.upload_wait);
    assert!(seconds("systemd/attache.service", "TimeoutStopSec=") > limits.drain);
    // A kept connection that the server ends may have a request on its way.
    assert!(seconds("nginx.conf", "keepalive_timeout ") < limits.header_read);
    assert!(seconds("Caddyfile", "keepalive ") < limits.header_read);
}
