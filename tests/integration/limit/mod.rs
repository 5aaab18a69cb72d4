//! Each limit at its edge: what is just within it is done, and one more is not. The table says for every limit of the
//! product which tests hold that, so a limit that nobody tests fails here.

mod amount;
mod time;

use crate::bad_inputs::row::is_run;
use attache_model::limits::Limits;
use attache_tests::figure;
use std::collections::BTreeSet;

/// A limit, and its tests as `path:function`.
const EDGES: &str = include_str!("../../data/limits.tsv");

#[test]
fn every_limit_has_its_edge() {
    let mut held = BTreeSet::new();
    let mut tests = BTreeSet::new();
    for line in EDGES.lines().skip(1) {
        let (name, edges) = line.split_once('\t').expect("a limit and its tests");
        assert!(held.insert(name), "{name} stands there twice");
        assert!(!edges.trim().is_empty(), "{name} has no test");
        for test in edges.split_whitespace() {
            assert!(is_run(test), "{name}: {test} is no test");
            tests.insert(test);
        }
    }
    let limits: BTreeSet<_> = Limits::TABLE.iter().chain(Limits::FIXED).map(|limit| limit.name).collect();
    let (untested, unknown): (Vec<_>, Vec<_>) =
        (limits.difference(&held).collect(), held.difference(&limits).collect());
    assert!(untested.is_empty(), "nobody tests these at their edge: {untested:?}");
    assert!(unknown.is_empty(), "these are no limits: {unknown:?}");
    figure("limits", &format!("{} of {} at their edge, by {} tests", held.len(), limits.len(), tests.len()));
}

/// What was agreed on as the least that each of these must not exceed, so that no default drifts.
#[test]
fn the_defaults_are_those_that_were_promised() {
    let limits = Limits::default();
    let value = |name: &str| {
        let fixed = Limits::FIXED.iter().find(|limit| limit.name == name).map(|limit| limit.default);
        limits.get(name).or(fixed).unwrap_or_else(|| panic!("there is no limit {name}"))
    };
    for (name, promised) in [
        ("header_read", 10),
        ("header_bytes", 16 << 10),
        ("headers", 64),
        ("body_idle", 30),
        ("send_idle", 60),
        ("multipart_parts", 100),
        ("part_header_bytes", 8 << 10),
        ("part_headers", 16),
        ("multipart_field_bytes", 64 << 10),
        ("json_bytes", 1 << 20),
        ("json_depth", 32),
        ("name_bytes", 255),
        ("path_levels", 64),
        ("upload_parts", 10_000),
        ("open_uploads", 1000),
        ("graphql_aliases", 30),
        ("graphql_batch", 10),
        ("xml_depth", 32),
        ("xml_calls", 1),
        ("ranges", 1),
        ("page_items", 1000),
        ("preview_pixels", 50_000_000),
        ("preview_memory", 256 << 20),
        ("preview_cpu", 10),
        ("share_life", 7 * 24 * 3600),
        ("import_redirects", 5),
        // Sonar's clients ask for queries of this depth and cost, and Keap's for files of this size in base64.
        ("graphql_depth", 15),
        ("graphql_cost", 2000),
        ("keap_file_bytes", 100 << 20),
    ] {
        assert_eq!(value(name), promised, "{name}");
    }
}
