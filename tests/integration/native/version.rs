//! Versions: every replace keeps what was there.

use super::{at, content, is_sound, noise, on_both_engines, post, put};
use attache_tests::{Ask, Setup};
use serde_json::json;

on_both_engines!(
    a_replace_keeps_the_old_content_as_a_version,
    an_older_version_can_be_made_the_active_one_again,
    a_range_never_mixes_two_versions,
    a_path_is_only_made_once_when_it_must_be_new,
);

async fn a_replace_keeps_the_old_content_as_a_version(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let contents: Vec<Vec<u8>> = [10, 100_000, 70_000].into_iter().map(|len| noise(len as u64, len)).collect();
    let file = put(&client, "a.bin", contents[0].clone()).await;
    for bytes in &contents[1..] {
        let replaced = client.put(&format!("{}/content", at(&file))).body(bytes.clone()).ask().await.expect(200);
        assert_eq!((&replaced["id"], &replaced["name"]), (&file["id"], &file["name"]));
    }
    let versions = client.get(&format!("{}/versions", at(&file))).ask().await.expect(200);
    let numbers: Vec<_> = versions["items"].as_array().unwrap().iter().map(|version| version["no"].clone()).collect();
    assert_eq!(numbers, [3, 2, 1]);
    for (no, bytes) in contents.iter().enumerate() {
        let old = client.get(&format!("{}/versions/{}/content", at(&file), no + 1)).ask().await;
        assert!(old.body == *bytes, "version {}", no + 1);
    }
    assert!(content(&client, &file).await == contents[2]);
    is_sound(&app).await;
    app.stop().await;
}

async fn an_older_version_can_be_made_the_active_one_again(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = put(&client, "a.txt", "first").await;
    put(&client, "a.txt", "second").await;
    let back = client.patch(&at(&file)).json(&json!({ "version": 1 })).ask().await.expect(200);
    assert_eq!(back["version"]["no"], 1);
    assert_eq!(content(&client, &file).await, b"first");
    let next = put(&client, "a.txt", "third").await;
    assert_eq!(next["version"]["no"], 3, "numbers are never given twice");
    client.patch(&at(&file)).json(&json!({ "version": 9 })).ask().await.refused(404, "not_found");
    app.stop().await;
}

async fn a_range_never_mixes_two_versions(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = put(&client, "a.txt", "old old old").await;
    let address = format!("{}/content", at(&file));
    let old_tag = client.get(&address).ask().await.header("etag").to_owned();
    put(&client, "a.txt", "new new new").await;

    let spliced = client.get(&address).header("Range", "bytes=4-").header("If-Range", &old_tag).ask().await;
    assert_eq!((spliced.status.as_u16(), spliced.text().as_str()), (200, "new new new"));
    let refused = client.get(&address).header("Range", "bytes=4-").header("If-Match", &old_tag).ask().await;
    assert_eq!(refused.status, 412);
    let fixed = client.get(&format!("{}/versions/1/content", at(&file))).header("Range", "bytes=4-").ask().await;
    assert_eq!((fixed.status.as_u16(), fixed.text().as_str()), (206, "old old"));
    app.stop().await;
}

async fn a_path_is_only_made_once_when_it_must_be_new(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let new = || client.put("/v1/files/by-path/a.txt").header("If-None-Match", "*");
    new().body("first").ask().await.expect(201);
    new().body("second").ask().await.refused(412, "precondition_failed");
    post(&client, "name=a.txt", "third").await.refused(409, "name_taken");
    let there = client.get("/v1/files/by-path/a.txt").ask().await.expect(200);
    assert_eq!(there["version"]["no"], 1);
    assert_eq!(content(&client, &there).await, b"first");
    app.stop().await;
}
