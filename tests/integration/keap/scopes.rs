//! The rights of Keap's users open Keap's faces alone: every other face demands a right to all files.

use super::desk::{Desk, Place, V1};
use crate::native::on_both_engines;
use crate::tus::{ask, metadata};
use attache_tests::{Answer, Ask, Client, Setup};
use reqwest::multipart::{Form, Part};
use serde_json::json;

on_both_engines!(
    c04_a_token_for_some_files_gets_403_from_every_face_that_knows_all,
    c04_a_token_of_another_vendor_is_no_token_for_these_files
);

/// One request to each kind of place on the faces that know no kinds of files, about a file.
pub(crate) async fn elsewhere(client: &Client, file: &serde_json::Value) -> Vec<(&'static str, Answer)> {
    let (no, id) = (file["no"].to_string(), file["id"].as_str().unwrap().to_owned());
    let form = || {
        let form =
            Form::new().text("options", r#"{"access":"PRIVATE"}"#).text("folderPath", "/").text("fileName", "n.txt");
        form.part("file", Part::text("x").file_name("n.txt"))
    };
    let native = |path: &str| format!("/v1/files{path}");
    let pairs = metadata(&[("filename", "n.txt")]);
    let requests = vec![
        ("native list", client.get("/v1/files")),
        ("native file", client.get(&native(&format!("/{id}")))),
        ("native content", client.get(&native(&format!("/{no}/content")))),
        ("native put", client.post("/v1/files?name=n.txt").body("x")),
        ("native by path", client.put("/v1/files/by-path/n.txt").body("x")),
        ("native rename", client.patch(&native(&format!("/{id}"))).json(&json!({ "name": "n.txt" }))),
        ("native replace", client.put(&native(&format!("/{no}/content"))).body("x")),
        ("native delete", client.delete(&native(&format!("/{id}")))),
        ("native record", client.get("/v1/records/contact/7/files")),
        ("native link", client.put(&format!("/v1/records/deal/7/files/{no}"))),
        ("native share", client.post(&native(&format!("/{id}/links"))).json(&json!({}))),
        ("native trash", client.get("/v1/trash")),
        ("native events", client.get("/v1/events")),
        ("HubSpot search", client.get("/files/v3/files/search")),
        ("HubSpot file", client.get(&format!("/files/v3/files/{no}"))),
        ("HubSpot download", client.get(&format!("/files/v3/files/{no}/download"))),
        ("HubSpot signed", client.get(&format!("/files/v3/files/{no}/signed-url"))),
        ("HubSpot upload", client.post("/files/v3/files").multipart(form())),
        ("HubSpot replace", client.put(&format!("/files/v3/files/{no}")).multipart(form())),
        ("HubSpot delete", client.delete(&format!("/files/v3/files/{no}"))),
        ("Kommo list", client.get("/v1.0/files")),
        ("Kommo file", client.get(&format!("/v1.0/files/{id}"))),
        ("Kommo session", client.post("/v1.0/sessions").json(&json!({ "file_name": "n.txt", "file_size": 1 }))),
        ("Kommo rename", client.patch(&format!("/v1.0/files/{id}")).json(&json!({ "name": "n" }))),
        ("Kommo delete", client.delete("/v1.0/files").json(&json!([{ "uuid": id }]))),
        ("Kommo leads", client.get("/api/v4/leads/7/files")),
    ];
    let mut answers = Vec::new();
    for (what, request) in requests {
        answers.push((what, request.ask().await));
    }
    answers.push(("tus", ask(client, &[("Upload-Length", "1"), ("Upload-Metadata", &pairs)]).await));
    answers
}

async fn c04_a_token_for_some_files_gets_403_from_every_face_that_knows_all(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.keap.file("a.txt", b"hello", Place::Contact(7)).await;
    let before = crate::bad_inputs::face_of(&desk.native).await;
    let file = super::face::native(&desk, no).await;
    for scopes in [
        "keap:user",
        "keap:view_company_files",
        "keap:edit_company_files",
        "files:contact",
        "files:personal",
        "files:company",
        "files:company-write",
        "files:personal,files:contact,files:company,files:company-write",
    ] {
        let client = desk.user(1, scopes).await.0;
        for (what, answer) in elsewhere(&client, &file).await {
            assert_eq!(answer.status, 403, "{scopes} at {what}: {}", answer.text());
            assert!(!answer.text().contains("hello"), "{scopes} at {what}");
        }
    }
    assert_eq!(crate::bad_inputs::face_of(&desk.native).await, before);
    let full = desk.user(1, "keap:full").await.0;
    assert_eq!(full.get("/v1/files").ask().await.status, 200, "whoever may do all in Keap may do all with files");
    desk.stop().await;
}

async fn c04_a_token_of_another_vendor_is_no_token_for_these_files(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.keap.file("a.txt", b"hello", Place::Contact(7)).await;
    for scopes in ["records", "settings", "files:write", "files:delete"] {
        let keap = desk.user(1, scopes).await;
        for path in
            [V1.to_owned(), format!("{V1}/{no}"), super::desk::V2.to_owned(), format!("{}/{no}:data", super::desk::V2)]
        {
            keap.get(&path).await.expect(403);
        }
        assert_eq!(keap.call("FileService.getFile", [no.into()]).await.unwrap_err().0, 14, "{scopes}");
        let rows =
            ["FileBox".into(), 1.into(), 0.into(), super::xml::Xml::Record(vec![]), super::xml::Xml::list(["Id"])];
        assert_eq!(keap.call("DataService.query", rows).await.unwrap_err().0, 14, "{scopes}");
    }
    // Reading all files is reading these.
    let reader = desk.user(1, "files:read").await;
    reader.get(&format!("{V1}/{no}")).await.expect(200);
    reader.put(&format!("{V1}/{no}"), &json!({ "file_name": "b.txt" })).await.expect(403);
    reader.delete(&format!("{V1}/{no}")).await.expect(403);
    desk.stop().await;
}
