//! The page about the audit log: its commands are run as they are printed, and what they say is looked at.

use crate::PROGRAM;
use crate::page::{blocks, run, started};
use std::process::Command;

const PAGE: &str = include_str!("../../../docs/audit.md");

fn typed(text: &str) -> String {
    text.replace("attache token", &format!("{PROGRAM} token")).replace("attache audit", &format!("{PROGRAM} audit"))
}

#[test]
fn the_commands_of_the_page_work_as_they_are_printed() {
    let (home, server) = started();
    std::fs::write(home.path().join("README.md"), "read me").unwrap();
    let said = run(&typed(&blocks(PAGE, "sh").join("\n")), &home, &server);
    for wanted in ["\"deed\":\"file.created\"", "token.created", "file/1 event/1", "lines, unbroken; head "] {
        assert!(said.contains(wanted), "{wanted} is not in\n{said}");
    }
    drop(server);
}

#[test]
fn a_log_that_was_cut_off_is_told_by_the_exit_code_and_a_sentence() {
    let (home, server) = started();
    let script = "attache audit head > heads; sed -i 's/^\\([0-9]*\\) ./\\1 z/' heads";
    run(&typed(script), &home, &server);
    let wrong: Command = home.command(PROGRAM, &["audit", "verify", "--head", "heads"]);
    assert_eq!(ended(wrong, &home).0, 2, "a head that cannot be read is a wrong argument");

    run(&typed("attache audit head > heads; sed -i 's/ [0-9a-f]\\{8\\}/ 00000000/' heads"), &home, &server);
    let (code, said) = ended(home.command(PROGRAM, &["audit", "verify", "--head", "heads"]), &home);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("is not the one that was noted") && said.contains("BROKEN"), "{said}");
}

fn ended(mut command: Command, home: &attache_tests::Home) -> (i32, String) {
    let output = command.current_dir(home.path()).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}
