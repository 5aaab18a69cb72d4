//! The feed of a record, as people read it.

use super::{at, list, on_both_engines, put};
use attache_core::{Credential, FileUse, NewNote};
use attache_model::link::Record;
use attache_model::token::Secret;
use attache_model::{FileId, Time, VersionId};
use attache_tests::{Ask, Client, Setup, TestApp};
use serde_json::{Value, json};

on_both_engines!(
    a_note_with_words_and_a_file_is_one_item,
    the_feed_is_read_page_by_page,
    words_are_for_tokens_that_may_read_records,
    a_feed_is_asked_for_in_its_own_words,
);

const FEED: &str = "/v1/records/deal/7/feed";

/// Puts notes on the deal 7, as the owner of `client`'s token.
async fn note(app: &TestApp, client: &Client, notes: Vec<NewNote>) {
    let caller = app.core().admit(&Credential::Token(Secret::new(client.token().unwrap()))).await.unwrap();
    app.core().records(&caller).unwrap().put_notes(notes).await.unwrap();
}

fn deal() -> Record {
    "deal/7".parse().unwrap()
}

fn words(text: &str) -> NewNote {
    NewNote { text: text.into(), ..NewNote::of(deal(), "common") }
}

fn attachment(file: &Value) -> NewNote {
    NewNote { file: Some(FileUse::of(id(file))), ..NewNote::of(deal(), "attachment") }
}

fn id(file: &Value) -> FileId {
    file["id"].as_str().unwrap().parse().unwrap()
}

/// A file that is on the deal.
async fn on_deal(client: &Client, name: &str) -> Value {
    let file = put(client, name, "x").await;
    client.put(&format!("/v1/records/deal/7/files/{}", file["no"])).ask().await.expect(200);
    file
}

async fn a_note_with_words_and_a_file_is_one_item(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = on_deal(&client, "a.txt").await;
    client.put(&format!("{}/content", at(&file))).body("second").ask().await.expect(200);
    note(&app, &client, vec![attachment(&file), words("signed")]).await;
    let pinned = FileUse { version: Some(VersionId::of(id(&file), 1)), ..FileUse::of(id(&file)) };
    let named = FileUse { name: Some("as it was.txt".into()), ..pinned };
    let earlier = Some(Time::from_millis(1_669_372_247_000));
    let new = NewNote { file: Some(named), created_at: earlier, ..NewNote::of(deal(), "attachment") };
    note(&app, &client, vec![new]).await;

    let items = list(&client, FEED).await;
    let [first, second] = items.as_slice() else { panic!("{items:?}") };
    assert_eq!((&first["text"], &first["author"]), (&json!("signed"), &json!(1)));
    assert_eq!((&second["text"], &second["at"]), (&json!(""), &json!("2022-11-25T10:30:47.000Z")));
    assert_eq!(first["files"][0]["name"], "a.txt");
    assert_eq!(content(&client, &first["files"][0]).await, "second");
    assert_eq!(second["files"][0]["name"], "as it was.txt");
    assert_eq!(content(&client, &second["files"][0]).await, "x");

    client.delete(&at(&file)).ask().await.expect(204);
    for item in list(&client, FEED).await {
        assert_eq!((&item["files"][0]["deleted"], &item["files"][0]["content_url"]), (&json!(true), &Value::Null));
    }
    app.stop().await;
}

async fn content(client: &Client, file: &Value) -> String {
    client.get(file["content_url"].as_str().unwrap()).ask().await.text()
}

async fn the_feed_is_read_page_by_page(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    on_deal(&client, "a.txt").await;
    note(&app, &client, (0..5).map(|no| words(&no.to_string())).collect()).await;
    let (mut read, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("{FEED}?limit=2{cursor}")).ask().await.expect(200);
        read.extend(page["items"].as_array().unwrap().iter().map(|item| item["text"].as_str().unwrap().to_owned()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(read, ["4", "3", "2", "1", "0"]);
    app.stop().await;
}

async fn words_are_for_tokens_that_may_read_records(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = on_deal(&client, "a.txt").await;
    note(&app, &client, vec![attachment(&file), words("between us")]).await;
    let reader = list(&app.client("files:read").await, FEED).await;
    assert_eq!((reader.len(), &reader[0]["text"], &reader[0]["files"][0]["name"]), (1, &json!(""), &json!("a.txt")));
    let both = list(&app.client("files:read,records").await, FEED).await;
    assert_eq!(both[0]["text"], "between us");
    app.client("records").await.get(FEED).ask().await.refused(403, "scope_missing");
    app.stop().await;
}

async fn a_feed_is_asked_for_in_its_own_words(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    assert!(list(&client, FEED).await.is_empty(), "a record that nothing names has no feed");
    client.get("/v1/records/Deal/7/feed").ask().await.refused(422, "record_invalid");
    client.get(&format!("{FEED}?order=asc")).ask().await.refused(400, "unknown_parameter");
    client.get(&format!("{FEED}?limit=0")).ask().await.refused(400, "parameter_invalid");
    client.get(&format!("{FEED}?cursor=x")).ask().await.refused(400, "cursor_invalid");
    app.stop().await;
}
