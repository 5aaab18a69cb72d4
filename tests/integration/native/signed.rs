//! Signed links: content for whoever has the address, exactly as long and as far as was allowed.

use super::{at, on_both_engines, put};
use attache_model::{Clock, Time};
use attache_tests::{Ask, Client, Setup};
use serde_json::{Value, json};
use std::time::Duration;

on_both_engines!(
    a_link_gives_the_content_without_a_token_and_tells_caches_little,
    a_link_changed_in_any_character_is_refused,
    a_link_ends_with_its_time,
    a_link_that_was_taken_back_gives_nothing,
    a_link_to_a_file_that_is_gone_gives_nothing,
    a_link_gives_one_file_by_reading_and_nothing_else,
    a_link_bound_to_a_version_gives_that_version,
    no_link_lives_longer_than_a_week,
);

async fn link(client: &Client, file: &Value, plan: Value) -> Value {
    client.post(&format!("{}/links", at(file))).json(&plan).ask().await.expect(201)
}

fn url(link: &Value) -> &str {
    link["url"].as_str().unwrap()
}

async fn a_link_gives_the_content_without_a_token_and_tells_caches_little(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = put(&client, "lease.txt", "the lease").await;
    let link = link(&client, &file, json!({ "expires_in": 30 })).await;
    let answer = app.stranger().get(url(&link)).ask().await;
    assert_eq!((answer.status.as_u16(), answer.text().as_str()), (200, "the lease"));
    let cache = answer.header("cache-control").to_owned();
    assert!(cache.contains("private"), "{cache}");
    let age =
        cache.split("max-age=").nth(1).map(|age| age.chars().take_while(char::is_ascii_digit).collect::<String>());
    assert!(age.is_none_or(|age| age.parse::<u64>().unwrap() <= 30), "{cache}");
    assert!(answer.header("x-robots-tag").contains("noindex"));
    assert_eq!(answer.header("set-cookie"), "");
    let head = app.stranger().head(url(&link)).ask().await;
    assert_eq!((head.status.as_u16(), head.header("content-length")), (200, "9"));
    app.stop().await;
}

async fn a_link_changed_in_any_character_is_refused(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = put(&client, "a.txt", "secret").await;
    let link = link(&client, &file, json!({})).await;
    let (base, token) = url(&link).rsplit_once('/').unwrap();
    for place in 0..token.len() {
        for other in [b'A', b'_', b'7'] {
            let mut changed = token.as_bytes().to_vec();
            if changed[place] == other {
                continue;
            }
            changed[place] = other;
            let changed = String::from_utf8(changed).unwrap();
            app.stranger().get(&format!("{base}/{changed}")).ask().await.refused(403, "signature_invalid");
        }
        app.stranger().get(&format!("{base}/{}", &token[..place.max(1)])).ask().await.refused(403, "signature_invalid");
    }
    for addition in ["A", "?download=true", "?expires=9999999999", "=="] {
        app.stranger().get(&format!("{}{addition}", url(&link))).ask().await.refused(403, "signature_invalid");
    }
    app.stop().await;
}

async fn a_link_ends_with_its_time(setup: Setup) {
    let clock = Clock::held(Time::from_millis(1_795_286_340_000));
    let app = setup.clock(clock.clone()).start().await;
    let client = app.client("all").await;
    let file = put(&client, "a.txt", "x").await;
    let link = link(&client, &file, json!({ "expires_in": 600 })).await;
    clock.advance(Duration::from_secs(599));
    let last = app.stranger().get(url(&link)).ask().await;
    assert_eq!(last.status, 200);
    assert!(last.header("cache-control").contains("max-age=1"), "{}", last.header("cache-control"));
    clock.advance(Duration::from_secs(61));
    app.stranger().get(url(&link)).ask().await.refused(403, "url_expired");
    let listed = client.get(&format!("{}/links", at(&file))).ask().await.expect(200);
    assert_eq!(listed["items"], json!([]));
    app.stop().await;
}

async fn a_link_that_was_taken_back_gives_nothing(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = put(&client, "a.txt", "x").await;
    let (gone, stays) = (link(&client, &file, json!({})).await, link(&client, &file, json!({})).await);
    client.delete(&format!("/v1/links/{}", gone["id"].as_str().unwrap())).ask().await.expect(204);
    assert_eq!(app.stranger().get(url(&gone)).ask().await.status, 403);
    assert_eq!(app.stranger().get(url(&stays)).ask().await.status, 200);
    let listed = client.get("/v1/links").ask().await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    app.stop().await;
}

async fn a_link_to_a_file_that_is_gone_gives_nothing(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = put(&client, "a.txt", "x").await;
    let link = link(&client, &file, json!({})).await;
    client.delete(&at(&file)).ask().await.expect(204);
    app.stranger().get(url(&link)).ask().await.refused(404, "not_found");
    client.post(&format!("{}/restore", at(&file))).ask().await.expect(200);
    assert_eq!(app.stranger().get(url(&link)).ask().await.status, 200);
    client.delete(&format!("{}?erase=true", at(&file))).ask().await.expect(204);
    app.stranger().get(url(&link)).ask().await.refused(404, "not_found");
    app.stop().await;
}

async fn a_link_gives_one_file_by_reading_and_nothing_else(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = put(&client, "a.txt", "x").await;
    let link = link(&client, &file, json!({})).await;
    let stranger = app.stranger();
    for request in [
        stranger.delete(url(&link)),
        stranger.put(url(&link)).body("y"),
        stranger.post(url(&link)),
        stranger.patch(url(&link)),
    ] {
        let status = request.ask().await.status.as_u16();
        assert!([403, 405].contains(&status), "{status}");
    }
    assert_eq!(super::content(&client, &file).await, b"x");
    let (_, token) = url(&link).rsplit_once('/').unwrap();
    let as_token = stranger.with_token(Some(token.to_owned()));
    as_token.get("/v1/files").ask().await.refused(401, "unauthenticated");
    app.stop().await;
}

async fn a_link_bound_to_a_version_gives_that_version(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = put(&client, "a.txt", "first").await;
    let bound = link(&client, &file, json!({ "version": 1 })).await;
    let follows = link(&client, &file, json!({})).await;
    put(&client, "a.txt", "second").await;
    assert_eq!(app.stranger().get(url(&bound)).ask().await.text(), "first");
    assert_eq!(app.stranger().get(url(&follows)).ask().await.text(), "second");
    app.stop().await;
}

async fn no_link_lives_longer_than_a_week(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = put(&client, "a.txt", "x").await;
    let week = 7 * 24 * 3600;
    link(&client, &file, json!({ "expires_in": week })).await;
    for (life, word) in [(week + 1, "expiry_too_long"), (9_999_999_999_u64, "expiry_too_long"), (0, "expiry_invalid")] {
        let plan = json!({ "expires_in": life });
        client.post(&format!("{}/links", at(&file))).json(&plan).ask().await.refused(422, word);
    }
    app.stop().await;
}
