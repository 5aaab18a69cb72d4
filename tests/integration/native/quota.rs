//! What an account may hold is never passed, at any moment.

use super::{at, is_sound, noise, on_both_engines, post, put, statuses};
use attache_core::{Caller, Credential};
use attache_model::account::Quota;
use attache_model::token::Secret;
use attache_tests::{Ask, Client, Setup, TestApp};
use futures_util::future::join_all;
use serde_json::Value;

on_both_engines!(
    of_twenty_puts_of_sixty_percent_of_the_rest_one_fits,
    the_last_byte_and_the_last_file_fit_and_one_more_does_not,
    the_trash_does_not_count_and_what_comes_back_from_it_must_fit,
    a_full_account_leaves_others_alone,
);

async fn set_quota(app: &TestApp, client: &Client, bytes: Option<u64>, files: Option<u64>) {
    let secret = Secret::new(client.token().unwrap().to_owned());
    let caller: Caller = app.core().admit(&Credential::Token(secret)).await.unwrap();
    app.core().manage(&caller).unwrap().set_quota(Quota { bytes, files }).await.unwrap();
}

async fn usage(client: &Client) -> Value {
    client.get("/v1/account").ask().await.expect(200)["usage"].clone()
}

async fn of_twenty_puts_of_sixty_percent_of_the_rest_one_fits(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    put(&client, "there.bin", noise(1, 50_000)).await;
    set_quota(&app, &client, Some(250_000), None).await;
    let queries: Vec<String> = (0..20).map(|no| format!("name={no}.bin")).collect();
    let answers =
        join_all(queries.iter().zip(2..).map(|(query, seed)| post(&client, query, noise(seed, 120_000)))).await;
    assert_eq!(statuses(&answers), [(201, 1), (507, 19)]);
    answers.iter().filter(|answer| answer.status != 201).for_each(|answer| answer.refused(507, "quota_exceeded"));
    assert_eq!(usage(&client).await["bytes"], 170_000);
    is_sound(&app).await;
    app.stop().await;
}

async fn the_last_byte_and_the_last_file_fit_and_one_more_does_not(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    set_quota(&app, &client, Some(100_000), Some(2)).await;
    post(&client, "name=over.bin", noise(1, 100_001)).await.refused(507, "quota_exceeded");
    post(&client, "name=a.bin", noise(1, 99_999)).await.expect(201);
    post(&client, "name=over.bin", noise(1, 2)).await.refused(507, "quota_exceeded");
    let file = post(&client, "name=b.bin", noise(1, 1)).await.expect(201);
    post(&client, "name=c.bin", "").await.refused(507, "count_exceeded");
    let version = client.put(&format!("{}/content", at(&file))).body("x").ask().await;
    version.refused(507, "quota_exceeded");
    assert_eq!(usage(&client).await, serde_json::json!({ "bytes": 100_000, "files": 2 }));
    is_sound(&app).await;
    app.stop().await;
}

async fn the_trash_does_not_count_and_what_comes_back_from_it_must_fit(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = put(&client, "a.bin", noise(1, 1000)).await;
    put(&client, "a.bin", noise(2, 2000)).await;
    assert_eq!(usage(&client).await, serde_json::json!({ "bytes": 3000, "files": 1 }));
    client.delete(&at(&file)).ask().await.expect(204);
    assert_eq!(usage(&client).await, serde_json::json!({ "bytes": 0, "files": 0 }));
    set_quota(&app, &client, Some(2999), None).await;
    let restore = format!("{}/restore", at(&file));
    client.post(&restore).ask().await.refused(507, "quota_exceeded");
    set_quota(&app, &client, Some(3000), None).await;
    client.post(&restore).ask().await.expect(200);
    assert_eq!(usage(&client).await, serde_json::json!({ "bytes": 3000, "files": 1 }));
    client.delete(&format!("{}?erase=true", at(&file))).ask().await.expect(204);
    assert_eq!(usage(&client).await, serde_json::json!({ "bytes": 0, "files": 0 }));
    is_sound(&app).await;
    app.stop().await;
}

async fn a_full_account_leaves_others_alone(setup: Setup) {
    let app = setup.start().await;
    let (client, other) = (app.client("all").await, app.other_account("other").await);
    set_quota(&app, &client, Some(0), Some(0)).await;
    post(&client, "name=a.txt", "x").await.refused(507, "count_exceeded");
    post(&other, "name=a.txt", "x").await.expect(201);
    app.stop().await;
}
