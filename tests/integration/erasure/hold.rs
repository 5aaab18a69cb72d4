//! Legal holds over the wire: how a file is put under one, what is refused then and in whose words, and where it is told.

use super::{LARGE, erase};
use crate::native::{at, content, is_sound, list, noise, on_both_engines, post, put, task};
use attache_model::AccountNo;
use attache_tests::{Ask, Client, Setup, figure};
use serde_json::{Value, json};
use std::collections::BTreeSet;

on_both_engines!(
    a_file_under_hold_is_erased_by_no_face_and_goes_on_in_every_other_way,
    emptying_the_trash_passes_over_what_is_under_hold,
    a_hold_is_asked_for_in_the_right_words_and_by_the_right_people,
);

fn hold_of(file: &Value) -> String {
    format!("{}/hold", at(file))
}

async fn hold(client: &Client, file: &Value) -> Value {
    client.put(&hold_of(file)).json(&json!({ "reason": "case 7" })).ask().await.expect(200)
}

async fn a_file_under_hold_is_erased_by_no_face_and_goes_on_in_every_other_way(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let bytes = noise(1, LARGE);
    let file = post(&client, "name=a.bin", bytes.clone()).await.expect(201);
    assert_eq!(file["hold"], Value::Null);
    let placed = hold(&client, &file).await;
    assert_eq!((&placed["reason"], &placed["placed_by"]), (&json!("case 7"), &json!(1)));
    let seen = client.get(&at(&file)).ask().await.expect(200);
    assert_eq!(seen["hold"], placed);
    assert_ne!(seen["etag"], file["etag"]);

    let erases = [format!("{}?erase=true", at(&file)), format!("/files/v3/files/{}/gdpr-delete", file["no"])];
    for path in &erases {
        let answer = client.delete(path).header("x-request-id", "refused").ask().await;
        assert_eq!(answer.status, 409, "{path}: {}", answer.text());
        assert!(answer.text().contains("legal hold"), "{path}: {}", answer.text());
    }
    let refused = client.delete(&erases[0]).ask().await;
    assert!(refused.text().contains("DELETE /v1/files/{id}/hold"), "{}", refused.text());
    refused.refused(409, "held");
    app.core().write_refusals().await;
    let lines = app.core().operator().audit_lines(AccountNo(1), 0, 1000).await.unwrap();
    let told: BTreeSet<_> = lines.iter().filter(|line| line.outcome == "held").map(|line| line.deed.as_str()).collect();
    assert_eq!(Vec::from_iter(told), ["DELETE /files/v3/files/{id}/gdpr-delete", "DELETE /v1/files/{id}"]);

    client.patch(&at(&file)).json(&json!({ "name": "b.bin" })).ask().await.expect(200);
    client.put(&format!("{}/content", at(&file))).body("second").ask().await.expect(200);
    client.delete(&at(&file)).ask().await.expect(204);
    client.delete(&erases[0]).ask().await.refused(409, "held");
    let trash = list(&client, "/v1/trash").await;
    assert_eq!(trash[0]["hold"], placed);
    let back = client.post(&format!("{}/restore", at(&file))).ask().await.expect(200);
    assert_eq!((&back["hold"], content(&client, &file).await.as_slice()), (&placed, b"second".as_slice()));
    let first = client.get(&format!("{}/versions/1/content", at(&file))).ask().await;
    assert!(first.body == bytes, "the first version is whole");

    client.delete(&hold_of(&file)).ask().await.expect(204);
    client.delete(&hold_of(&file)).ask().await.refused(404, "not_found");
    erase(&client, &file).await;
    client.get(&at(&file)).ask().await.refused(404, "not_found");
    is_sound(&app).await;
    figure("hold", "4 erases of a file under hold by 2 faces: 4 refused, 0 bytes gone");
    app.stop().await;
}

async fn emptying_the_trash_passes_over_what_is_under_hold(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let (held, free) = (put(&client, "held.txt", "x").await, put(&client, "free.txt", "y").await);
    for file in [&held, &free] {
        client.delete(&at(file)).ask().await.expect(204);
    }
    // What is in the trash can be put under hold, too.
    hold(&client, &held).await;
    let emptied = client.delete("/v1/trash").ask().await.expect(202);
    task::ended(&client, emptied["task"].as_str().unwrap()).await;
    let left = list(&client, "/v1/trash").await;
    assert_eq!(left.iter().map(|file| &file["id"]).collect::<Vec<_>>(), [&held["id"]]);
    client.post(&format!("{}/restore", at(&held))).ask().await.expect(200);
    assert_eq!(content(&client, &held).await, b"x");
    app.stop().await;
}

async fn a_hold_is_asked_for_in_the_right_words_and_by_the_right_people(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = put(&client, "a.txt", "x").await;
    let ask = |body: Value| client.put(&hold_of(&file)).json(&body);
    ask(json!({})).ask().await.refused(422, "value_invalid");
    ask(json!({ "reason": "x", "until": "tomorrow" })).ask().await.refused(400, "unknown_field");
    for wrong in ["", "  ", "a\nb", &"x".repeat(501)] {
        ask(json!({ "reason": wrong })).ask().await.refused(422, "value_invalid");
    }
    assert_eq!(client.get(&at(&file)).ask().await.expect(200)["hold"], Value::Null);
    ask(json!({ "reason": "x".repeat(500) })).ask().await.expect(200);

    let eraser = app.client("files:read,files:write,files:delete").await;
    eraser.put(&hold_of(&file)).json(&json!({ "reason": "mine" })).ask().await.refused(403, "scope_missing");
    eraser.delete(&hold_of(&file)).ask().await.refused(403, "scope_missing");
    eraser.get("/v1/holds").ask().await.refused(403, "scope_missing");
    eraser.delete(&format!("{}?erase=true", at(&file))).ask().await.refused(409, "held");
    let clerk = app.client("settings").await;
    let listed = list(&clerk, "/v1/holds").await;
    assert_eq!(listed.len(), 1);
    assert_eq!((&listed[0]["file_id"], &listed[0]["file_no"]), (&file["id"], &file["no"]));
    assert!(!listed[0].to_string().contains("a.txt"), "it names no file: {}", listed[0]);
    let other = app.other_account("other").await;
    other.delete(&hold_of(&file)).ask().await.refused(404, "not_found");
    assert!(list(&other, "/v1/holds").await.is_empty());
    clerk.delete(&hold_of(&file)).ask().await.expect(204);
    assert!(list(&clerk, "/v1/holds").await.is_empty());
    app.stop().await;
}
