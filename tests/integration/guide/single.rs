//! The guide's first way: one machine, followed from an empty folder.

use super::file::has;
use super::machine::Machine;
use super::page::{Block, section};
use super::port;
use super::web::{certificate, install_nginx};

/// A machine of the guide with ports of its own.
pub(super) fn machine() -> Machine {
    let own = |port: u16| format!("127.0.0.1:{port}");
    let [server, metrics, https, http] = [port::free(), port::free(), port::free(), port::free()];
    Machine::new(&[
        ("127.0.0.1:8080".into(), own(server)),
        ("10.0.0.11:8080".into(), own(server)),
        ("127.0.0.1:9090".into(), own(metrics)),
        ("listen 443 ".into(), format!("listen {} ", own(https))),
        ("listen 80;".into(), format!("listen {};", own(http))),
    ])
}

/// Waits until a server says that it is ready.
pub(super) fn ready(machine: &Machine, address: &str) {
    machine.run(&format!("until curl --silent --fail --output /dev/null http://{address}/readyz; do sleep 0.05; done"));
}

#[test]
fn one_machine_is_set_up_as_the_guide_says() {
    if !has("nginx", "nginx") || !has("openssl", "openssl") {
        return;
    }
    let machine = machine();
    let [install, token, front]: [Block; 3] = section("One machine").try_into().expect("three blocks");
    machine.follow(&install);
    ready(&machine, "127.0.0.1:8080");
    let said = machine.follow(&token);
    assert!(said.contains("operator"), "{said}");

    install_nginx(&machine);
    certificate(&machine);
    assert_eq!(machine.follow(&front).lines().last(), Some("ready"));

    // What the token is for, through all of it.
    let secret = said.lines().next().unwrap().trim().to_owned();
    let bearer = format!("--header 'Authorization: Bearer {secret}'");
    let at = "https://files.example.com/v1/files/by-path/first.txt";
    machine.run(&format!("echo kept | curl --fail --silent {bearer} --upload-file - {at}"));
    machine.run("systemctl restart attache");
    ready(&machine, "127.0.0.1:8080");
    let answer =
        machine.run(&format!("curl --fail --silent {bearer} 'https://files.example.com/v1/files?name=first.txt'"));
    assert!(answer.contains("first.txt"), "{answer}");
    machine.run("systemctl stop attache");
}
