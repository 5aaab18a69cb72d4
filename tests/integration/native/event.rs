//! The feed: every change once, in the order of the commits, without gaps.

use super::{at, on_both_engines, post};
use attache_tests::{Ask, Client, Setup};
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

on_both_engines!(
    events_have_no_gaps_while_many_change_at_once,
    a_refused_change_is_no_event,
    each_change_is_told_by_its_own_word,
    the_newest_events_come_first_before_a_number,
    events_of_some_kinds_leave_no_gap_in_what_was_read,
    who_waits_is_told_when_something_happens_and_when_nothing_does,
);

const CLIENTS: usize = 12;
const ROUNDS: usize = 6;

async fn events_have_no_gaps_while_many_change_at_once(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let done = Arc::new(AtomicBool::new(false));
    let follower = tokio::spawn(follow(client.clone(), done.clone()));
    join_all((0..CLIENTS).map(|no| change(&client, no))).await;
    done.store(true, Ordering::SeqCst);
    let seen = follower.await.unwrap();

    let numbers: Vec<_> = seen.iter().map(|event| event["no"].as_i64().unwrap()).collect();
    assert_eq!(numbers, (1..=seen.len() as i64).collect::<Vec<_>>(), "numbers without gaps, each once");
    let mut kinds = BTreeMap::new();
    for event in &seen {
        *kinds.entry(event["kind"].as_str().unwrap()).or_insert(0) += 1;
    }
    let each = CLIENTS * ROUNDS;
    for kind in ["file.created", "file.updated", "file.trashed", "file.restored", "file.erased"] {
        assert_eq!(kinds.get(kind), Some(&each), "{kind} of {kinds:?}");
    }
    app.stop().await;
}

async fn change(client: &Client, no: usize) {
    for round in 0..ROUNDS {
        let file = post(client, &format!("name={no}-{round}.txt"), "x").await.expect(201);
        client.patch(&at(&file)).json(&json!({ "metadata": { "k": "v" } })).ask().await.expect(200);
        client.delete(&at(&file)).ask().await.expect(204);
        client.post(&format!("{}/restore", at(&file))).ask().await.expect(200);
        client.delete(&format!("{}?erase=true", at(&file))).ask().await.expect(204);
    }
}

/// Asks again and again for what came after the last event, until nothing comes any more after the end.
async fn follow(client: Client, done: Arc<AtomicBool>) -> Vec<Value> {
    let mut seen = Vec::new();
    let mut last = 0;
    loop {
        let is_last = done.load(Ordering::SeqCst);
        let page = client.get(&format!("/v1/events?after={last}&limit=50")).ask().await.expect(200);
        let items = page["items"].as_array().unwrap();
        last = page["last"].as_i64().unwrap();
        if items.is_empty() && is_last {
            return seen;
        }
        seen.extend(items.iter().cloned());
    }
}

async fn a_refused_change_is_no_event(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = post(&client, "name=a.txt", "x").await.expect(201);
    post(&client, "name=a.txt", "y").await.refused(409, "name_taken");
    client
        .patch(&at(&file))
        .header("If-Match", "\"no\"")
        .json(&json!({ "name": "b.txt" }))
        .ask()
        .await
        .refused(412, "precondition_failed");
    client.patch(&at(&file)).json(&json!({})).ask().await.expect(200);
    let events = client.get("/v1/events").ask().await.expect(200);
    assert_eq!(events["items"].as_array().unwrap().len(), 1);
    app.stop().await;
}

async fn each_change_is_told_by_its_own_word(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = post(&client, "name=a.txt&folder=/f&record=deal/7", "x").await.expect(201);
    client.put(&format!("{}/content", at(&file))).body("y").ask().await.expect(200);
    client.delete(&format!("/v1/records/deal/7/files/{}", file["no"])).ask().await.expect(204);
    client.delete(&format!("/v1/folders/{}", file["folder_no"])).ask().await.expect(204);
    let events = client.get("/v1/events").ask().await.expect(200);
    let told: Vec<_> =
        events["items"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert_eq!(
        told,
        [
            "folder.created",
            "file.created",
            "file.linked",
            "file.replaced",
            "file.unlinked",
            "folder.trashed",
            "file.trashed"
        ]
    );
    app.stop().await;
}

async fn the_newest_events_come_first_before_a_number(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    for no in 0..5 {
        post(&client, &format!("name={no}.txt"), "x").await.expect(201);
    }
    let numbers = |page: &Value| -> Vec<i64> {
        page["items"].as_array().unwrap().iter().map(|event| event["no"].as_i64().unwrap()).collect()
    };
    let first = client.get("/v1/events?before=end&limit=2").ask().await.expect(200);
    assert_eq!((numbers(&first), &first["last"], &first["before"]), (vec![5, 4], &json!(5), &json!(4)));
    let rest = client.get("/v1/events?before=4&limit=3").ask().await.expect(200);
    assert_eq!((numbers(&rest), &rest["before"]), (vec![3, 2, 1], &Value::Null));
    client.get("/v1/events?before=4&after=1").ask().await.refused(400, "parameter_invalid");
    app.stop().await;
}

async fn events_of_some_kinds_leave_no_gap_in_what_was_read(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = post(&client, "name=a.txt&record=contact/1", "x").await.expect(201);
    client.delete(&at(&file)).ask().await.expect(204);
    let page = client.get("/v1/events?kinds=file.linked,file.trashed").ask().await.expect(200);
    let kinds: Vec<_> = page["items"].as_array().unwrap().iter().map(|event| event["kind"].clone()).collect();
    assert_eq!(kinds, ["file.linked", "file.trashed"]);
    let none = client.get("/v1/events?kinds=share.created").ask().await.expect(200);
    assert_eq!(
        (none["items"].as_array().unwrap().len(), &none["last"], &none["at_end"]),
        (0, &page["last"], &json!(true))
    );
    let one = client.get("/v1/events?kinds=file.linked,file.trashed&limit=1").ask().await.expect(200);
    assert_eq!((&one["last"], &one["at_end"]), (&one["items"][0]["no"], &json!(false)));
    let empty = client.get("/v1/events?kinds=").ask().await.expect(200);
    assert_eq!((&empty["items"], &empty["last"], &empty["at_end"]), (&json!([]), &page["last"], &json!(true)));
    for wrong in ["file.eaten", "file.linked,"] {
        client.get(&format!("/v1/events?kinds={wrong}")).ask().await.refused(400, "parameter_invalid");
    }
    app.stop().await;
}

async fn who_waits_is_told_when_something_happens_and_when_nothing_does(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let quiet = client.get("/v1/events?wait=1").ask().await.expect(200);
    assert_eq!((quiet["items"].as_array().unwrap().len(), &quiet["last"]), (0, &json!(0)));
    let waiting = client.get("/v1/events?wait=30&kinds=file.trashed").ask();
    let change = async {
        let file = post(&client, "name=a.txt", "x").await.expect(201);
        client.delete(&at(&file)).ask().await.expect(204);
    };
    let (told, ()) = tokio::join!(waiting, change);
    let told = told.expect(200);
    assert_eq!((&told["items"][0]["kind"], &told["items"][0]["file_name"]), (&json!("file.trashed"), &json!("a.txt")));
    client.get("/v1/events?wait=31").ask().await.refused(400, "parameter_invalid");
    app.stop().await;
}
