//! Many at once: exactly one wins what only one can have, and nobody else loses anything.

use super::{at, content, is_sound, list, names, noise, on_both_engines, post, put, statuses};
use attache_tests::{Answer, Ask, Setup};
use futures_util::future::join_all;
use reqwest::RequestBuilder;
use serde_json::json;
use std::collections::BTreeSet;

/// How many at once.
const MANY: usize = 20;

on_both_engines!(
    of_twenty_replaces_under_one_condition_one_holds,
    of_twenty_changes_under_one_condition_one_holds,
    of_twenty_puts_of_one_name_one_is_made,
    twenty_puts_to_one_path_are_twenty_versions_of_one_file,
    twenty_puts_that_take_numbers_get_twenty_names,
    of_twenty_restores_one_restores,
    of_twenty_erases_one_erases,
    twenty_puts_into_one_new_folder_make_one_folder,
    equal_bytes_erased_and_put_at_once_stay_whole_where_they_are_kept,
    a_folder_deleted_under_uploads_leaves_no_file_without_a_folder,
    a_client_that_goes_away_at_the_last_moment_leaves_a_whole_file_or_none,
);

async fn at_once(requests: impl IntoIterator<Item = RequestBuilder>) -> Vec<Answer> {
    join_all(requests.into_iter().map(Ask::ask)).await
}

async fn of_twenty_replaces_under_one_condition_one_holds(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = put(&client, "a.bin", noise(1, 100_000)).await;
    let tag = file["etag"].as_str().unwrap();
    let replace = |no| {
        let content = noise(100 + no, 70_000);
        client.put(&format!("{}/content", at(&file))).header("If-Match", tag).body(content)
    };
    let answers = at_once((0..MANY as u64).map(replace)).await;
    assert_eq!(statuses(&answers), [(200, 1), (412, MANY - 1)]);
    let winner = answers.iter().position(|answer| answer.status == 200).unwrap();
    assert!(content(&client, &file).await == noise(100 + winner as u64, 70_000));
    let versions = client.get(&format!("{}/versions", at(&file))).ask().await.expect(200);
    assert_eq!(versions["items"].as_array().unwrap().len(), 2);
    is_sound(&app).await;
    app.stop().await;
}

async fn of_twenty_changes_under_one_condition_one_holds(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = put(&client, "a.txt", "x").await;
    let tag = file["etag"].as_str().unwrap();
    let rename = |no| client.patch(&at(&file)).header("If-Match", tag).json(&json!({ "name": format!("b{no}.txt") }));
    let answers = at_once((0..MANY).map(rename)).await;
    assert_eq!(statuses(&answers), [(200, 1), (412, MANY - 1)]);
    let winner = answers.iter().find(|answer| answer.status == 200).unwrap().json();
    assert_eq!(list(&client, "/v1/files").await, [winner]);
    app.stop().await;
}

async fn of_twenty_puts_of_one_name_one_is_made(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let answers = join_all((0..MANY as u64).map(|no| post(&client, "name=a.bin", noise(no + 1, 80_000)))).await;
    assert_eq!(statuses(&answers), [(201, 1), (409, MANY - 1)]);
    let winner = answers.iter().position(|answer| answer.status == 201).unwrap();
    assert!(content(&client, &answers[winner].json()).await == noise(winner as u64 + 1, 80_000));
    assert_eq!(names(&client, "/v1/files").await, ["a.bin"]);
    is_sound(&app).await;
    app.stop().await;
}

async fn twenty_puts_to_one_path_are_twenty_versions_of_one_file(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let contents: Vec<Vec<u8>> = (0..MANY as u64).map(|no| noise(no + 1, 1000)).collect();
    let files = join_all(contents.iter().map(|bytes| put(&client, "new/a.bin", bytes.clone()))).await;
    assert_eq!(files.iter().map(|file| file["id"].to_string()).collect::<BTreeSet<_>>().len(), 1);
    let mut kept = BTreeSet::new();
    for no in 1..=MANY {
        kept.insert(client.get(&format!("{}/versions/{no}/content", at(&files[0]))).ask().await.body);
    }
    assert!(kept == contents.into_iter().collect(), "a version is missing");
    is_sound(&app).await;
    app.stop().await;
}

async fn twenty_puts_that_take_numbers_get_twenty_names(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let answers =
        join_all((0..MANY as u64).map(|no| post(&client, "name=a.txt&on_conflict=number", noise(no, 10)))).await;
    assert_eq!(statuses(&answers), [(201, MANY)]);
    let wanted: BTreeSet<String> =
        std::iter::once("a.txt".to_owned()).chain((1..MANY).map(|no| format!("a-{no}.txt"))).collect();
    assert_eq!(names(&client, "/v1/files").await.into_iter().collect::<BTreeSet<_>>(), wanted);
    app.stop().await;
}

async fn of_twenty_restores_one_restores(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = put(&client, "a.txt", "x").await;
    client.delete(&at(&file)).ask().await.expect(204);
    let answers = at_once((0..MANY).map(|_| client.post(&format!("{}/restore", at(&file))))).await;
    assert_eq!(statuses(&answers), [(200, 1), (409, MANY - 1)]);
    assert_eq!(names(&client, "/v1/files").await, ["a.txt"]);
    app.stop().await;
}

async fn of_twenty_erases_one_erases(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = put(&client, "a.bin", noise(1, 100_000)).await;
    let answers = at_once((0..MANY).map(|_| client.delete(&format!("{}?erase=true", at(&file))))).await;
    assert_eq!(statuses(&answers), [(204, 1), (404, MANY - 1)]);
    is_sound(&app).await;
    app.stop().await;
}

async fn twenty_puts_into_one_new_folder_make_one_folder(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let paths: Vec<String> = (0..MANY).map(|no| format!("a/b/c/{no}.txt")).collect();
    join_all(paths.iter().map(|path| put(&client, path, "x"))).await;
    assert_eq!(list(&client, "/v1/folders").await.len(), 3);
    assert_eq!(list(&client, "/v1/files?folder=/a/b/c").await.len(), MANY);
    app.stop().await;
}

async fn equal_bytes_erased_and_put_at_once_stay_whole_where_they_are_kept(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    for len in [1000, 100_000] {
        let bytes = noise(len as u64, len);
        for round in 0..6 {
            let old = put(&client, &format!("old-{len}-{round}.bin"), bytes.clone()).await;
            let erase = client.delete(&format!("{}?erase=true", at(&old)));
            let path = format!("new-{len}-{round}.bin");
            let (erased, new) = tokio::join!(erase.ask(), put(&client, &path, bytes.clone()));
            erased.expect(204);
            assert!(content(&client, &new).await == bytes, "the twin of an erased file lost its bytes");
        }
    }
    is_sound(&app).await;
    app.stop().await;
}

async fn a_folder_deleted_under_uploads_leaves_no_file_without_a_folder(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    for round in 0..5 {
        let folder = client.post("/v1/folders").json(&json!({ "path": format!("/f{round}") })).ask().await.expect(201);
        let puts = join_all((0..8).map(|no| {
            let query = format!("name={round}-{no}.txt&folder_id={}", folder["no"]);
            let client = client.clone();
            async move { post(&client, &query, "x").await }
        }));
        let delete = client.delete(&format!("/v1/folders/{}", folder["id"].as_str().unwrap()));
        let (answers, deleted) = tokio::join!(puts, delete.ask());
        deleted.expect(204);
        for answer in answers {
            match answer.status.as_u16() {
                // It was in time, and went to the trash with its folder.
                201 => client.get(&at(&answer.json())).ask().await.refused(404, "not_found"),
                _ => answer.refused(404, "not_found"),
            }
        }
    }
    assert!(list(&client, "/v1/files").await.is_empty());
    for trashed in list(&client, "/v1/trash").await {
        let back = client.post(&format!("{}/restore", at(&trashed))).ask().await.expect(200);
        assert_eq!(back["folder"], "/", "its folder is gone, so it comes back into the root");
    }
    app.stop().await;
}

async fn a_client_that_goes_away_at_the_last_moment_leaves_a_whole_file_or_none(setup: Setup) {
    use tokio::io::AsyncWriteExt as _;
    let app = setup.start().await;
    let client = app.client("all").await;
    let address = app.url().trim_start_matches("http://").to_owned();
    let bytes = noise(7, 100_000);
    let go = async |no: usize| {
        let head = format!(
            "PUT /v1/files/by-path/{no}.bin HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\n\
             Content-Length: {}\r\n\r\n",
            client.token().unwrap(),
            bytes.len() + 8
        );
        let mut stream = tokio::net::TcpStream::connect(&address).await.unwrap();
        let body = [head.as_bytes(), &bytes, &no.to_le_bytes()].concat();
        // All of it is sent, then nobody waits: the server may be anywhere on its way when it finds out.
        stream.write_all(&body).await.unwrap();
        for _ in 0..no % 40 {
            tokio::task::yield_now().await;
        }
    };
    join_all((0..120).map(go)).await;
    // Requests of gone clients end by themselves; a request that is answered shows that the server goes on.
    for _ in 0..20 {
        put(&client, "last.txt", "x").await;
    }
    for file in list(&client, "/v1/files").await.iter().filter(|file| file["name"] != "last.txt") {
        assert_eq!(content(&client, file).await.len(), bytes.len() + 8);
    }
    let app = app.stop().await.start().await;
    is_sound(&app).await;
    app.stop().await;
}
