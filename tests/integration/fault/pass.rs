//! Commands that meet a disk which fails to read: they say what they could not read, go on with all else, and call nothing
//! whole that is not.

use super::on_a_disk;
use super::read::{kept, unreadable};
use super::trace::{Call, Trace};
use crate::PROGRAM;
use crate::native::noise;
use crate::transfer::proof::demand_equal;
use attache_tests::{Ask, Engine, Home, figure, said};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Contents that are kept apart from the rows, and the bytes of one.
const CONTENTS: u64 = 6;
const BYTES: usize = 600_000;
/// Which read of the database fails.
const READS: [usize; 6] = [1, 3, 9, 27, 60, 100];

/// A home with some contents, and the file of one of them.
async fn filled() -> (Home, PathBuf) {
    let home = Home::new();
    let mut server = home.serve(PROGRAM, &[]);
    let client = server.client(PROGRAM, "all");
    for no in 0..CONTENTS {
        client.put(&format!("/v1/files/by-path/{no}.bin")).body(noise(no, BYTES)).ask().await.expect(201);
        client.put(&format!("/v1/files/by-path/{no}.txt")).body(noise(no, 3000)).ask().await.expect(201);
    }
    server.ask_to_stop();
    assert!(server.wait().0.success());
    let bad = kept(home.path()).into_iter().nth(2).expect("there are some");
    (home, bad)
}

/// What a command says on both of its ways out.
fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Runs a command whose reads of a content all fail; it must name that one, alone, and end with 1.
fn names_one(command: &Command, bad: &Path) -> Option<String> {
    let (output, calls) = Trace::run(command, &unreadable(&[bad], "1+"))?;
    assert!(calls.iter().any(Call::was_made_to_fail), "{command:?} did not read it");
    let (words, key) = (words(&output), bad.file_name().unwrap().to_str().unwrap());
    assert_eq!(output.status.code(), Some(1), "{words}");
    let named: Vec<_> = words.lines().filter(|line| line.starts_with("damaged: ")).collect();
    assert!(matches!(named[..], [one] if one.contains(key) && one.contains("the disk cannot read it")), "{words}");
    Some(words)
}

#[tokio::test]
async fn a_scrub_and_a_check_name_what_cannot_be_read_and_read_the_rest_on_sqlite() {
    if !on_a_disk() {
        return;
    }
    let (home, bad) = filled().await;
    let all = format!("{} contents with ", 2 * CONTENTS);
    let Some(scrubbed) = names_one(&home.command(PROGRAM, &["scrub"]), &bad) else { return };
    assert!(scrubbed.contains(&all), "{scrubbed}");
    names_one(&home.command(PROGRAM, &["check"]), &bad);
    let again = said(&home.command(PROGRAM, &["scrub"]).output().unwrap());
    assert!(again.contains(&all) && again.contains(" 0 damaged, 1 whole again"), "{again}");
    said(&home.command(PROGRAM, &["check"]).output().unwrap());
    figure(
        "fault",
        &format!("a content that cannot be read: named by scrub and check, the other {} read", 2 * CONTENTS - 1),
    );
}

#[tokio::test]
async fn a_backup_goes_without_what_cannot_be_read_says_so_and_is_whole_the_next_time_on_sqlite() {
    if !on_a_disk() {
        return;
    }
    let (home, bad) = filled().await;
    let Some(folder) = Home::on(Engine::Sqlite).await else { return };
    let backup = home.command(PROGRAM, &["backup", "--to", text(folder.path())]);
    if names_one(&backup, &bad).is_none() {
        return;
    }
    assert_eq!(kept(folder.path()).len() as u64, CONTENTS - 1, "no half of it is there");
    let check = folder.command(PROGRAM, &["check"]).output().unwrap();
    assert!(!check.status.success(), "a backup that lacks a content is not called sound: {}", words(&check));
    said(&home.command(PROGRAM, &["backup", "--to", text(folder.path())]).output().unwrap());
    demand_equal(&home, &folder).await;
    said(&folder.command(PROGRAM, &["check"]).output().unwrap());

    // What a copy cannot read holds it up, and leaves no installation behind.
    let Some(other) = Home::on(Engine::Sqlite).await else { return };
    let from = bad.strip_prefix(home.path()).unwrap();
    let recover = other.command(PROGRAM, &["recover", "--from", text(folder.path())]);
    names_one(&recover, &folder.path().join(from));
    assert!(!other.command(PROGRAM, &["check"]).output().unwrap().status.success(), "it is not finished");
    said(&other.command(PROGRAM, &["recover", "--from", text(folder.path())]).output().unwrap());
    demand_equal(&home, &other).await;
    figure(
        "fault",
        "a backup and a recovery that meet EIO: each names 1 content, ends with 1, and is whole the next time",
    );
}

#[tokio::test]
async fn a_command_that_cannot_read_the_database_fails_in_words_and_leaves_the_earlier_backup_on_sqlite() {
    if !on_a_disk() {
        return;
    }
    let (home, _) = filled().await;
    let Some(folder) = Home::on(Engine::Sqlite).await else { return };
    let backup = home.command(PROGRAM, &["backup", "--to", text(folder.path())]);
    said(&home.command(PROGRAM, &["backup", "--to", text(folder.path())]).output().unwrap());
    let commands = [home.command(PROGRAM, &["scrub"]), home.command(PROGRAM, &["check"]), backup];
    let database = home.path().join("attache.db");
    let mut met = 0;
    for nth in READS {
        for command in &commands {
            let Some((output, calls)) = Trace::run(command, &unreadable(&[&database], &format!("{nth}+"))) else {
                return;
            };
            let is_met = calls.iter().any(Call::was_made_to_fail);
            met += usize::from(is_met);
            assert_eq!(output.status.success(), !is_met, "read {nth} of {command:?}: {}", words(&output));
            assert!(!is_met || !output.stderr.is_empty() && !words(&output).contains("panicked"), "{}", words(&output));
            said(&folder.command(PROGRAM, &["check"]).output().unwrap());
        }
    }
    assert!(met > commands.len(), "{met} commands met it");
    demand_equal(&home, &folder).await;
    figure(
        "fault",
        &format!("EIO at reads of the database by a scrub, a check and a backup: {met} failed in words, 0 called done"),
    );
}

fn text(path: &Path) -> &str {
    path.to_str().expect("temporary folders have plain names")
}
