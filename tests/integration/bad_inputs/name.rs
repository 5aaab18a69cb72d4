//! Names that are none, on every surface that takes one.

use super::table::{Row, rows};
use super::{demand, face_of};
use crate::native::{at, names, post, put};
use attache_tests::{Answer, Ask, Client, TestApp};
use serde_json::{Value, json};

#[tokio::test]
async fn a_name_is_judged_alike_on_every_surface() {
    let app = TestApp::start().await;
    let canary = app.data().join("canary.txt");
    std::fs::write(&canary, "untouched").unwrap();
    let client = app.client("all").await;
    let file = put(&client, "there.txt", "x").await;
    let folder = client.post("/v1/folders").json(&json!({ "path": "/there" })).ask().await.expect(201);
    for row in rows("name") {
        let before = face_of(&client).await;
        for (surface, answer) in offer(&client, &row, &file, &folder).await {
            match (row.is_good(), answer.status.as_u16()) {
                (true, 200..300) => {}
                // On each surface the same name again is taken by then, or it is no name for a folder.
                _ => demand(&row, surface, &answer),
            }
        }
        if row.is_good() {
            let listed = names(&client, "/v1/files").await;
            assert!(listed.contains(&row.text()), "{}: {listed:?}", row.id);
        } else {
            assert_eq!(face_of(&client).await, before, "{} left something", row.id);
        }
        for file in crate::native::list(&client, "/v1/files").await.iter().filter(|file| file["name"] != "there.txt") {
            client.delete(&format!("{}?erase=true", at(file))).ask().await.expect(204);
        }
    }
    assert_eq!(std::fs::read_to_string(&canary).unwrap(), "untouched");
    app.stop().await;
}

/// Offers a name on every surface.
async fn offer(client: &Client, row: &Row, file: &Value, folder: &Value) -> Vec<(&'static str, Answer)> {
    let raw = client.post(&format!("/v1/files?name={}", row.encoded())).body("x").ask().await;
    let form = [
        b"--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\n".as_slice(),
        &row.input,
        b"\r\n--b\r\nContent-Disposition: form-data; name=\"on_conflict\"\r\n\r\nnumber",
        b"\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"n.txt\"\r\n\r\nx\r\n--b--\r\n",
    ];
    let form = client
        .post("/v1/files")
        .header("Content-Type", "multipart/form-data; boundary=b")
        .body(form.concat())
        .ask()
        .await;
    let mut answers = vec![("a query", raw), ("a form's field", form)];
    let import =
        [b"{\"url\":\"http://127.0.0.1:9/\",\"on_conflict\":\"number\",\"name\":".as_slice(), &row.json(), b"}"]
            .concat();
    answers.push(("an import", as_json(client.post("/v1/imports"), import).await));
    if !row.is_good() {
        let renamed = [b"{\"name\":".as_slice(), &row.json(), b"}"].concat();
        answers.push(("a new name of a file", as_json(client.patch(&at(file)), renamed.clone()).await));
        answers.push(("a new folder", as_json(client.post("/v1/folders"), renamed.clone()).await));
        let place = format!("/v1/folders/{}", folder["id"].as_str().unwrap());
        answers.push(("a new name of a folder", as_json(client.patch(&place), renamed).await));
    }
    answers
}

async fn as_json(request: reqwest::RequestBuilder, body: Vec<u8>) -> Answer {
    request.header("Content-Type", "application/json").body(body).ask().await
}

#[tokio::test]
async fn two_spellings_of_one_name_are_one_name() {
    let app = TestApp::start().await;
    let client = app.client("all").await;
    post(&client, "name=cafe%CC%81.txt", "x").await.expect(201);
    post(&client, "name=caf%C3%A9.txt", "x").await.refused(409, "name_taken");
    assert_eq!(names(&client, "/v1/files").await, ["caf\u{e9}.txt"]);
    app.stop().await;
}

#[tokio::test]
async fn names_that_differ_in_case_are_two() {
    let app = TestApp::start().await;
    let client = app.client("all").await;
    post(&client, "name=README.txt", "x").await.expect(201);
    post(&client, "name=readme.TXT", "x").await.expect(201);
    assert_eq!(names(&client, "/v1/files").await.len(), 2);
    app.stop().await;
}

#[tokio::test]
async fn no_name_through_hubspots_face_is_one_that_misleads() {
    let app = TestApp::start().await;
    let canary = app.data().join("canary.txt");
    std::fs::write(&canary, "untouched").unwrap();
    let client = app.client("all").await;
    for row in rows("name") {
        let form = [
            b"--b\r\nContent-Disposition: form-data; name=\"fileName\"\r\n\r\n".as_slice(),
            &row.input,
            b"\r\n--b\r\nContent-Disposition: form-data; name=\"folderPath\"\r\n\r\n/f",
            b"\r\n--b\r\nContent-Disposition: form-data; name=\"options\"\r\n\r\n{\"access\":\"PRIVATE\"}",
            b"\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"n.txt\"\r\n\r\nx\r\n--b--\r\n",
        ];
        let request = client.post("/files/v3/files").header("Content-Type", "multipart/form-data; boundary=b");
        let answer = request.body(form.concat()).ask().await;
        assert!([201, 400].contains(&answer.status.as_u16()), "{}: {}", row.id, answer.text());
        assert!(answer.status == 201 || answer.json()["category"].is_string(), "{}", answer.text());
    }
    for name in names(&client, "/v1/files").await {
        assert!(attache_model::name::check(&name).is_ok_and(|checked| checked == name), "{name:?} is no name");
    }
    assert_eq!(std::fs::read_to_string(&canary).unwrap(), "untouched");
    app.stop().await;
}
