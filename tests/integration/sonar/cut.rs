//! Uploads that break off: the connection is cut, or the server is killed under them. What was not acknowledged is not
//! there, and what was is.

use super::desk::{Desk, FILES, noise};
use crate::bad_inputs::face_of;
use crate::keap::cut::send;
use crate::kill::{Place, proof};
use crate::native::{is_sound, on_both_engines};
use attache_tests::{Ask, Client, Engine, Process, Setup, said};

on_both_engines!(an_upload_that_is_cut_leaves_nothing_visible);

/// Bytes of a content: several blocks of the volume.
const LEN: usize = 2 << 20;
const KIND: &str = "multipart/form-data; boundary=b";

/// A form of one file.
fn form(bytes: &[u8]) -> Vec<u8> {
    let head = "--b\r\nContent-Disposition: form-data; name=\"files[]\"; filename=\"cut.bin\"\r\n\r\n";
    [head.as_bytes(), bytes, b"\r\n--b--\r\n"].concat()
}

/// Where bodies are broken off: in their heads, in the content, and right before the end.
fn breaks(len: usize) -> [usize; 7] {
    [0, 20, 100, 1000, len / 2, len - 12, len - 5]
}

async fn an_upload_that_is_cut_leaves_nothing_visible(setup: Setup) {
    let desk = Desk::open(setup).await;
    desk.sonar.file("there.txt", "there").await;
    let before = face_of(&desk.native).await;
    let token = desk.sonar.0.token().unwrap().to_owned();
    for len in [LEN, 100] {
        let body = form(&noise(len));
        for most in breaks(body.len()).into_iter().filter(|most| *most < body.len()) {
            let sent = send(&desk.app.url(), ("POST", FILES, KIND), &token, &body, most).await;
            let answer = sent.cut().await;
            assert!(!answer.starts_with("HTTP/1.1 200"), "cut at {most}: {answer}");
            assert_eq!(face_of(&desk.native).await, before, "cut at {most} of {}", body.len());
        }
    }
    is_sound(&desk.app).await;
    desk.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_under_uploads_keeps_what_it_acknowledged_and_nothing_else_on_sqlite() {
    killed_under_uploads(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_under_uploads_keeps_what_it_acknowledged_and_nothing_else_on_postgresql() {
    killed_under_uploads(Engine::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_killed_under_uploads_keeps_what_it_acknowledged_and_nothing_else_on_a_cluster() {
    killed_under_uploads(Engine::Cluster).await;
}

async fn killed_under_uploads(engine: Engine) {
    let Some(place) = Place::new(engine).await else { return };
    let start = || Process::start(place.command(&["serve", "--listen", "127.0.0.1:0"]), place.path());
    let mut server = start();
    let made = place.command(&["token", "create", "--scopes", "all"]).output().unwrap();
    let token = said(&made).trim().to_owned();
    let whole = form(&noise(100_000));
    let broken = form(&noise(LEN));
    for round in 1..=6 {
        let client = Client::new(server.url(), Some(token.clone()));
        let put = client.post(FILES).header("Content-Type", KIND).body(whole.clone()).ask().await.expect(200);
        let no = put["files"][0]["id"].as_i64().unwrap();
        let link = format!(
            "mutation {{ linkFileToEntity(input: {{fileable_type: Account, fileable_id: 1, files: {{file_id: {no}}}}}) {{ id }} }}"
        );
        let linked =
            client.post(super::desk::GRAPHQL).json(&serde_json::json!({ "query": link })).ask().await.expect(200);
        assert_eq!(linked["data"]["linkFileToEntity"]["id"], "1");
        let before = face_of(&client).await;
        let mut hanging = Vec::new();
        for most in [broken.len() / (round + 1), broken.len() - round] {
            hanging.push(send(server.url(), ("POST", FILES, KIND), &token, &broken, most).await);
        }
        // Its answer shows that the server has long read what was sent before it.
        client.get(&format!("{FILES}/{no}")).ask().await.expect(200);
        server.kill();
        drop(hanging);
        proof::wait_for_the_dead(&place).await;
        server = start();
        let client = Client::new(server.url(), Some(token.clone()));
        let after = face_of(&client).await;
        let usage = serde_json::json!([{ "bytes": round * 100_000, "files": round }]);
        assert_eq!((&after["usage"][0], &before["usage"][0]), (&usage[0], &usage[0]));
        let list =
            serde_json::json!({ "query": "{ files(fileable_type: Account fileable_id: 1) { entities { id } } }" });
        let told = client.post(super::desk::GRAPHQL).json(&list).ask().await.expect(200);
        let nos = super::desk::numbers(&told["data"]["files"]);
        assert_eq!(nos.len(), round);
        for no in nos {
            assert!(client.get(&format!("{FILES}/{no}")).ask().await.body == noise(100_000));
        }
        proof::check(&place);
    }
    server.kill();
}
