//! The trash: what goes there is gone from everywhere else, and comes back without harm to anything.

use super::{at, content, list, names, on_both_engines, put};
use attache_model::{Clock, Time};
use attache_tests::{Ask, Setup};
use serde_json::json;
use std::time::Duration;

on_both_engines!(
    a_trashed_file_is_seen_only_in_the_trash,
    a_restored_file_never_takes_a_name_that_another_has,
    a_restored_file_whose_folder_is_gone_comes_into_the_root,
    the_trash_is_purged_after_thirty_days_and_not_a_day_before,
    the_trash_is_emptied_by_a_task_and_nothing_else_goes,
);

async fn a_trashed_file_is_seen_only_in_the_trash(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = put(&client, "a.txt", "x").await;
    client.put(&format!("/v1/records/deal/7/files/{}", file["no"])).ask().await.expect(200);
    for _ in 0..2 {
        client.delete(&at(&file)).ask().await.expect(204);
    }
    for path in [at(&file), format!("{}/content", at(&file)), "/v1/files/by-path/a.txt".into()] {
        client.get(&path).ask().await.refused(404, "not_found");
    }
    for path in ["/v1/files", "/v1/files?name=a.txt", "/v1/records/deal/7/files"] {
        assert!(list(&client, path).await.is_empty(), "{path}");
    }
    assert_eq!(names(&client, "/v1/trash").await, ["a.txt"]);
    assert_eq!(names(&client, "/v1/files?trashed=true").await, ["a.txt"]);

    let back = client.post(&format!("{}/restore", at(&file))).ask().await.expect(200);
    assert_eq!((back["path"].as_str(), &back["trashed_at"]), (Some("/a.txt"), &json!(null)));
    assert_eq!(content(&client, &file).await, b"x");
    assert_eq!(list(&client, "/v1/records/deal/7/files").await.len(), 1);
    client.post(&format!("{}/restore", at(&file))).ask().await.refused(409, "state");
    app.stop().await;
}

async fn a_restored_file_never_takes_a_name_that_another_has(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let mut trashed = Vec::new();
    for round in ["first", "second"] {
        let file = put(&client, "f/a.txt", round).await;
        client.delete(&at(&file)).ask().await.expect(204);
        trashed.push(file);
    }
    let third = put(&client, "f/a.txt", "third").await;
    for (file, name) in trashed.iter().zip(["a-1.txt", "a-2.txt"]) {
        let back = client.post(&format!("{}/restore", at(file))).ask().await.expect(200);
        assert_eq!((back["name"].as_str(), back["folder"].as_str()), (Some(name), Some("/f")));
    }
    assert_eq!(content(&client, &trashed[0]).await, b"first");
    assert_eq!(content(&client, &trashed[1]).await, b"second");
    assert_eq!(content(&client, &third).await, b"third");
    app.stop().await;
}

async fn a_restored_file_whose_folder_is_gone_comes_into_the_root(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = put(&client, "f/g/a.txt", "x").await;
    let folder = client.get("/v1/folders/by-path/f").ask().await.expect(200);
    client.delete(&format!("/v1/folders/{}", folder["no"])).ask().await.expect(204);
    client.get(&at(&file)).ask().await.refused(404, "not_found");
    assert!(list(&client, "/v1/folders").await.is_empty());
    let back = client.post(&format!("{}/restore", at(&file))).ask().await.expect(200);
    assert_eq!(back["path"], "/a.txt");
    assert_eq!(content(&client, &file).await, b"x");
    app.stop().await;
}

async fn the_trash_is_purged_after_thirty_days_and_not_a_day_before(setup: Setup) {
    let clock = Clock::held(Time::from_millis(1_795_286_340_000));
    let app = setup.clock(clock.clone()).start().await;
    let client = app.client("all").await;
    let (old, young) = (put(&client, "old.txt", "x").await, put(&client, "young.txt", "y").await);
    client.delete(&at(&old)).ask().await.expect(204);
    clock.advance(Duration::from_secs(24 * 3600));
    client.delete(&at(&young)).ask().await.expect(204);
    clock.advance(Duration::from_secs(29 * 24 * 3600 + 60));

    // A server sweeps as soon as it runs.
    let app = app.stop().await.start().await;
    let client = app.client("all").await;
    while names(&client, "/v1/trash").await != ["young.txt"] {
        tokio::task::yield_now().await;
    }
    client.post(&format!("{}/restore", at(&old))).ask().await.refused(404, "not_found");
    client.post(&format!("{}/restore", at(&young))).ask().await.expect(200);
    let events = client.get("/v1/events").ask().await.expect(200);
    let purged = events["items"].as_array().unwrap().iter().filter(|event| event["kind"] == "file.purged").count();
    assert_eq!(purged, 1);
    super::is_sound(&app).await;
    app.stop().await;
}

async fn the_trash_is_emptied_by_a_task_and_nothing_else_goes(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let kept = put(&client, "kept.txt", "x").await;
    for no in 0..40 {
        let file = put(&client, &format!("gone-{no}.bin"), super::noise(no, 70_000)).await;
        client.delete(&at(&file)).ask().await.expect(204);
    }
    let reader = app.client("files:read,files:write").await;
    reader.delete("/v1/trash").ask().await.refused(403, "scope_missing");
    let task = client.delete("/v1/trash").ask().await.expect(202);
    let task = format!("/v1/tasks/{}", task["task"].as_str().unwrap());
    while client.get(&task).ask().await.expect(200)["state"] != "done" {
        tokio::task::yield_now().await;
    }
    assert!(list(&client, "/v1/trash").await.is_empty());
    assert_eq!(content(&client, &kept).await, b"x");
    super::is_sound(&app).await;
    app.stop().await;
}
