//! Uploads in parts that are used wrongly, too late, too often or by the wrong one, through both faces that have them
//! (rows PT-* and TU-24 of the reliability plan).
//!
//! Elsewhere: the same part again and with other bytes (PT-04, PT-11, PT-20) and a restart between parts (PT-23) in
//! `kommo::parts` and `tus::resume`; races (PT-12, PT-13, PT-14) in `interrupt::race`.
//! Nowhere, since no face has parts that come in any order and are then completed by a list: part numbers out of range or
//! that are none (PT-01, PT-03), a list with a gap (PT-06), with an empty part (PT-07) or out of order (PT-09). Here the
//! server numbers the parts itself, and a file is complete with its last byte.

use crate::native::{at, is_sound, list, noise, on_both_engines};
use crate::tus::{UPLOADS, ask, head, metadata, open, patch, tus};
use attache_model::{Clock, Time};
use attache_tests::{Answer, Ask, Client, Setup};
use futures_util::{StreamExt as _, stream};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Duration;

on_both_engines!(
    of_a_thousand_and_one_open_uploads_the_last_is_told_to_wait,
    an_upload_of_another_account_is_nobodys,
    an_upload_whose_time_is_over_leaves_no_bytes_and_no_reservation,
    an_upload_whose_folder_was_deleted_stays_and_makes_no_file_in_nowhere,
);

const DAY: Duration = Duration::from_secs(24 * 3600);

async fn session(client: &Client, name: &str, size: usize) -> Answer {
    client.post("/v1.0/sessions").json(&json!({ "file_name": name, "file_size": size })).ask().await
}

async fn usage(client: &Client) -> Value {
    client.get("/v1/account").ask().await.expect(200)["usage"].clone()
}

// PT-16, with the limit that a server has by default.
async fn of_a_thousand_and_one_open_uploads_the_last_is_told_to_wait(setup: Setup) {
    let app = setup.start().await;
    let (client, other) = (app.client("all").await, app.other_account("other").await);
    let first = open(&client, &[("Upload-Length", "5")]).await;
    let opened = stream::iter(1..1000).map(async |no| match no % 2 {
        0 => ask(&client, &[("Upload-Length", "1")]).await.status.as_u16() == 201,
        _ => session(&client, "a.bin", 1).await.status.as_u16() == 200,
    });
    assert!(opened.buffer_unordered(16).all(async |opened| opened).await);
    for refused in [ask(&client, &[("Upload-Length", "1")]).await, session(&client, "a.bin", 1).await] {
        assert_eq!(refused.status, 429, "{}", refused.text());
        assert!(!refused.header("retry-after").is_empty());
    }
    assert_eq!(usage(&client).await, json!({ "bytes": 1004, "files": 1000 }));
    assert_eq!(session(&other, "a.bin", 1).await.status, 200, "another account has its own");
    assert_eq!(patch(&client, &first, 0, "hello").await.status, 204, "those that are open go on");
    assert_eq!(ask(&client, &[("Upload-Length", "1")]).await.status, 201, "a finished one is not open");
    app.stop().await;
}

// PT-17
async fn an_upload_of_another_account_is_nobodys(setup: Setup) {
    let app = setup.start().await;
    let (client, other) = (app.client("all").await, app.other_account("other").await);
    let upload = open(&client, &[("Upload-Length", "10")]).await;
    patch(&client, &upload, 0, "hello").await;
    let opened = session(&client, "a.bin", 10).await.expect(200);
    let part = client.with_token(None).post(opened["upload_url"].as_str().unwrap()).body("hello");
    part.ask().await.expect(202);

    let place = format!("/v1.0/sessions/{}", opened["session_id"]);
    let nothing = format!("{UPLOADS}/00000000-0000-7000-8000-000000000000");
    for at in [upload.as_str(), &nothing] {
        let answers = [
            head(&other, at).await,
            patch(&other, at, 5, "world").await,
            patch(&other, at, 0, "hello").await,
            tus(&other, Method::DELETE, at).ask().await,
        ];
        // Somebody else's and none at all are not told apart.
        assert!(answers.iter().all(|answer| answer.status == 404), "{answers:?}");
        assert!(answers.iter().all(|answer| !answer.headers.contains_key("upload-offset")), "{answers:?}");
    }
    other.get(&place).ask().await.expect(404);
    other.delete(&place).ask().await.expect(404);
    let joined = format!("final;{upload}");
    assert_eq!(ask(&other, &[("Upload-Concat", &joined)]).await.status, 404);

    assert_eq!(head(&client, &upload).await.header("upload-offset"), "5");
    assert_eq!(client.get(&place).ask().await.expect(200)["received"], 5);
    assert_eq!(usage(&other).await, json!({ "bytes": 0, "files": 0 }));
    app.stop().await;
}

// PT-19, TU-24
async fn an_upload_whose_time_is_over_leaves_no_bytes_and_no_reservation(setup: Setup) {
    let clock = Clock::held(Time::from_millis(1_795_286_340_000));
    let app = setup.clock(clock.clone()).start().await;
    let client = app.client("all").await;
    let upload = open(&client, &[("Upload-Length", "200000")]).await;
    patch(&client, &upload, 0, noise(1, 100_000)).await;
    let deferred = open(&client, &[("Upload-Defer-Length", "1")]).await;
    patch(&client, &deferred, 0, noise(2, 70_000)).await;
    let opened = session(&client, "a.bin", 200_000).await.expect(200);
    let url = opened["upload_url"].as_str().unwrap();
    let next = client.with_token(None).post(url).body(noise(3, 100_000)).ask().await.expect(202);
    assert_eq!(usage(&client).await, json!({ "bytes": 470_000, "files": 3 }));

    clock.advance(DAY);
    for at in [&upload, &deferred] {
        assert_eq!(patch(&client, at, 100_000, "x").await.status, 410);
    }
    let path = next["next_url"].as_str().unwrap();
    client.with_token(None).post(path).body("x").ask().await.expect(404);
    // A server begins with its housekeeping.
    let app = app.stop().await.start().await;
    let client = app.client("all").await;
    while usage(&client).await != json!({ "bytes": 0, "files": 0 }) {
        tokio::task::yield_now().await;
    }
    is_sound(&app).await;
    let upload = &upload[upload.find(UPLOADS).unwrap()..];
    assert_eq!(head(&client, upload).await.status, 410, "that it was there is still told");
    assert!(list(&client, "/v1/files").await.is_empty());
    app.stop().await;
}

// PT-22
async fn an_upload_whose_folder_was_deleted_stays_and_makes_no_file_in_nowhere(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let folder = client.post("/v1/folders").json(&json!({ "path": "/gone" })).ask().await.expect(201);
    let pairs = metadata(&[("folder_id", folder["id"].as_str().unwrap()), ("filename", "a.txt")]);
    let upload = open(&client, &[("Upload-Length", "5"), ("Upload-Metadata", &pairs)]).await;
    client.delete(&format!("/v1/folders/{}", folder["id"].as_str().unwrap())).ask().await.expect(204);
    for _ in 0..2 {
        let refused = match head(&client, &upload).await.header("upload-offset") {
            "0" => patch(&client, &upload, 0, "hello").await,
            _ => patch(&client, &upload, 5, "").await,
        };
        assert_eq!(refused.status, 409, "{}", refused.text());
        assert!(refused.text().contains("folder"), "{}", refused.text());
    }
    assert!(list(&client, "/v1/files").await.is_empty() && list(&client, "/v1/trash").await.is_empty());
    assert_eq!(usage(&client).await, json!({ "bytes": 5, "files": 1 }), "it keeps its room");
    assert_eq!(tus(&client, Method::DELETE, &upload).ask().await.status, 204);
    assert_eq!(usage(&client).await, json!({ "bytes": 0, "files": 0 }));

    // A folder that was named by its path is made again.
    let pairs = metadata(&[("folder", "/gone"), ("filename", "a.txt")]);
    let upload = open(&client, &[("Upload-Length", "5"), ("Upload-Metadata", &pairs)]).await;
    let made = crate::tus::file(&client, &patch(&client, &upload, 0, "hello").await).await;
    assert_eq!(made["path"], "/gone/a.txt", "{}", at(&made));
    is_sound(&app).await;
    app.stop().await;
}
