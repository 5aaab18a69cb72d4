//! Idempotency keys: a POST under a key is carried out once.

use super::{is_sound, list, noise, on_both_engines, statuses};
use attache_tests::{Answer, Ask, Client, Setup};
use futures_util::future::join_all;
use serde_json::json;

on_both_engines!(
    the_same_request_again_gets_the_first_answer_and_makes_nothing,
    another_request_under_the_key_is_refused_and_the_first_stays,
    of_twenty_requests_under_one_key_one_is_carried_out,
    a_refused_request_does_not_use_its_key_up,
    a_key_of_one_account_says_nothing_to_another,
    an_answer_is_kept_over_a_restart_and_forgotten_with_what_was_erased,
);

async fn post(client: &Client, key: &str, query: &str, content: Vec<u8>) -> Answer {
    client.post(&format!("/v1/files?{query}")).header("Idempotency-Key", key).body(content).ask().await
}

async fn the_same_request_again_gets_the_first_answer_and_makes_nothing(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    for len in [10, 100_000] {
        let query = format!("name={len}.bin&on_conflict=number");
        let key = format!("key-{len}");
        let first = post(&client, &key, &query, noise(1, len)).await;
        first.expect(201);
        let again = post(&client, &key, &query, noise(1, len)).await;
        assert_eq!((again.status, &again.body), (first.status, &first.body));
        assert_eq!(again.header("location"), first.header("location"));
        assert_eq!(again.header("idempotency-replayed"), "true");
    }
    assert_eq!(list(&client, "/v1/files").await.len(), 2);
    is_sound(&app).await;
    app.stop().await;
}

async fn another_request_under_the_key_is_refused_and_the_first_stays(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let first = post(&client, "k", "name=a.txt", b"first".to_vec()).await.expect(201);
    post(&client, "k", "name=a.txt", b"other".to_vec()).await.refused(422, "key_reused");
    post(&client, "k", "name=b.txt", b"first".to_vec()).await.refused(422, "key_reused");
    let folder = client.post("/v1/folders").header("Idempotency-Key", "k").json(&json!({ "path": "/f" }));
    folder.ask().await.refused(422, "key_reused");
    assert_eq!(list(&client, "/v1/files").await, [first]);
    assert!(list(&client, "/v1/folders").await.is_empty());
    app.stop().await;
}

async fn of_twenty_requests_under_one_key_one_is_carried_out(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    for len in [10, 100_000] {
        let query = format!("name=a{len}.bin&on_conflict=number");
        let key = format!("key-{len}");
        let answers = join_all((0..20).map(|_| post(&client, &key, &query, noise(1, len)))).await;
        let first = answers.iter().find(|answer| answer.status == 201).expect("one is carried out").json();
        for answer in &answers {
            match answer.status.as_u16() {
                201 => assert_eq!(answer.json(), first),
                _ => answer.refused(409, "in_flight"),
            }
        }
        assert_eq!(
            list(&client, &format!("/v1/files?name_contains=a{len}")).await.len(),
            1,
            "{:?}",
            statuses(&answers)
        );
    }
    is_sound(&app).await;
    app.stop().await;
}

async fn a_refused_request_does_not_use_its_key_up(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    post(&client, "k", "name=../a.txt", b"x".to_vec()).await.refused(422, "name_invalid");
    post(&client, "k", "name=a.txt", b"x".to_vec()).await.expect(201);
    app.stop().await;
}

async fn a_key_of_one_account_says_nothing_to_another(setup: Setup) {
    let app = setup.start().await;
    let (client, other) = (app.client("all").await, app.other_account("other").await);
    post(&client, "k", "name=a.txt", b"mine".to_vec()).await.expect(201);
    let theirs = post(&other, "k", "name=a.txt", b"theirs".to_vec()).await;
    theirs.expect(201);
    assert_eq!(theirs.header("idempotency-replayed"), "");
    app.stop().await;
}

async fn an_answer_is_kept_over_a_restart_and_forgotten_with_what_was_erased(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let first = post(&client, "k", "name=secret.txt", b"x".to_vec()).await.expect(201);
    let app = app.stop().await.start().await;
    let client = app.client("all").await;
    let again = post(&client, "k", "name=secret.txt", b"x".to_vec()).await;
    assert_eq!(again.expect(201), first);

    client.delete(&format!("{}?erase=true", super::at(&first))).ask().await.expect(204);
    let after = post(&client, "k", "name=secret.txt", b"x".to_vec()).await;
    assert_ne!(after.expect(201)["id"], first["id"], "what was erased is not told any more");
    app.stop().await;
}
