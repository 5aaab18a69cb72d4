//! Making, listing and closing intakes by our own API.

use super::{intake, url};
use crate::native::{list, on_both_engines};
use attache_tests::{Ask, Setup};
use serde_json::{Value, json};

on_both_engines!(
    an_intake_is_shown_as_it_was_made,
    what_is_wrong_is_refused_with_its_place,
    its_address_is_shown_to_those_alone_who_may_write,
    lists_are_of_a_record_and_of_open_ones,
    a_closed_intake_stays_in_the_list_and_foreign_ones_are_in_none,
);

async fn an_intake_is_shown_as_it_was_made(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let plan = json!({
        "title": "Your passport", "note": "Both sides,\nplease.", "file_name": "{record}-passport", "role": "passport",
        "folder": "/people/42", "types": ["image/*", "application/pdf", ".DOCX"], "max_files": 3, "max_bytes": 1000,
        "hidden": true, "password": "open sesame", "expires_in": 3600
    });
    let made = intake(&client, plan).await;
    let folder = client.get("/v1/folders/by-path/people/42").ask().await.expect(200);
    for (member, value) in [
        ("record", json!("contact/42")),
        ("title", json!("Your passport")),
        ("note", json!("Both sides,\nplease.")),
        ("file_name", json!("{record}-passport")),
        ("role", json!("passport")),
        ("folder_no", folder["no"].clone()),
        ("types", json!(["image/*", "application/pdf", ".docx"])),
        ("max_files", json!(3)),
        ("max_bytes", json!(1000)),
        ("hidden", json!(true)),
        ("has_password", json!(true)),
        ("received", json!(0)),
        ("state", json!("open")),
        ("created_by", json!(1)),
        ("closed_at", Value::Null),
    ] {
        assert_eq!(made[member], value, "{member}");
    }
    assert!(url(&made).starts_with(&format!("{}/intake/", app.url())), "{made}");
    assert!(!made.to_string().contains("sesame"));
    let again = client.get(&format!("/v1/intakes/{}", made["id"].as_str().unwrap())).ask().await.expect(200);
    assert_eq!(again, made);
    let plain = intake(&client, json!({})).await;
    assert_eq!((&plain["max_files"], &plain["types"], &plain["folder_no"]), (&json!(10), &json!([]), &json!(0)));
    app.stop().await;
}

async fn what_is_wrong_is_refused_with_its_place(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    for (plan, status, word, place) in [
        (json!({}), 422, "value_invalid", ""),
        (json!({ "record": "Contact/42" }), 422, "record_invalid", "#/record/type"),
        (json!({ "record": "contact" }), 422, "value_invalid", "#/record"),
        (json!({ "record": "contact/1", "titel": "x" }), 400, "unknown_field", ""),
        (json!({ "record": "contact/1", "title": "a\nb" }), 422, "value_invalid", "#/title"),
        (json!({ "record": "contact/1", "note": "\u{1b}" }), 422, "value_invalid", "#/note"),
        (json!({ "record": "contact/1", "file_name": "{who}" }), 422, "name_invalid", "#/file_name"),
        (json!({ "record": "contact/1", "file_name": "a/b" }), 422, "name_invalid", "#/file_name"),
        (json!({ "record": "contact/1", "folder": "a//b" }), 422, "name_invalid", ""),
        (json!({ "record": "contact/1", "types": ["image/*", "pdf"] }), 422, "type_invalid", "#/types/1"),
        (json!({ "record": "contact/1", "max_files": 0 }), 422, "value_invalid", "#/max_files"),
        (json!({ "record": "contact/1", "max_files": 1001 }), 422, "value_invalid", "#/max_files"),
        (json!({ "record": "contact/1", "max_bytes": 0 }), 422, "value_invalid", "#/max_bytes"),
        (json!({ "record": "contact/1", "password": "" }), 422, "value_invalid", "#/password"),
        (json!({ "record": "contact/1", "expires_in": 0 }), 422, "expiry_invalid", "#/expires_in"),
        (json!({ "record": "contact/1", "expires_in": 90 * 24 * 3600 + 1 }), 422, "expiry_too_long", "#/expires_in"),
    ] {
        let answer = client.post("/v1/intakes").json(&plan).ask().await;
        answer.refused(status, word);
        let told = answer.json()["errors"][0]["pointer"].clone();
        assert!(place.is_empty() || told == place, "{plan}: {told}");
    }
    for (query, word) in
        [("state=closed", "parameter_invalid"), ("record=x", "value_invalid"), ("who=1", "unknown_parameter")]
    {
        let answer = client.get(&format!("/v1/intakes?{query}")).ask().await;
        assert_eq!(answer.code(), word, "{query}");
    }
    client.get("/v1/intakes/7").ask().await.refused(404, "not_found");
    assert!(list(&client, "/v1/intakes").await.is_empty());
    app.stop().await;
}

async fn its_address_is_shown_to_those_alone_who_may_write(setup: Setup) {
    let app = setup.start().await;
    let made = intake(&app.client("files:read,files:write").await, json!({})).await;
    let reader = app.client("files:read").await;
    let path = format!("/v1/intakes/{}", made["id"].as_str().unwrap());
    let shown = reader.get(&path).ask().await.expect(200);
    assert_eq!((&shown["url"], &shown["record"]), (&Value::Null, &json!("contact/42")));
    assert_eq!(reader.get("/v1/intakes").ask().await.expect(200)["items"][0]["url"], Value::Null);
    reader.delete(&path).ask().await.refused(403, "scope_missing");
    reader.post("/v1/intakes").json(&json!({ "record": "contact/42" })).ask().await.refused(403, "scope_missing");
    let writer = app.client("files:write").await;
    writer
        .post("/v1/intakes")
        .json(&json!({ "record": "contact/42", "hidden": true }))
        .ask()
        .await
        .refused(403, "scope_missing");
    app.stranger().get(&path).ask().await.refused(401, "unauthenticated");
    app.stop().await;
}

async fn lists_are_of_a_record_and_of_open_ones(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let here = intake(&client, json!({})).await;
    let there = intake(&client, json!({ "record": "deal/7" })).await;
    client.delete(&format!("/v1/intakes/{}", here["id"].as_str().unwrap())).ask().await.expect(204);
    let ids = async |query: &str| {
        let items = list(&client, &format!("/v1/intakes{query}")).await;
        items.iter().map(|item| item["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids("").await.len(), 2);
    assert_eq!(ids("?state=all").await.len(), 2);
    assert_eq!(ids("?state=open").await, [there["id"].clone()]);
    assert_eq!(ids("?record=contact/42").await, [here["id"].clone()]);
    assert!(ids("?record=contact/42&state=open").await.is_empty());
    let first = client.get("/v1/intakes?limit=1").ask().await.expect(200);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = client.get(&format!("/v1/intakes?limit=1&cursor={cursor}")).ask().await.expect(200);
    assert_eq!((second["items"].as_array().unwrap().len(), &second["next_cursor"]), (1, &Value::Null));
    client.get(&format!("/v1/intakes?state=open&cursor={cursor}")).ask().await.refused(400, "cursor_invalid");
    app.stop().await;
}

async fn a_closed_intake_stays_in_the_list_and_foreign_ones_are_in_none(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let made = intake(&client, json!({})).await;
    let path = format!("/v1/intakes/{}", made["id"].as_str().unwrap());
    let other = app.other_account("other").await;
    assert!(list(&other, "/v1/intakes").await.is_empty());
    other.get(&path).ask().await.refused(404, "not_found");
    other.delete(&path).ask().await.refused(404, "not_found");
    for _ in 0..2 {
        client.delete(&path).ask().await.expect(204);
    }
    let closed = client.get(&path).ask().await.expect(200);
    assert_eq!(closed["state"], "closed");
    assert!(closed["closed_at"].is_string());
    let events = client.get("/v1/events").ask().await.expect(200);
    let kinds: Vec<_> = events["items"].as_array().unwrap().iter().map(|event| event["kind"].clone()).collect();
    assert_eq!(kinds, ["intake.created", "intake.closed"]);
    app.stop().await;
}
