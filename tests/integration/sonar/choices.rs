//! That no choice of the contract is without a test.

use std::collections::BTreeSet;
use std::path::Path;

/// How many open points the contract settles, from 1.
const CHOICES: u32 = 33;
/// Where tests are, from the repository's root.
const SOURCES: [&str; 6] =
    ["tests/integration", "dialects/sonar", "crates/core", "crates/http", "crates/model", "crates/server"];

#[test]
fn every_choice_of_the_contract_has_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = BTreeSet::new();
    for source in SOURCES {
        collect(&root.join(source), &mut found);
    }
    let missing: Vec<_> = (1..=CHOICES).filter(|no| !found.contains(no)).collect();
    assert!(missing.is_empty(), "no test has the number of {missing:?} in its name");
}

/// Adds the numbers of the functions `sNN_...` of all sources in a folder.
fn collect(folder: &Path, found: &mut BTreeSet<u32>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let names =
                text.lines().filter_map(|line| line.trim_start().trim_start_matches("async ").strip_prefix("fn s"));
            found.extend(names.filter_map(|name| name.split('_').next()?.parse::<u32>().ok()));
        }
    }
}
