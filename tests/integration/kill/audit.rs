//! One line of the audit log for each change, and each change in its file's history: what was acknowledged and what was
//! not agree with what the log tells.

use super::Place;
use super::book::{Book, Stage};
use attache_tests::{Ask as _, Client, said};
use serde_json::Value;
use std::collections::BTreeMap;

/// Compares the account's log with its events, and makes every digest of its chain again. How many changes it tells.
pub(super) async fn tells_every_change_once(place: &Place, client: &Client) -> usize {
    let events = all(client, "/v1/events").await;
    let mut told: BTreeMap<i64, usize> = BTreeMap::new();
    for line in all(client, "/v1/audit").await {
        assert!(line["times"] == 1 || line["outcome"] != "done", "{line}");
        for no in line["targets"].as_array().expect("targets").iter().filter_map(Value::as_str).flat_map(events_of) {
            *told.entry(no).or_default() += 1;
        }
    }
    let numbers = events.iter().map(|event| event["no"].as_i64().expect("a number"));
    let wanted: BTreeMap<i64, usize> = numbers.map(|no| (no, 1)).collect();
    assert_eq!(told, wanted, "each event stands in one line of the log");
    let verified = place.command(&["audit", "verify"]).output().expect("the log can be verified");
    said(&verified);
    events.len()
}

/// Compares the history of each file with the books.
pub(super) async fn histories_are_those_of_the_books(client: &Client, books: &[Book]) {
    let mut counts: BTreeMap<(i64, String), i64> = BTreeMap::new();
    for event in all(client, "/v1/events").await {
        if let (Some(file), Some(kind)) = (event["file_no"].as_i64(), event["kind"].as_str()) {
            *counts.entry((file, kind.to_owned())).or_default() += 1;
        }
    }
    let files = books.iter().flat_map(|book| &book.files).filter(|file| file.known.stage != Stage::Nowhere);
    for file in files {
        let count = |kind: &str| counts.get(&(file.no, kind.to_owned())).copied().unwrap_or(0);
        let versions = i64::try_from(file.known.versions.len()).expect("a few");
        let in_trash = i64::from(file.known.stage == Stage::Trashed);
        assert_eq!(count("file.created"), 1, "{file:?}");
        assert_eq!(count("file.replaced"), versions - 1, "{file:?}");
        assert_eq!(count("file.trashed") - count("file.restored"), in_trash, "{file:?}");
        assert_eq!(count("file.erased"), 0, "{file:?}");
    }
}

/// The numbers in `event/4` and `event/4-6`.
fn events_of(target: &str) -> Vec<i64> {
    let Some(numbers) = target.strip_prefix("event/") else { return Vec::new() };
    let (first, last) = numbers.split_once('-').unwrap_or((numbers, numbers));
    let number = |text: &str| text.parse::<i64>().expect("a number");
    (number(first)..=number(last)).collect()
}

/// All items of a list that is read on from a number.
async fn all(client: &Client, path: &str) -> Vec<Value> {
    let mut items: Vec<Value> = Vec::new();
    loop {
        let after = items.last().map_or(0, |item| item["no"].as_i64().expect("a number"));
        let page = client.get(&format!("{path}?after={after}&limit=500")).ask().await.expect(200);
        let page = page["items"].as_array().expect("a list").clone();
        if page.is_empty() {
            return items;
        }
        items.extend(page);
    }
}
