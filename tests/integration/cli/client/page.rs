//! The examples of `docs/cli.md`, run as they are printed.

use crate::PROGRAM;
use crate::page::{at, blocks, has_python3, started};
use attache_tests::said;
use tempfile::TempDir;

const PAGE: &str = include_str!("../../../../docs/cli.md");

#[test]
fn the_commands_of_the_page_do_what_it_says() {
    if !has_python3() {
        return;
    }
    let (home, server) = started();
    let desk = TempDir::new().unwrap();
    std::os::unix::fs::symlink(PROGRAM, desk.path().join("attache")).unwrap();
    let token = said(&home.command(PROGRAM, &["token", "create", "--scopes", "all"]).output().unwrap());
    std::fs::write(desk.path().join("token"), token).unwrap();
    // There is no terminal to type the token on.
    let login = blocks(PAGE, "sh")[0].clone();
    let script = blocks(PAGE, "sh").join("\n").replace(&login, &format!("{login} --token-stdin < token"));
    let path = format!("{}:{}", desk.path().display(), std::env::var("PATH").unwrap());
    let mut bash = attache_tests::command("bash", desk.path(), &["-euo", "pipefail", "-c", &at(&script, &server)]);
    bash.current_dir(desk.path()).env("HOME", desk.path()).env("PATH", path).env_remove("ATTACHE_DATA");
    for name in ["XDG_CONFIG_HOME", "XDG_STATE_HOME"] {
        bash.env_remove(name);
    }
    let out = said(&bash.output().unwrap());
    for block in blocks(PAGE, "text") {
        assert!(out.contains(&block), "{out}");
    }
    assert!(out.contains("/signed/") && out.contains("15 bytes"), "{out}");
    let lease = std::fs::read(desk.path().join("backup/contracts/office/2026/lease.txt")).unwrap();
    assert_eq!(lease, b"signed by both\n");
    assert!(desk.path().join("man/attache-put.1").exists() && desk.path().join("attache.bash").exists());
}

#[test]
fn the_page_tells_of_every_command_of_a_client() {
    let help = super::Said::of(super::bare(TempDir::new().unwrap().path(), &["--help"]).output()).good();
    let family = help.split("Files on a server:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let names: Vec<&str> = family.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(names.len() >= 14, "{names:?}");
    for name in names {
        assert!(PAGE.contains(&format!("attache {name}")), "{name} is missing");
    }
}
