//! Who holds how much: sums by folder, record and kind, as each caller may see them.

use super::{at, list, on_both_engines, post, put};
use attache_tests::{Ask, Client, Setup};
use serde_json::{Value, json};

on_both_engines!(
    every_version_counts_for_its_folder_and_each_of_its_records,
    what_is_in_the_trash_is_told_apart,
    hidden_files_count_for_those_who_see_them,
    pages_go_on_among_holders_of_the_same_size,
    another_account_is_not_summed_up,
);

/// Holders with their files and bytes.
async fn held(client: &Client, by: &str) -> Vec<(String, i64, i64)> {
    list(client, &format!("/v1/usage?by={by}")).await.iter().map(|one| shown(one, by)).collect()
}

fn shown(one: &Value, by: &str) -> (String, i64, i64) {
    let name = if by == "folder" { "folder_path" } else { by };
    (one[name].as_str().unwrap().to_owned(), one["files"].as_i64().unwrap(), one["bytes"].as_i64().unwrap())
}

fn holds(name: &str, files: i64, bytes: i64) -> (String, i64, i64) {
    (name.to_owned(), files, bytes)
}

async fn every_version_counts_for_its_folder_and_each_of_its_records(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let lease = put(&client, "contracts/lease.txt", "x".repeat(100)).await;
    client.put(&format!("{}/content", at(&lease))).body("x".repeat(50)).ask().await.expect(200);
    put(&client, "contracts/2026/note.txt", "x".repeat(10)).await;
    post(&client, "name=top.txt&record=deal/7", "x".repeat(120)).await.expect(201);
    for (record, origin) in [("contact/42", "attached"), ("contact/42", "intake"), ("deal/7", "attached")] {
        let link = client.put(&format!("/v1/records/{record}/files/{}", lease["no"]));
        link.json(&json!({ "origin": origin })).ask().await.expect(200);
    }
    let folders = [holds("/contracts", 1, 150), holds("/", 1, 120), holds("/contracts/2026", 1, 10)];
    assert_eq!(held(&client, "folder").await, folders);
    assert_eq!(held(&client, "record").await, [holds("deal/7", 2, 270), holds("contact/42", 1, 150)]);
    assert_eq!(held(&client, "kind").await, [holds("document", 3, 280)]);
    client.get("/v1/usage").ask().await.refused(400, "parameter_invalid");
    client.get("/v1/usage?by=colour").ask().await.refused(400, "parameter_invalid");
    app.stop().await;
}

async fn what_is_in_the_trash_is_told_apart(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    put(&client, "a/stays.txt", "12345").await;
    let gone = put(&client, "a/goes.txt", "123").await;
    client.delete(&at(&gone)).ask().await.expect(204);
    let page = client.get("/v1/usage?by=folder").ask().await.expect(200);
    assert_eq!(page["trash"], json!({ "bytes": 3, "files": 1 }));
    assert_eq!(held(&client, "folder").await, [holds("/a", 1, 5)]);
    app.stop().await;
}

async fn hidden_files_count_for_those_who_see_them(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    post(&client, "name=open.txt&folder=/a", "1").await.expect(201);
    post(&client, "name=kept.txt&folder=/b&access=hidden_private&record=contact/1", "22").await.expect(201);
    let reader = app.client("files:read").await;
    assert_eq!(held(&reader, "folder").await, [holds("/a", 1, 1)]);
    assert!(held(&reader, "record").await.is_empty());
    assert_eq!(held(&client, "folder").await, [holds("/b", 1, 2), holds("/a", 1, 1)]);
    assert_eq!(held(&client, "record").await, [holds("contact/1", 1, 2)]);
    app.stop().await;
}

async fn pages_go_on_among_holders_of_the_same_size(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    for no in 0..7 {
        post(&client, &format!("name=a.txt&folder=/f{no}&record=contact/{no}"), "same").await.expect(201);
    }
    for by in ["folder", "record"] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = client.get(&format!("/v1/usage?by={by}&limit=2{cursor}")).ask().await.expect(200);
            seen.extend(page["items"].as_array().unwrap().iter().map(|one| shown(one, by).0));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 7, "{by}: {seen:?}");
    }
    app.stop().await;
}

async fn another_account_is_not_summed_up(setup: Setup) {
    let app = setup.start().await;
    let other = app.other_account("other").await;
    post(&other, "name=theirs.txt&folder=/theirs&record=contact/1", "1").await.expect(201);
    let client = app.client("all").await;
    for by in ["folder", "record", "kind"] {
        assert!(held(&client, by).await.is_empty(), "{by}");
        assert_eq!(held(&other, by).await.len(), 1, "{by}");
    }
    client.get("/v1/usage?by=folder").ask().await.expect(200);
    let writer = app.client("files:write").await;
    writer.get("/v1/usage?by=folder").ask().await.refused(403, "scope_missing");
    app.stop().await;
}
