//! Names that are none, on every surface that takes one.

use super::face_of;
use super::sent::Sent;
use super::table::{Row, rows};
use crate::native::{at, names, post, put};
use attache_tests::{Answer, Ask, Client, TestApp};
use serde_json::{Value, json};

pub(super) async fn a_name_is_judged_alike_on_every_surface(sent: &mut Sent) {
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
                (true, 200..300) => sent.to(surface),
                _ => sent.answered(&row, surface, &answer),
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
    let quoted = row.input.iter().flat_map(|byte| match byte {
        b'"' => b"%22".to_vec(),
        b'\\' => b"\\\\".to_vec(),
        byte => vec![*byte],
    });
    let named: Vec<u8> = [b"filename=\"".to_vec(), quoted.collect(), b"\"".to_vec()].concat();
    let extended = format!("filename*=UTF-8''{}", row.encoded()).into_bytes();
    // A header holds no control characters at all; escaped, they are a name like any other.
    if !row.input.iter().any(u8::is_ascii_control) {
        answers.push(("a part's name", part(client, &named).await));
    }
    answers.push(("a part's extended name", part(client, &extended).await));
    let on_record = format!("/v1/records/deal/1/files?on_conflict=number&name={}", row.encoded());
    answers.push(("a file on a record", client.post(&on_record).body("x").ask().await));
    let import =
        [b"{\"url\":\"http://localhost/\",\"on_conflict\":\"number\",\"name\":".as_slice(), &row.json(), b"}"].concat();
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

/// A form whose part of the file says of itself what `name` holds.
async fn part(client: &Client, name: &[u8]) -> Answer {
    let form = [
        b"--b\r\nContent-Disposition: form-data; name=\"file\"; ".as_slice(),
        name,
        b"\r\n\r\nx\r\n--b\r\nContent-Disposition: form-data; name=\"on_conflict\"\r\n\r\nnumber\r\n--b--\r\n",
    ];
    let request = client.post("/v1/files").header("Content-Type", "multipart/form-data; boundary=b");
    request.body(form.concat()).ask().await
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

pub(super) async fn no_name_through_hubspots_face_is_one_that_misleads(sent: &mut Sent) {
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
        sent.to("a name through HubSpot's face");
        assert!([201, 400].contains(&answer.status.as_u16()), "{}: {}", row.id, answer.text());
        assert!(answer.status == 201 || answer.json()["category"].is_string(), "{}", answer.text());
    }
    for name in names(&client, "/v1/files").await {
        assert!(attache_model::name::check(&name).is_ok_and(|checked| checked == name), "{name:?} is no name");
    }
    assert_eq!(std::fs::read_to_string(&canary).unwrap(), "untouched");
    app.stop().await;
}

pub(super) async fn no_name_through_kommos_face_is_one_that_misleads(sent: &mut Sent) {
    let app = TestApp::start().await;
    let canary = app.data().join("canary.txt");
    std::fs::write(&canary, "untouched").unwrap();
    let client = app.client("all").await;
    for row in rows("name") {
        let session = [b"{\"file_size\":0,\"file_name\":".as_slice(), &row.json(), b"}"].concat();
        let opened = as_json(client.post("/v1.0/sessions"), session).await;
        sent.to("a name through Kommo's face");
        assert!([200, 400].contains(&opened.status.as_u16()), "{}: {}", row.id, opened.text());
        if opened.status == 200 {
            let url = opened.json()["upload_url"].as_str().unwrap().to_owned();
            client.with_token(None).post(&url).body("").ask().await.expect(200);
        }
    }
    for name in names(&client, "/v1/files").await {
        assert!(attache_model::name::check(&name).is_ok_and(|checked| checked == name), "{name:?} is no name");
    }
    assert_eq!(std::fs::read_to_string(&canary).unwrap(), "untouched");
    app.stop().await;
}

#[tokio::test]
async fn no_page_of_ours_lets_a_name_become_markup() {
    use crate::intake::Part::File;
    let app = TestApp::start().await;
    let client = app.client("all").await;
    let name = "<img src=x onerror=alert(1)>.png";
    let made = crate::intake::intake(&client, json!({ "title": name, "note": name, "types": ["image/*"] })).await;
    let url = crate::intake::url(&made);
    let parts = [File(name, "image/png", crate::intake::PNG), File(name, "text/html", b"no picture")];
    for page in [app.stranger().get(url).ask().await, crate::intake::send(&app.stranger(), url, &parts).await] {
        assert_eq!(page.status, 200);
        assert!(page.header("content-type").starts_with("text/html"));
        assert!(!page.text().contains("<img src=x") && page.text().contains("&lt;img src=x"), "{}", page.text());
    }
    app.stop().await;
}
