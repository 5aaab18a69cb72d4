//! The table of inputs that can do harm: what is right for each, what is answered here where that is something else, and
//! which tests hold it.

use attache_tests::figure;
use std::collections::BTreeSet;
use std::path::Path;

const TABLE: &str = include_str!("../../data/bad-inputs.tsv");
const REQUESTS: &str = include_str!("../../data/requests.tsv");

/// The test that sends the table of requests, and the rows for which it has more than one request.
const SENDS_ALL: &str = "tests/integration/bad_inputs/sent.rs:every_row_is_answered_on_every_surface_that_it_names";
const SENDS_MORE: [&str; 2] = ["RG-10", "RG-17"];

/// A row of the table.
#[derive(Debug)]
pub(super) struct Entry {
    id: &'static str,
    surface: &'static str,
    /// `differs: why` or `none: why`; empty where what is expected is what is answered.
    ours: &'static str,
    /// Each as `path:function`.
    tests: Vec<&'static str>,
}

/// All rows.
pub(super) fn rows() -> Vec<Entry> {
    let rows = TABLE.lines().skip(1).map(|line| {
        let [id, surface, _, _, _, ours, tests] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("a row has seven columns: {line}")
        };
        Entry { id, surface, ours, tests: tests.split_whitespace().collect() }
    });
    rows.collect()
}

#[test]
fn every_row_has_its_test() {
    let rows = rows();
    let (mut ids, mut tests, mut surfaces) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for row in &rows {
        assert!(ids.insert(row.id), "{} stands there twice", row.id);
        assert!(!row.tests.is_empty(), "{}: no test holds it", row.id);
        assert!(row.ours.is_empty() || why(row).is_some_and(|why| why.len() > 20), "{}: {:?}", row.id, row.ours);
        for test in &row.tests {
            assert!(is_run(test), "{}: {test} is no test", row.id);
        }
        tests.extend(row.tests.iter().copied());
        surfaces.insert(row.surface);
    }
    assert_eq!(rows.len(), 268);
    let of = |kind: &str| rows.iter().filter(|row| row.ours.starts_with(kind)).count();
    let (differ, none) = (of("differs:"), of("none:"));
    figure(
        "inputs held",
        &format!(
            "{} of {} rows by {} tests over {} kinds of surfaces; {differ} answered otherwise and {none} about what is not \
             here, each with its reason",
            ids.len(),
            rows.len(),
            tests.len(),
            surfaces.len()
        ),
    );
}

fn why(row: &Entry) -> Option<&'static str> {
    row.ours.strip_prefix("differs: ").or_else(|| row.ours.strip_prefix("none: "))
}

#[test]
fn every_row_that_is_sent_from_the_table_of_requests_is_in_it() {
    let sent: BTreeSet<_> = REQUESTS.lines().skip(1).filter_map(|line| line.split(['\t', '/']).next()).collect();
    for row in rows().iter().filter(|row| row.tests.contains(&SENDS_ALL)) {
        assert!(sent.contains(row.id) || SENDS_MORE.contains(&row.id), "{} is not sent", row.id);
    }
}

/// Whether `path:function` is a test: marked as one, or named by a list of checks in its file.
pub(crate) fn is_run(test: &str) -> bool {
    let Some((path, name)) = test.split_once(':') else { return false };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    let Ok(text) = std::fs::read_to_string(path) else { return false };
    let Some(at) = text.find(&format!("fn {name}(")) else { return false };
    let above = &text[..text[..at].rfind('\n').map_or(0, |end| end + 1)];
    let marks = above.lines().rev().take_while(|line| line.trim_start().starts_with(['#', '/']));
    marks.into_iter().any(|line| line.trim_start().starts_with('#') && line.contains("test")) || is_listed(&text, name)
}

/// Whether a name stands in a list, as those that make a test of each check on each engine.
fn is_listed(text: &str, name: &str) -> bool {
    let begins = |at: usize| text[..at].ends_with(['(', ' ', '\n']) && !text[..at].ends_with("fn ");
    let ends = |at: usize| text[at + name.len()..].starts_with([',', ')', '\n']);
    text.match_indices(name).any(|(at, _)| begins(at) && ends(at))
}

#[test]
fn what_is_no_test_is_not_taken_for_one() {
    let here = "tests/integration/bad_inputs/row.rs";
    assert!(is_run(&format!("{here}:every_row_has_its_test")));
    for none in ["is_run", "rows", "nothing"] {
        assert!(!is_run(&format!("{here}:{none}")), "{none}");
    }
    assert!(!is_run("tests/nowhere.rs:every_row_has_its_test"));
}
