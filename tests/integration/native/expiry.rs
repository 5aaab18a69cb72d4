//! Files that end by themselves, by a clock that the test holds.

use super::{at, list, names, on_both_engines, post, put};
use attache_model::{Clock, Time};
use attache_tests::{Ask, Setup};
use serde_json::json;
use std::time::Duration;

on_both_engines!(
    a_file_is_there_to_the_last_moment_and_then_nowhere,
    the_name_of_an_expired_file_is_free_at_once,
    an_expired_file_is_purged_with_its_bytes,
);

const HOUR: Duration = Duration::from_secs(3600);

fn clock() -> Clock {
    Clock::held(Time::from_millis(1_795_286_340_000))
}

async fn a_file_is_there_to_the_last_moment_and_then_nowhere(setup: Setup) {
    let clock = clock();
    let app = setup.clock(clock.clone()).start().await;
    let client = app.client("all").await;
    let query = "name=a.txt&ttl=3600&access=public_indexable&record=deal/7";
    let file = post(&client, query, "x").await.expect(201);
    let link =
        client.post(&format!("{}/links", at(&file))).json(&json!({ "expires_in": 86400 })).ask().await.expect(201);
    let link = link["url"].as_str().unwrap();
    clock.advance(HOUR - Duration::from_millis(1));
    client.get(&at(&file)).ask().await.expect(200);
    assert_eq!(client.get(link).ask().await.status, 200);

    clock.advance(Duration::from_millis(1));
    for path in [
        at(&file),
        format!("{}/content", at(&file)),
        format!("{}/versions", at(&file)),
        "/v1/files/by-path/a.txt".into(),
    ] {
        client.get(&path).ask().await.refused(404, "not_found");
    }
    for path in ["/v1/files", "/v1/trash", "/v1/records/deal/7/files"] {
        assert!(list(&client, path).await.is_empty(), "{path}");
    }
    assert_eq!(client.get(link).ask().await.status, 404);
    client.patch(&at(&file)).json(&json!({ "expires_at": null })).ask().await.refused(404, "not_found");
    app.stop().await;
}

async fn the_name_of_an_expired_file_is_free_at_once(setup: Setup) {
    let clock = clock();
    let app = setup.clock(clock.clone()).start().await;
    let client = app.client("all").await;
    for (name, how) in [("a.txt", "refuse"), ("b.txt", "version"), ("c.txt", "number"), ("d.txt", "replace")] {
        let old = post(&client, &format!("name={name}&ttl=3600"), "old").await.expect(201);
        clock.advance(HOUR);
        let new = post(&client, &format!("name={name}&on_conflict={how}"), "new").await.expect(201);
        assert_ne!(new["id"], old["id"], "{how}");
        assert_eq!(new["name"], name, "{how}");
    }
    assert_eq!(names(&client, "/v1/files?sort=name").await, ["a.txt", "b.txt", "c.txt", "d.txt"]);
    let old = post(&client, "name=e.txt&ttl=3600", "old").await.expect(201);
    let renamed = put(&client, "f.txt", "f").await;
    clock.advance(HOUR);
    client.patch(&at(&renamed)).json(&json!({ "name": old["name"] })).ask().await.expect(200);
    app.stop().await;
}

async fn an_expired_file_is_purged_with_its_bytes(setup: Setup) {
    let clock = clock();
    let app = setup.clock(clock.clone()).start().await;
    let client = app.client("all").await;
    post(&client, "name=a.bin&ttl=3600", super::noise(1, 100_000)).await.expect(201);
    clock.advance(HOUR);
    let app = app.stop().await.start().await;
    let client = app.client("all").await;
    while client.get("/v1/account").ask().await.expect(200)["usage"]["files"] != 0 {
        tokio::task::yield_now().await;
    }
    super::is_sound(&app).await;
    app.stop().await;
}
