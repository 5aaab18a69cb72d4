//! Limits that count seconds, by a clock that the test holds.

use crate::native::{list, put};
use attache_model::{Clock, Time};
use attache_tests::{Ask, Client, Setup, TestApp};
use serde_json::{Value, json};
use std::time::Duration;

async fn held(setup: Setup) -> (TestApp, Client, Clock) {
    let clock = Clock::held(Time::from_millis(1_795_286_340_000));
    let app = setup.clock(clock.clone()).start().await;
    let client = app.client("all").await;
    (app, client, clock)
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

async fn panel_token(client: &Client, life: Option<u64>) -> attache_tests::Answer {
    let mut plan = json!({ "record": "contact/42" });
    if let Some(life) = life {
        plan["expires_in"] = json!(life);
    }
    client.post("/v1/panel-tokens").json(&plan).ask().await
}

fn guest(app: &TestApp, made: &Value) -> Client {
    app.stranger().with_token(made["token"].as_str().map(str::to_owned))
}

#[tokio::test]
async fn a_panels_token_lives_as_long_as_it_may_and_an_hour_where_nobody_says() {
    let (app, client, clock) = held(Setup::new()).await;
    let day = 24 * 3600;
    panel_token(&client, Some(day + 1)).await.refused(422, "expiry_too_long");
    let long = guest(&app, &panel_token(&client, Some(day)).await.expect(201));
    let short = guest(&app, &panel_token(&client, None).await.expect(201));
    clock.advance(seconds(3599));
    short.get("/v1/panel").ask().await.expect(200);
    clock.advance(seconds(1));
    short.get("/v1/panel").ask().await.refused(401, "unauthenticated");
    clock.advance(seconds(day - 3601));
    long.get("/v1/panel").ask().await.expect(200);
    clock.advance(seconds(1));
    long.get("/v1/panel").ask().await.refused(401, "unauthenticated");
    app.stop().await;
}

#[tokio::test]
async fn a_link_of_a_panel_lives_a_quarter_of_an_hour() {
    let (app, client, clock) = held(Setup::new()).await;
    client.post("/v1/records/contact/42/files?name=a.txt").body("x").ask().await.expect(201);
    let guest = guest(&app, &panel_token(&client, None).await.expect(201));
    let shown = guest.get("/v1/panel/files").ask().await.expect(200);
    let url = shown["items"][0]["content_url"].as_str().unwrap();
    clock.advance(seconds(899));
    assert_eq!(app.stranger().get(url).ask().await.text(), "x");
    clock.advance(seconds(1));
    app.stranger().get(url).ask().await.refused(403, "url_expired");
    app.stop().await;
}

#[tokio::test]
async fn an_idempotency_key_is_kept_for_a_day_and_not_longer() {
    let (app, client, clock) = held(Setup::new()).await;
    let put = async || {
        let request = client.post("/v1/files?name=a.txt&on_conflict=number").header("Idempotency-Key", "k");
        request.body("x").ask().await
    };
    let first = put().await.expect(201);
    clock.advance(seconds(24 * 3600 - 1));
    assert_eq!(put().await.expect(201), first);
    assert_eq!(list(&client, "/v1/files").await.len(), 1);
    clock.advance(seconds(1));
    assert_ne!(put().await.expect(201)["id"], first["id"]);
    app.stop().await;
}

#[tokio::test]
async fn a_link_lives_by_the_clock_of_the_node_that_is_asked() {
    let (app, client, clock) = held(Setup::new()).await;
    let file = put(&client, "a.txt", "x").await;
    let place = format!("{}/links", crate::native::at(&file));
    let link = client.post(&place).json(&json!({ "expires_in": 900 })).ask().await.expect(201);
    let url = link["url"].as_str().unwrap();
    // A clock that is ten minutes ahead lets links end earlier, and no later.
    clock.advance(seconds(600));
    assert_eq!(app.stranger().get(url).ask().await.status, 200);
    clock.advance(seconds(299));
    assert_eq!(app.stranger().get(url).ask().await.status, 200);
    clock.advance(seconds(1));
    app.stranger().get(url).ask().await.refused(403, "url_expired");
    clock.advance(seconds(86_400));
    app.stranger().get(url).ask().await.refused(403, "url_expired");
    app.stop().await;
}
