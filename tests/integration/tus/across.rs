//! What came in through tus is a file like any other, in every face.

use super::{ask, file, metadata, open, patch};
use crate::native::{at, content, list, on_both_engines, put};
use attache_tests::{Ask, Client, Setup};
use serde_json::{Value, json};

on_both_engines!(
    an_upload_is_found_by_every_face_under_one_number,
    an_upload_is_on_the_records_that_it_names,
    an_upload_goes_into_the_folder_that_it_names,
    an_upload_of_a_file_is_its_next_version,
    a_public_upload_is_served_to_strangers,
    a_file_that_was_deleted_meanwhile_takes_no_version_and_says_so,
    a_file_in_the_trash_is_not_shown_by_its_upload,
);

/// The file that an upload of `hello` with these pairs becomes.
async fn uploaded(client: &Client, pairs: &[(&str, &str)]) -> Value {
    let at = open(client, &[("Upload-Length", "5"), ("Upload-Metadata", &metadata(pairs))]).await;
    let done = patch(client, &at, 0, "hello").await;
    assert_eq!(done.status, 204, "{}", done.text());
    file(client, &done).await
}

async fn an_upload_is_found_by_every_face_under_one_number(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let made = uploaded(&client, &[("filename", "lease.txt"), ("filetype", "text/plain")]).await;
    assert_eq!(
        (made["name"].as_str(), made["version"]["media_type"].as_str()),
        (Some("lease.txt"), Some("text/plain"))
    );
    assert_eq!((&made["access"], &made["source"]), (&json!("private"), &json!("upload")));
    let found = client.get("/files/v3/files/search?name=lease").ask().await.expect(200);
    assert_eq!(found["results"][0]["id"], made["no"].to_string());
    let listed = list(&client, "/v1/files?name=lease.txt").await;
    assert_eq!(listed, [made]);
    app.stop().await;
}

async fn an_upload_is_on_the_records_that_it_names(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let made = uploaded(&client, &[("name", "a.txt"), ("record", "contact/42,deal/7")]).await;
    for record in ["contact/42", "deal/7"] {
        let listed = list(&client, &format!("/v1/records/{record}/files")).await;
        assert_eq!(listed.len(), 1, "{record}");
        assert!(listed[0].to_string().contains(made["id"].as_str().unwrap()), "{record}");
    }
    app.stop().await;
}

async fn an_upload_goes_into_the_folder_that_it_names(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let made = uploaded(&client, &[("filename", "a.txt"), ("folder", "/contracts/2026")]).await;
    assert_eq!(made["path"], "/contracts/2026/a.txt");
    let folder = made["folder_no"].to_string();
    assert_eq!(
        uploaded(&client, &[("filename", "b.txt"), ("folder_id", &folder)]).await["path"],
        "/contracts/2026/b.txt"
    );
    app.stop().await;
}

async fn an_upload_of_a_file_is_its_next_version(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let first = put(&client, "a.txt", "the first").await;
    let id = first["id"].as_str().unwrap();
    let second = uploaded(&client, &[("file", id), ("filename", "other.txt")]).await;
    assert_eq!((&second["id"], &second["name"], &second["version"]["no"]), (&first["id"], &json!("a.txt"), &json!(2)));
    assert_eq!(content(&client, &first).await, b"hello");
    let old = client.get(&format!("{}/versions/1/content", at(&first))).ask().await;
    assert_eq!(old.body, b"the first");
    let third = uploaded(&client, &[("file", &first["no"].to_string()), ("access", "public_indexable")]).await;
    assert_eq!((&third["version"]["no"], &third["access"]), (&json!(3), &json!("public_indexable")));
    app.stop().await;
}

async fn a_public_upload_is_served_to_strangers(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let made = uploaded(&client, &[("filename", "logo.txt"), ("access", "public_not_indexable")]).await;
    let shown = client.get(&format!("/files/v3/files/{}", made["no"])).ask().await.expect(200);
    let url = shown["url"].as_str().unwrap();
    assert_eq!(app.stranger().get(url).ask().await.text(), "hello");
    app.stop().await;
}

async fn a_file_that_was_deleted_meanwhile_takes_no_version_and_says_so(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let first = put(&client, "a.txt", "the first").await;
    let pairs = metadata(&[("file", first["id"].as_str().unwrap())]);
    let opened = open(&client, &[("Upload-Length", "5"), ("Upload-Metadata", &pairs)]).await;
    client.delete(&at(&first)).ask().await.expect(204);
    let refused = ask(&client, &[("Upload-Length", "5"), ("Upload-Metadata", &pairs)]).await;
    assert!([404, 409].contains(&refused.status.as_u16()), "{}", refused.text());
    let late = patch(&client, &opened, 0, "hello").await;
    assert_eq!(late.status, 409, "{}", late.text());
    // The bytes are not lost: once the file is back, asking again is enough.
    client.post(&format!("{}/restore", at(&first))).ask().await.expect(200);
    let seen = super::head(&client, &opened).await;
    assert_eq!((seen.status.as_u16(), seen.header("upload-offset")), (200, "5"));
    assert_eq!(content(&client, &first).await, b"hello");
    app.stop().await;
}

async fn a_file_in_the_trash_is_not_shown_by_its_upload(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let opened = open(&client, &[("Upload-Length", "5")]).await;
    let made = file(&client, &patch(&client, &opened, 0, "hello").await).await;
    client.delete(&at(&made)).ask().await.expect(204);
    let seen = super::head(&client, &opened).await;
    assert_eq!((seen.status.as_u16(), seen.header("upload-offset")), (200, "5"));
    assert!(!seen.headers.contains_key("attache-file") && !seen.headers.contains_key("content-location"));
    app.stop().await;
}
