//! Every face of a server, as one thing that puts files in, replaces them and reads them: all of them show one file.

use super::desk::{Desk, Place, V1, V2, decoded};
use super::xml::Xml;
use crate::native::{at, post};
use crate::tus::{metadata, open, patch};
use attache_tests::{Ask, Client};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

/// What takes files in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Face {
    V1,
    V2,
    Rpc,
    Native,
    HubSpot,
    Kommo,
    Tus,
    Sonar,
}

impl Face {
    pub(super) const ALL: [Face; 8] =
        [Face::V1, Face::V2, Face::Rpc, Face::Native, Face::HubSpot, Face::Kommo, Face::Tus, Face::Sonar];
    /// Those that give a file other content.
    pub(super) const REPLACING: [Face; 7] =
        [Face::V1, Face::V2, Face::Rpc, Face::Native, Face::HubSpot, Face::Kommo, Face::Tus];

    /// Puts a file in that is on no record; its number.
    pub(super) async fn put(self, desk: &Desk, name: &str, bytes: &[u8]) -> i64 {
        match self {
            Face::V1 => desk.keap.file(name, bytes, Place::Company).await,
            Face::V2 => number(&desk.keap.upload2(name, bytes, Place::Company).await["id"]),
            Face::Rpc => {
                let args = [name.into(), Xml::content(bytes)];
                desk.keap.call("FileService.uploadFile", args).await.unwrap().int()
            }
            Face::Native => number(&post(&desk.native, &format!("name={name}"), bytes).await.expect(201)["no"]),
            Face::HubSpot => {
                let form = hubspot(name, bytes).text("folderPath", "/");
                number(&desk.native.post("/files/v3/files").multipart(form).ask().await.expect(201)["id"])
            }
            Face::Kommo => {
                let opening = json!({ "file_name": name, "file_size": bytes.len() });
                number(&kommo(&desk.native, opening, bytes).await["id"])
            }
            Face::Tus => tus(&desk.native, &[("filename", name)], bytes).await,
            Face::Sonar => {
                let form = Form::new().part("files[]", Part::bytes(bytes.to_vec()).file_name(name.to_owned()));
                number(&desk.native.post("/api/files").multipart(form).ask().await.expect(200)["files"][0]["id"])
            }
        }
    }

    /// Gives a file other content.
    pub(super) async fn replace(self, desk: &Desk, no: i64, bytes: &[u8]) {
        match self {
            Face::V1 => {
                let body = json!({ "file_data": STANDARD.encode(bytes) });
                desk.keap.put(&format!("{V1}/{no}"), &body).await.expect(200);
            }
            Face::V2 => {
                let form = Form::new().part("file", Part::bytes(bytes.to_vec()));
                desk.keap.form(&format!("{V2}/{no}"), form).await.expect(200);
            }
            Face::Rpc => {
                let told = desk.keap.call("FileService.replaceFile", [no.into(), Xml::content(bytes)]).await;
                assert_eq!(told, Ok(Xml::Bool(true)));
            }
            Face::Native => {
                desk.native.put(&format!("/v1/files/{no}/content")).body(bytes.to_vec()).ask().await.expect(200);
            }
            Face::HubSpot => {
                let path = format!("/files/v3/files/{no}");
                desk.native.put(&path).multipart(hubspot("ignored.bin", bytes)).ask().await.expect(200);
            }
            Face::Kommo => {
                let file = native(desk, no).await;
                let opening = json!({ "file_name": file["name"], "file_size": bytes.len(), "file_uuid": file["id"] });
                kommo(&desk.native, opening, bytes).await;
            }
            Face::Tus => drop(tus(&desk.native, &[("file", &no.to_string())], bytes).await),
            Face::Sonar => panic!("Sonar replaces nothing"),
        }
    }
}

/// The file as our own API shows it.
pub(super) async fn native(desk: &Desk, no: i64) -> Value {
    desk.native.get(&format!("/v1/files/{no}")).ask().await.expect(200)
}

/// The content of a file through everything that reads one, with what it was read through.
pub(super) async fn readings(desk: &Desk, no: i64) -> Vec<(&'static str, Vec<u8>)> {
    let with_data = desk.keap.get(&format!("{V1}/{no}?optional_properties=file_data")).await.expect(200);
    let told = desk.keap.v1(no).await;
    let url = desk.keap.call("FileService.getDownloadUrl", [no.into()]).await.unwrap();
    let file = native(desk, no).await;
    let kommo = desk.native.get(&format!("/v1.0/files/{}", file["id"].as_str().unwrap())).ask().await.expect(200);
    assert_eq!((number(&told["id"]), number(&kommo["id"])), (no, no), "one number on every face");
    let at = |path: &str| desk.native.get(path);
    let mut read = vec![
        ("v1", decoded(&with_data["file_data"])),
        ("getFile", desk.keap.call("FileService.getFile", [no.into()]).await.unwrap().bytes()),
    ];
    for (what, request) in [
        ("v2", at(&format!("{V2}/{no}:data"))),
        ("v1's link", desk.app.stranger().get(told["download_url"].as_str().unwrap())),
        ("getDownloadUrl", desk.app.stranger().get(url.text())),
        ("native", at(&format!("{}/content", self::at(&file)))),
        ("HubSpot", at(&format!("/files/v3/files/{no}/download"))),
        ("Sonar", at(&format!("/api/files/{no}"))),
        ("Kommo", at(kommo["_links"]["download"]["href"].as_str().unwrap())),
    ] {
        let answer = request.ask().await;
        assert_eq!(answer.status, 200, "{what}: {}", answer.text());
        read.push((what, answer.body));
    }
    read
}

/// A number, or a text that is one.
#[track_caller]
pub(super) fn number(value: &Value) -> i64 {
    value.as_i64().or_else(|| value.as_str()?.parse().ok()).unwrap_or_else(|| panic!("{value} is no number"))
}

fn hubspot(name: &str, bytes: &[u8]) -> Form {
    let options = r#"{"access":"PRIVATE","overwrite":false,"duplicateValidationStrategy":"NONE"}"#;
    let form = Form::new().text("fileName", name.to_owned()).text("options", options);
    form.part("file", Part::bytes(bytes.to_vec()).file_name(name.to_owned()))
}

async fn kommo(client: &Client, opening: Value, bytes: &[u8]) -> Value {
    let opened = client.post("/v1.0/sessions").json(&opening).ask().await.expect(200);
    let most = usize::try_from(opened["max_part_size"].as_u64().unwrap()).unwrap();
    let mut url = opened["upload_url"].as_str().unwrap().to_owned();
    // No bytes are one part too.
    let parts: Vec<&[u8]> = if bytes.is_empty() { vec![bytes] } else { bytes.chunks(most).collect() };
    let mut last = Value::Null;
    for part in parts {
        let answer = client.with_token(None).post(&url).body(part.to_vec()).ask().await;
        assert!(answer.status.is_success(), "{}", answer.text());
        last = answer.json();
        url = last["next_url"].as_str().unwrap_or_default().to_owned();
    }
    last
}

async fn tus(client: &Client, pairs: &[(&str, &str)], bytes: &[u8]) -> i64 {
    let length = bytes.len().to_string();
    let opened = open(client, &[("Upload-Length", &length), ("Upload-Metadata", &metadata(pairs))]).await;
    let done = patch(client, &opened, 0, bytes.to_vec()).await;
    assert_eq!(done.status, 204, "{}", done.text());
    number(&crate::tus::file(client, &done).await["no"])
}
