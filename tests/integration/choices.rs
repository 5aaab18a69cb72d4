//! That nothing which a vendor's contract leaves open, and we settled, is without a test.

use std::collections::BTreeSet;
use std::path::Path;

/// Where tests are beside the dialect's own, from the repository's root.
const SOURCES: [&str; 5] = ["tests/integration", "crates/core", "crates/http", "crates/model", "crates/server"];

#[test]
fn every_choice_of_keaps_contract_has_a_test() {
    each_has_a_test("keap", "fn c", 26);
}

#[test]
fn every_choice_of_sonars_contract_has_a_test() {
    each_has_a_test("sonar", "fn s", 33);
}

/// Holds that a test begins with `prefix` and each of the numbers from 1 to `count`.
fn each_has_a_test(dialect: &str, prefix: &str, count: u32) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = BTreeSet::new();
    collect(&root.join("dialects").join(dialect), prefix, &mut found);
    SOURCES.iter().for_each(|source| collect(&root.join(source), prefix, &mut found));
    let missing: Vec<_> = (1..=count).filter(|no| !found.contains(no)).collect();
    assert!(missing.is_empty(), "no test has the number of {missing:?} in its name");
}

/// Adds the numbers in the names of the functions of all sources in a folder.
fn collect(folder: &Path, prefix: &str, found: &mut BTreeSet<u32>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, prefix, found);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let names =
                text.lines().filter_map(|line| line.trim_start().trim_start_matches("async ").strip_prefix(prefix));
            found.extend(names.filter_map(|name| name.split('_').next()?.parse::<u32>().ok()));
        }
    }
}
