//! The README's commands, run as they are printed.

use crate::PROGRAM;
use crate::page::{blocks, run, started};
use std::path::Path;

/// What the README starts the program with.
const RUN: &str = "cargo run --quiet --package attache --";

fn page() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).unwrap()
}

#[test]
fn the_readmes_commands_put_a_file_on_a_record_and_find_it_again() {
    let (home, server) = started();
    let (first, rest) =
        blocks(&page(), "sh").split_first().map(|(first, rest)| (first.clone(), rest.to_vec())).unwrap();
    assert_eq!(first, "make run");
    let out = run(&rest.join("\n").replace(RUN, PROGRAM), &home, &server);
    assert!(out.contains(r#""name":"contract.txt""#) && out.contains(r#""record":"deal/42""#), "{out}");
}

#[test]
fn the_pages_that_the_readme_points_to_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = page();
    let links = page.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let local: Vec<&str> = links.filter(|link| !link.starts_with("http")).collect();
    assert!(local.len() > 5, "{local:?}");
    for link in local {
        assert!(root.join(link).exists(), "{link} is missing");
    }
}
