//! Putting files in.

use super::{at, content, is_sound, list, noise, on_both_engines, post, put};
use attache_tests::{Ask, Client, Setup};
use reqwest::multipart::{Form, Part};
use serde_json::Value;
use sha2::{Digest, Sha256};

on_both_engines!(
    a_file_comes_back_bit_exact_however_it_was_put_in,
    a_list_shows_what_the_answer_of_the_put_showed,
    content_of_another_digest_than_declared_leaves_nothing,
);

/// Lengths around every threshold: empty, one byte, the last that goes into the database, the first that does not, one
/// that takes several blocks.
const LENGTHS: [usize; 6] = [0, 1, 16 << 10, 64 << 10, (64 << 10) + 1, (3 << 20) + 17];

async fn a_file_comes_back_bit_exact_however_it_was_put_in(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    for (seed, len) in LENGTHS.into_iter().enumerate() {
        let bytes = noise(seed as u64 + 1, len);
        let form = form(&client, &format!("form-{len}.bin"), &bytes).await;
        let raw = post(&client, &format!("name=raw-{len}.bin"), bytes.clone()).await.expect(201);
        let by_path = put(&client, &format!("deep/er/path-{len}.bin"), bytes.clone()).await;
        for file in [form, raw, by_path] {
            assert_eq!(file["version"]["size"], len);
            assert_eq!(file["version"]["sha256"], hex::encode(Sha256::digest(&bytes)));
            assert!(content(&client, &file).await == bytes, "{len} bytes came back as others: {file}");
        }
    }
    is_sound(&app).await;
    app.stop().await;
}

async fn form(client: &Client, name: &str, bytes: &[u8]) -> Value {
    let form =
        Form::new().text("name", name.to_owned()).part("file", Part::bytes(bytes.to_vec()).file_name("other.bin"));
    client.post("/v1/files").multipart(form).ask().await.expect(201)
}

async fn a_list_shows_what_the_answer_of_the_put_showed(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let metadata = "metadata=%7B%22lang%22%3A%22de%22%7D";
    let query = format!("name=lease.pdf&folder=/contracts/2026&access=private&record=contact/42&{metadata}");
    let file = post(&client, &query, "%PDF-1.7 lease").await.expect(201);
    assert_eq!(file["path"], "/contracts/2026/lease.pdf");
    assert_eq!(file["metadata"]["lang"], "de");
    assert_eq!(list(&client, "/v1/files").await, std::slice::from_ref(&file));
    assert_eq!(client.get(&at(&file)).ask().await.expect(200), file);
    assert_eq!(client.get("/v1/files/by-path/contracts/2026/lease.pdf").ask().await.expect(200), file);
    let on_record = list(&client, "/v1/records/contact/42/files").await;
    assert_eq!(on_record[0]["file"], file);
    app.stop().await;
}

async fn content_of_another_digest_than_declared_leaves_nothing(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let other = hex::encode(Sha256::digest(b"other bytes"));
    for len in [10, 100_000] {
        post(&client, &format!("name=a.bin&sha256={other}"), noise(1, len)).await.refused(400, "checksum_mismatch");
        let form =
            Form::new().text("sha256", other.clone()).part("file", Part::bytes(noise(1, len)).file_name("a.bin"));
        client.post("/v1/files").multipart(form).ask().await.refused(400, "checksum_mismatch");
    }
    assert!(list(&client, "/v1/files").await.is_empty());
    is_sound(&app).await;
    app.stop().await;
}
