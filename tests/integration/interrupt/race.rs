//! Many requests for one upload at the same moment: each ends in what one after the other could have ended in.

use crate::native::{at, content, is_sound, list, noise, on_both_engines, put, statuses};
use crate::tus::{head, metadata, open, patch, patching, tus};
use attache_tests::{Answer, Ask, Client, Setup};
use futures_util::future::join_all;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// How many at once.
const MANY: usize = 20;
/// How often a race of two is run.
const ROUNDS: usize = 10;
/// Larger than what is kept in the database.
const LEN: usize = 100_000;

on_both_engines!(
    the_last_part_sent_by_twenty_at_once_makes_one_version,
    a_whole_upload_that_twenty_ask_after_at_once_becomes_one_file,
    the_same_part_of_eight_senders_is_kept_once_and_answered_eight_times,
    an_upload_given_up_while_it_is_completed_is_a_whole_file_or_none,
    other_bytes_for_a_part_that_completes_are_refused_or_the_file,
    twenty_uploads_for_one_file_that_end_at_once_are_twenty_versions,
    of_twenty_pieces_for_one_offset_one_counts,
);

async fn at_once(requests: impl IntoIterator<Item = RequestBuilder>) -> Vec<Answer> {
    join_all(requests.into_iter().map(Ask::ask)).await
}

/// Opens a session; its number and where its first part goes.
async fn session(client: &Client, mut plan: Value, len: usize) -> (i64, String) {
    plan["file_size"] = json!(len);
    let opened = client.post("/v1.0/sessions").json(&plan).ask().await.expect(200);
    (opened["session_id"].as_i64().unwrap(), opened["upload_url"].as_str().unwrap().to_owned())
}

fn part(client: &Client, url: &str, bytes: &[u8]) -> RequestBuilder {
    client.with_token(None).post(url).body(bytes.to_vec())
}

async fn usage(client: &Client) -> Value {
    client.get("/v1/account").ask().await.expect(200)["usage"].clone()
}

async fn versions(client: &Client, file: &Value) -> Vec<Value> {
    let versions = client.get(&format!("{}/versions", at(file))).ask().await.expect(200);
    versions["items"].as_array().unwrap().clone()
}

async fn the_last_part_sent_by_twenty_at_once_makes_one_version(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    for len in [10, LEN] {
        let file = put(&client, &format!("{len}.bin"), "the first").await;
        let (_, url) = session(&client, json!({ "file_name": "x.bin", "file_uuid": file["id"] }), len).await;
        let bytes = noise(1, len);
        // Whole, and not to be completed yet.
        client.delete(&at(&file)).ask().await.expect(204);
        part(&client, &url, &bytes).ask().await.expect(400);
        client.post(&format!("{}/restore", at(&file))).ask().await.expect(200);

        let answers = at_once((0..MANY).map(|_| part(&client, &url, &bytes))).await;
        assert_eq!(statuses(&answers), [(200, MANY)]);
        let told: BTreeSet<String> = answers.iter().map(|answer| answer.json()["version_uuid"].to_string()).collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(versions(&client, &file).await.len(), 2);
        assert!(content(&client, &file).await == bytes);
    }
    is_sound(&app).await;
    app.stop().await;
}

async fn a_whole_upload_that_twenty_ask_after_at_once_becomes_one_file(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    for len in [10, LEN] {
        let file = put(&client, &format!("{len}.bin"), "the first").await;
        let bytes = noise(1, len);
        let pairs = metadata(&[("file", file["id"].as_str().unwrap())]);
        let upload = open(&client, &[("Upload-Length", &len.to_string()), ("Upload-Metadata", &pairs)]).await;
        client.delete(&at(&file)).ask().await.expect(204);
        assert_eq!(patch(&client, &upload, 0, bytes.clone()).await.status, 409);
        client.post(&format!("{}/restore", at(&file))).ask().await.expect(200);

        let heads = at_once((0..MANY).map(|_| tus(&client, Method::HEAD, &upload)));
        let pieces = at_once((0..MANY).map(|_| patching(&client, &upload, len as u64, "")));
        let (heads, pieces) = tokio::join!(heads, pieces);
        assert_eq!(statuses(&heads), [(200, MANY)]);
        assert!(pieces.iter().all(|answer| [204, 409].contains(&answer.status.as_u16())), "{:?}", statuses(&pieces));
        let last = head(&client, &upload).await;
        assert_eq!(last.header("attache-file"), file["id"].as_str().unwrap());
        assert_eq!(versions(&client, &file).await.len(), 2);
        assert!(content(&client, &file).await == bytes);
    }
    is_sound(&app).await;
    app.stop().await;
}

async fn the_same_part_of_eight_senders_is_kept_once_and_answered_eight_times(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let bytes = noise(2, 3 * LEN);
    let (_, mut url) = session(&client, json!({ "file_name": "a.bin" }), bytes.len()).await;
    for (no, chunk) in bytes.chunks(LEN).enumerate() {
        let answers = at_once((0..8).map(|_| part(&client, &url, chunk))).await;
        assert_eq!(statuses(&answers), [(if no < 2 { 202 } else { 200 }, 8)]);
        let told: BTreeSet<String> = answers.iter().map(Answer::text).collect();
        assert_eq!(told.len(), 1, "all are told the same: {told:?}");
        url = answers[0].json()["next_url"].as_str().unwrap_or_default().to_owned();
    }
    let files = list(&client, "/v1/files").await;
    assert_eq!(files.len(), 1);
    assert!(content(&client, &files[0]).await == bytes);
    is_sound(&app).await;
    app.stop().await;
}

async fn an_upload_given_up_while_it_is_completed_is_a_whole_file_or_none(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let mut made = 0;
    for round in 0..ROUNDS {
        let (len, name) = (if round % 2 == 0 { 10 } else { LEN }, format!("{round}.bin"));
        let bytes = noise(round as u64, len);
        let (no, url) = session(&client, json!({ "file_name": name }), len).await;
        let cancel = client.delete(&format!("/v1.0/sessions/{no}"));
        let (sent, cancelled) = tokio::join!(part(&client, &url, &bytes).ask(), cancel.ask());
        assert_eq!(cancelled.status, 204, "{}", cancelled.text());
        // What was called off is told so; what came too late finds no session.
        assert!([200, 404, 409].contains(&sent.status.as_u16()), "{}", sent.text());
        let files = list(&client, &format!("/v1/files?name={name}")).await;
        assert_eq!(files.len(), usize::from(sent.status == 200), "{}", sent.text());
        for file in &files {
            made += len;
            assert!(content(&client, file).await == bytes);
        }
        assert_eq!(client.get(&format!("/v1.0/sessions/{no}")).ask().await.status, 404);
    }
    assert_eq!(usage(&client).await["bytes"], made, "nothing is reserved any more");
    is_sound(&app).await;
    app.stop().await;
}

async fn other_bytes_for_a_part_that_completes_are_refused_or_the_file(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    for round in 0..ROUNDS {
        let len = if round % 2 == 0 { 10 } else { LEN };
        let (_, url) = session(&client, json!({ "file_name": format!("{round}.bin") }), len).await;
        let contents = [noise(1 + round as u64, len), noise(100 + round as u64, len)];
        let answers = at_once(contents.iter().map(|bytes| part(&client, &url, bytes))).await;
        assert_eq!(statuses(&answers), [(200, 1), (409, 1)]);
        let won = answers.iter().position(|answer| answer.status == 200).unwrap();
        let uuid = answers[won].json()["uuid"].clone();
        assert!(content(&client, &json!({ "id": uuid })).await == contents[won]);
    }
    assert_eq!(list(&client, "/v1/files").await.len(), ROUNDS);
    is_sound(&app).await;
    app.stop().await;
}

async fn twenty_uploads_for_one_file_that_end_at_once_are_twenty_versions(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = put(&client, "a.bin", "the first").await;
    let contents: Vec<Vec<u8>> = (0..MANY as u64).map(|no| noise(no + 1, if no % 2 == 0 { 10 } else { LEN })).collect();
    let mut requests = Vec::new();
    for (no, bytes) in contents.iter().enumerate() {
        requests.push(if no % 3 == 0 {
            let (_, url) =
                session(&client, json!({ "file_name": "x.bin", "file_uuid": file["id"] }), bytes.len()).await;
            part(&client, &url, bytes)
        } else {
            let pairs = metadata(&[("file", file["id"].as_str().unwrap())]);
            let headers = [("Upload-Length", &*bytes.len().to_string()), ("Upload-Metadata", &*pairs)];
            patching(&client, &open(&client, &headers).await, 0, bytes.clone())
        });
    }
    let answers = at_once(requests).await;
    assert!(answers.iter().all(|answer| answer.status.is_success()), "{:?}", statuses(&answers));
    assert_eq!(list(&client, "/v1/files").await.len(), 1);
    let mut kept = BTreeSet::new();
    for no in 2..=MANY + 1 {
        kept.insert(client.get(&format!("{}/versions/{no}/content", at(&file))).ask().await.body);
    }
    assert!(kept == contents.into_iter().collect(), "a version is missing");
    is_sound(&app).await;
    app.stop().await;
}

async fn of_twenty_pieces_for_one_offset_one_counts(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let upload =
        open(&client, &[("Upload-Length", "200000"), ("Upload-Metadata", &metadata(&[("filename", "a")]))]).await;
    let contents: Vec<Vec<u8>> = (0..MANY as u64).map(|no| noise(no + 1, LEN)).collect();
    let answers = at_once(contents.iter().map(|bytes| patching(&client, &upload, 0, bytes.clone()))).await;
    assert!(answers.iter().all(|answer| [204, 409].contains(&answer.status.as_u16())), "{:?}", statuses(&answers));
    // All that were called off with some bytes here already are told where the upload stands; it goes on from there.
    let offset: usize = head(&client, &upload).await.header("upload-offset").parse().unwrap();
    let rest = noise(99, 2 * LEN - offset);
    let last = patch(&client, &upload, offset as u64, rest.clone()).await;
    assert_eq!(last.status, 204, "{}", last.text());
    let whole = crate::tus::content(&client, &last).await;
    let won = contents.iter().filter(|bytes| bytes.starts_with(&whole[..offset])).count();
    assert!(whole[offset..] == rest && (offset == 0 || won == 1), "bytes of several senders are mixed");
    is_sound(&app).await;
    app.stop().await;
}
