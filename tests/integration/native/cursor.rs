//! Pages: whoever follows the cursors sees everything that was there all the time, once.

use super::{at, list, on_both_engines, post, put};
use attache_tests::{Ask, Client, Setup};
use futures_util::future::join_all;
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

on_both_engines!(
    no_cursor_skips_or_repeats_a_file_while_others_come_and_go,
    a_cursor_works_only_for_the_question_it_came_from,
    a_cursor_changed_in_any_character_is_refused,
);

const SORTS: [&str; 8] = ["no", "-no", "name", "-name", "created", "-created", "size", "-updated"];

async fn no_cursor_skips_or_repeats_a_file_while_others_come_and_go(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let kept: Vec<String> = (0..60).map(|no| format!("kept-{:02}-{no}.txt", no * 7 % 60)).collect();
    join_all(kept.iter().map(|name| put(&client, name, name.repeat(name.len() % 3 + 1)))).await;

    let stop = Arc::new(AtomicBool::new(false));
    let noise = tokio::spawn(come_and_go(client.clone(), stop.clone()));
    for sort in SORTS {
        let mut seen: HashMap<String, usize> = HashMap::new();
        for name in walk(&client, &format!("/v1/files?sort={sort}&limit=7")).await {
            *seen.entry(name).or_default() += 1;
        }
        for name in &kept {
            assert_eq!(seen.get(name), Some(&1), "{name} by {sort}");
        }
    }
    stop.store(true, Ordering::Relaxed);
    noise.await.unwrap();
    app.stop().await;
}

/// Puts, renames, trashes and erases other files, between and around those that are kept.
async fn come_and_go(client: Client, stop: Arc<AtomicBool>) {
    let mut round = 0;
    while !stop.load(Ordering::Relaxed) {
        let query = format!("name=kept-{:02}-passing-{round}.txt", round % 60);
        let file = post(&client, &query, "x").await.expect(201);
        let name = format!("kept-{:02}-moved-{round}.txt", (round * 31) % 60);
        client.patch(&at(&file)).json(&json!({ "name": name })).ask().await.expect(200);
        let erase = if round % 2 == 0 { "?erase=true" } else { "" };
        client.delete(&format!("{}{erase}", at(&file))).ask().await.expect(204);
        round += 1;
    }
}

/// The names of all pages, in order.
async fn walk(client: &Client, path: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = client.get(&format!("{path}{cursor}")).ask().await.expect(200);
        names.extend(page["items"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return names,
        }
    }
}

async fn a_cursor_works_only_for_the_question_it_came_from(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let other = app.other_account("other").await;
    for no in 0..4 {
        put(&client, &format!("{no}.txt"), "x").await;
        put(&other, &format!("{no}.txt"), "x").await;
    }
    let page = client.get("/v1/files?limit=2&sort=name").ask().await.expect(200);
    let cursor = page["next_cursor"].as_str().unwrap();
    let ask = async |client: &Client, query: &str| client.get(&format!("{query}&cursor={cursor}")).ask().await;
    ask(&client, "/v1/files?limit=2&sort=name").await.expect(200);
    for query in [
        "/v1/files?limit=2&sort=-name",
        "/v1/files?limit=2",
        "/v1/files?limit=2&sort=name&kind=image",
        "/v1/trash?limit=2&sort=name",
        "/v1/folders?limit=2&sort=name",
    ] {
        ask(&client, query).await.refused(400, "cursor_invalid");
    }
    ask(&other, "/v1/files?limit=2&sort=name").await.refused(400, "cursor_invalid");
    assert_eq!(list(&other, "/v1/files").await.len(), 4);
    app.stop().await;
}

async fn a_cursor_changed_in_any_character_is_refused(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    for no in 0..3 {
        put(&client, &format!("{no}.txt"), "x").await;
    }
    let page = client.get("/v1/files?limit=1").ask().await.expect(200);
    let cursor = page["next_cursor"].as_str().unwrap().to_owned();
    for at in 0..cursor.len() {
        let mut changed = cursor.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        let answer = client.get(&format!("/v1/files?limit=1&cursor={changed}")).ask().await;
        answer.refused(400, "cursor_invalid");
    }
    app.stop().await;
}
