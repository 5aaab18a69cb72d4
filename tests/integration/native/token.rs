//! Tokens by the API: what they are called, and what they may do.

use super::on_both_engines;
use attache_tests::{Ask, Setup};
use serde_json::json;

on_both_engines!(a_token_shows_its_number_and_the_name_that_it_was_given, a_name_that_is_none_makes_no_token);

async fn a_token_shows_its_number_and_the_name_that_it_was_given(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("settings,files:read").await;
    let made =
        client.post("/v1/tokens").json(&json!({ "name": "nightly import", "scopes": ["files:read"] })).ask().await;
    let made = made.expect(201);
    assert_eq!((&made["name"], &made["scopes"]), (&json!("nightly import"), &json!(["files:read"])));
    let plain = client.post("/v1/tokens").json(&json!({ "scopes": ["files:read"] })).ask().await.expect(201);
    assert_eq!((&plain["name"], plain["no"].as_i64()), (&json!(""), made["no"].as_i64().map(|no| no + 1)));

    let listed = client.get("/v1/tokens").ask().await.expect(200);
    for token in [made, plain] {
        let shown = listed["items"].as_array().unwrap().iter().find(|shown| shown["id"] == token["id"]).unwrap();
        assert_eq!((&shown["no"], &shown["name"]), (&token["no"], &token["name"]));
        assert!(shown["secret"].is_null() && token["secret"].is_string());
    }
    app.stop().await;
}

async fn a_name_that_is_none_makes_no_token(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("settings,files:read").await;
    let before = client.get("/v1/tokens").ask().await.expect(200);
    for name in ["two\nlines".to_owned(), "x".repeat(256), "a\u{202e}b".to_owned()] {
        let refused = client.post("/v1/tokens").json(&json!({ "name": name, "scopes": ["files:read"] })).ask().await;
        refused.refused(422, "value_invalid");
    }
    let after = client.get("/v1/tokens").ask().await.expect(200);
    assert_eq!(after["items"].as_array().unwrap().len(), before["items"].as_array().unwrap().len());
    app.stop().await;
}
