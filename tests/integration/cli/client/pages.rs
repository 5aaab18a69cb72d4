//! Help, completions and manual pages.

use super::{Said, bare};
use std::process::Command;
use tempfile::TempDir;

fn run(arguments: &[&str]) -> Said {
    Said::of(bare(TempDir::new().unwrap().path(), arguments).output())
}

#[test]
fn completions_are_scripts_that_their_shell_understands() {
    let home = TempDir::new().unwrap();
    let script = run(&["completions", "bash"]).good();
    assert!(script.contains("recover") && script.contains("--on-conflict"), "{script}");
    let file = home.path().join("attache.bash");
    std::fs::write(&file, script).unwrap();
    assert!(Command::new("bash").arg("-n").arg(&file).status().unwrap().success());
    for shell in ["zsh", "fish", "elvish", "powershell"] {
        assert!(run(&["completions", shell]).good().contains("attache"), "{shell}");
    }
    assert_eq!(run(&["completions", "tcsh"]).code, Some(2));
}

#[test]
fn every_command_has_a_manual_page() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("man");
    run(&["man", "--dir", folder.to_str().unwrap()]).good();
    for page in ["attache.1", "attache-put.1", "attache-get.1", "attache-recover.1", "attache-token-create.1"] {
        let text = std::fs::read_to_string(folder.join(page)).unwrap_or_else(|error| panic!("{page}: {error}"));
        assert!(text.contains(".SH NAME") && text.contains(".TH "), "{page}: {text}");
    }
    assert!(!folder.join("attache-render.1").exists());
    let page = run(&["man", "put"]).good();
    assert!(page.contains("attache") && page.contains("on\\-conflict"), "{page}");
    assert!(run(&["man"]).good().contains(".SH SUBCOMMANDS"));
    assert_eq!(run(&["man", "fly"]).bad(1), "there is no command 'fly'; see 'attache help'");
}

#[test]
fn a_manual_page_is_typeset_without_a_complaint() {
    let home = TempDir::new().unwrap();
    let page = home.path().join("attache-put.1");
    std::fs::write(&page, run(&["man", "put"]).good()).unwrap();
    // man itself is not on every machine; groff is what it runs.
    let set = Command::new("man")
        .args(["--warnings", "-l"])
        .arg(&page)
        .env("MANWIDTH", "100")
        .env("MANPAGER", "cat")
        .output();
    let Ok(set) = set else {
        attache_tests::report("SKIPPED (needs man): a_manual_page_is_typeset_without_a_complaint");
        return;
    };
    let (out, err) = (String::from_utf8_lossy(&set.stdout), String::from_utf8_lossy(&set.stderr));
    assert!(set.status.success() && err.is_empty(), "{err}");
    assert!(out.contains("--on-conflict") && out.contains("OPTIONS"), "{out}");
}

#[test]
fn the_help_tells_of_both_families() {
    let help = run(&["--help"]).good();
    for part in ["Files on a server:", "A server on this machine:", "recover", "restore", "completions"] {
        assert!(help.contains(part), "{help}");
    }
    assert_eq!(run(&["put"]).code, Some(2));
}
