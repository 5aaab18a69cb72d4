//! What there is nothing here for: asking for it is refused, and changes nothing.

use super::face_of;
use crate::native::{at, put};
use attache_tests::{Ask, TestApp};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn what_has_no_address_here_is_refused() {
    let app = TestApp::start().await;
    let client = app.client("all").await;
    let file = at(&put(&client, "a.txt", "first").await);
    put(&client, "a.txt", "second").await;
    let folder = client.post("/v1/folders").json(&json!({ "path": "/f" })).ask().await.expect(201);
    let folder = format!("/v1/folders/{}", folder["id"].as_str().unwrap());
    let task = client.delete("/v1/trash").ask().await.expect(202)["task"].as_str().unwrap().to_owned();
    let session = client.post("/v1.0/sessions").json(&json!({ "file_name": "b.bin", "file_size": 9 })).ask().await;
    let session = format!("/v1.0/sessions/{}", session.expect(200)["session_id"]);
    let before = face_of(&client).await;
    for (id, method, path) in [
        ("FV-09", Method::DELETE, format!("{file}/versions/2")),
        ("FV-09", Method::DELETE, format!("{file}/versions/2/content")),
        ("FV-20", Method::POST, format!("{folder}/copy")),
        ("TN-05", Method::POST, format!("{file}/copy")),
        ("TN-10", Method::DELETE, format!("/v1/tasks/{task}")),
        ("TN-10", Method::POST, format!("/v1/tasks/{task}/cancel")),
        ("PT-06", Method::POST, format!("{session}/complete")),
        ("PT-09", Method::PUT, session.clone()),
        ("PT-03", Method::PUT, format!("{session}/parts/1.5")),
        ("NM-20", Method::GET, format!("{folder}/zip")),
        ("TH-16", Method::GET, format!("{file}/entries")),
    ] {
        let body = json!({ "parts": [2, 1], "folder": "/" });
        let answer = client.request(method.clone(), &path).json(&body).ask().await;
        assert!(
            [404, 405].contains(&answer.status.as_u16()),
            "{id} {method} {path}: {} {}",
            answer.status,
            answer.text()
        );
        assert_eq!(face_of(&client).await, before, "{id} changed something");
    }
    let undone = client.get(&format!("{file}/versions")).ask().await.expect(200);
    assert_eq!(undone["items"].as_array().unwrap().len(), 2);
    app.stop().await;
}

#[tokio::test]
async fn the_host_says_nothing_about_whose_account_it_is() {
    let app = TestApp::start().await;
    let (client, other) = (app.client("all").await, app.other_account("other").await);
    put(&client, "mine.txt", "x").await;
    for host in ["default.example", "other.example", "other"] {
        let mine = client.get("/v1/files").header("Host", host).ask().await.expect(200);
        assert_eq!(mine["items"][0]["name"], "mine.txt", "{host}");
        let theirs = other.get("/v1/files").header("Host", host).ask().await.expect(200);
        assert_eq!(theirs["items"], json!([]), "{host}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_cursor_of_another_account_is_none() {
    let app = TestApp::start().await;
    let (client, other) = (app.client("all").await, app.other_account("other").await);
    for client in [&client, &other] {
        for name in ["a.txt", "b.txt", "c.txt"] {
            put(client, name, "x").await;
        }
    }
    let page = client.get("/v1/files?limit=1").ask().await.expect(200);
    let next = format!("/v1/files?limit=1&cursor={}", page["next_cursor"].as_str().unwrap());
    client.get(&next).ask().await.expect(200);
    other.get(&next).ask().await.refused(400, "cursor_invalid");
    app.stop().await;
}

#[tokio::test]
async fn a_file_is_taken_off_the_record_that_is_named_and_no_other() {
    let app = TestApp::start().await;
    let client = app.client("all").await;
    let file = put(&client, "a.txt", "x").await;
    let on = |record: &str| format!("/v1/records/{record}/files/{}", file["no"]);
    client.put(&on("deal/7")).ask().await.expect(200);
    for record in ["contact/7", "deal/8", "deals/7"] {
        client.delete(&on(record)).ask().await.refused(404, "not_found");
        let stays = client.get("/v1/records/deal/7/files").ask().await.expect(200);
        assert_eq!(stays["items"].as_array().unwrap().len(), 1, "{record}");
    }
    client.delete(&on("deal/7")).ask().await.expect(204);
    app.stop().await;
}
