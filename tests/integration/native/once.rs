//! Idempotency keys: a POST under a key is carried out once.

use super::{is_sound, list, noise, on_both_engines, statuses};
use crate::audit::act::act;
use crate::audit::{lines, operations};
use attache_tests::{Answer, Ask, Client, Setup, TestApp, figure};
use futures_util::future::join_all;
use reqwest::{Method, RequestBuilder};
use serde_json::json;

on_both_engines!(
    the_same_request_again_gets_the_first_answer_and_makes_nothing,
    another_request_under_the_key_is_refused_and_the_first_stays,
    of_twenty_requests_under_one_key_one_is_carried_out,
    a_refused_request_does_not_use_its_key_up,
    a_key_of_one_account_says_nothing_to_another,
    an_answer_is_kept_over_a_restart_and_forgotten_with_what_was_erased,
    nothing_is_done_twice_under_one_key_although_its_answer_was_lost,
    a_change_that_leaves_its_key_unmarked_is_seen,
);

/// Between a commit and the answer that is kept for its key.
const ANSWERING: &str = "http.keeping_answer";

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

/// Every kind of POST that takes keys: path and name. A panel's page sends none, and its POST takes none.
fn posts() -> impl Iterator<Item = (String, String)> {
    let all = operations().into_iter().filter(|(method, path, _)| method == "POST" && !path.starts_with("/v1/panel/"));
    all.map(|(_, path, name)| (path, name))
}

async fn nothing_is_done_twice_under_one_key_although_its_answer_was_lost(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let (mut tried, mut told) = (0, 0);
    for (path, name) in posts() {
        let Some((status, done)) = repeated(&app, &client, &path, &name).await else { continue };
        assert!(matches!(status, 200 | 201 | 409), "{name}: {status}");
        assert_eq!(done, [""; 0], "{name} was done twice");
        tried += 1;
        told += usize::from(status != 409);
    }
    assert!(told > 3 && tried > 15, "{told} of {tried}");
    is_sound(&app).await;
    app.stop().await;
    figure(
        "kill",
        &format!(
            "{tried} kinds of POST whose answer was lost, asked again under their key: 0 done twice, {told} told what they \
             made and the others that they are done"
        ),
    );
}

async fn a_change_that_leaves_its_key_unmarked_is_seen(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    fail::cfg("core.key_unmarked", "return").unwrap();
    let (path, name) = posts().find(|(_, name)| name == "createToken").unwrap();
    let (status, done) = repeated(&app, &client, &path, &name).await.unwrap();
    assert_eq!((status, done), (201, vec!["token.created".to_owned()]), "the planted fault shows");
    fail::remove("core.key_unmarked");
    app.stop().await;
    figure("planted fault", "a change that leaves its key unmarked was seen: it was made twice");
}

/// Makes a request whose answer is lost behind the commit, and makes it again under the same key: the status of that answer,
/// and what was done once more. `None` for one that changes nothing, which may be done as often as one likes.
async fn repeated(app: &TestApp, client: &Client, path: &str, name: &str) -> Option<(u16, Vec<String>)> {
    let (request, wanted) = act(client, &Method::POST, path, name).await;
    if wanted.is_empty() {
        return None;
    }
    let whole = request.try_clone();
    fail::cfg(ANSWERING, "1*panic->off").unwrap();
    let (answer, done) = deeds(app, request, name, "first").await;
    fail::remove(ANSWERING);
    assert_eq!(done, wanted, "{name}");
    assert_eq!(answer.status, 500, "{name}: it is done, and nobody is told");
    loop {
        let again = match whole.as_ref().and_then(RequestBuilder::try_clone) {
            Some(again) => again,
            // A form is sent once; of another one the key says the same.
            None => act(client, &Method::POST, path, name).await.0,
        };
        let (answer, done) = deeds(app, again, name, "again").await;
        // A key without a mark is freed beside the request that died, and is still that one's until then.
        if answer.code() != "in_flight" {
            return Some((answer.status.as_u16(), done));
        }
    }
}

/// Sends a request under the key `name`: its answer, and what was done for it.
async fn deeds(app: &TestApp, request: RequestBuilder, name: &str, which: &str) -> (Answer, Vec<String>) {
    let id = format!("{name}-{which}");
    let answer = request.header("Idempotency-Key", name).header("x-request-id", &id).ask().await;
    let lines = lines(app).await.into_iter().filter(|line| line.request == id && line.outcome == "done");
    let done = lines.map(|line| line.deed).collect();
    (answer, done)
}
