//! The ways by which a file comes in, one for each face.

use crate::keap::xml::{Xml, call};
use crate::tus;
use attache_tests::{Answer, Ask, Client};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::multipart::{Form, Part};
use serde_json::json;

/// A face and how it takes a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Native,
    HubSpot,
    Tus,
    Kommo,
    KeapRest1,
    KeapRest2,
    KeapRpc,
    Sonar,
}

impl Way {
    pub(super) const ALL: [Way; 8] =
        [Way::Native, Way::HubSpot, Way::Tus, Way::Kommo, Way::KeapRest1, Way::KeapRest2, Way::KeapRpc, Way::Sonar];

    /// Puts a file in, and gives the last answer.
    pub(super) async fn put(self, client: &Client, name: &str, bytes: &[u8]) -> Answer {
        match self {
            Way::Native => client.put(&format!("/v1/files/by-path/{name}")).body(bytes.to_vec()).ask().await,
            Way::HubSpot => {
                let options = r#"{"access":"PRIVATE","overwrite":false,"duplicateValidationStrategy":"NONE"}"#;
                let form = Form::new().text("folderPath", "/").text("fileName", name.to_owned());
                let form = form.text("options", options).part("file", part(name, bytes));
                client.post("/files/v3/files").multipart(form).ask().await
            }
            Way::Tus => {
                let at = tus::open_named(client, bytes.len(), name).await;
                tus::patch(client, &at, 0, bytes.to_vec()).await
            }
            Way::Kommo => {
                let opening = json!({ "file_name": name, "file_size": bytes.len() });
                let session = client.post("/v1.0/sessions").json(&opening).ask().await.expect(200);
                client.post(session["upload_url"].as_str().unwrap()).body(bytes.to_vec()).ask().await
            }
            Way::KeapRest1 => {
                let body = json!({
                    "file_name": name, "file_data": STANDARD.encode(bytes), "file_association": "COMPANY", "is_public": false
                });
                client.post("/crm/rest/v1/files").json(&body).ask().await
            }
            Way::KeapRest2 => {
                let form = Form::new().text("file_name", name.to_owned()).text("file_association", "COMPANY");
                client.post("/crm/rest/v2/files").multipart(form.part("file", part(name, bytes))).ask().await
            }
            Way::KeapRpc => {
                let args = ["".into(), 0.into(), name.into(), Xml::content(bytes)];
                let document = call("FileService.uploadFile", &args);
                client.post("/crm/xmlrpc/v1").header("Content-Type", "text/xml").body(document).ask().await
            }
            Way::Sonar => {
                client.post("/api/files").multipart(Form::new().part("files[]", part(name, bytes))).ask().await
            }
        }
    }

    /// Demands that the answer says that a file was put in.
    #[track_caller]
    pub(super) fn took(self, answer: &Answer) {
        assert!(answer.status.is_success(), "{self:?}: {} {}", answer.status, answer.text());
        match self {
            Way::KeapRpc => assert!(!answer.text().contains("<fault>"), "{}", answer.text()),
            Way::Sonar => assert_eq!(answer.json()["files"][0]["stored"], true, "{}", answer.text()),
            _ => {}
        }
    }

    /// Demands that the answer asks to try again: in the face's own words, and where it has statuses, by 503.
    #[track_caller]
    pub(super) fn asks_to_try_again(self, answer: &Answer) {
        if self == Way::KeapRpc {
            assert!(answer.status == 200 && answer.text().contains("<fault>"), "{}", answer.text());
            return;
        }
        assert_eq!(answer.status, 503, "{self:?}: {}", answer.text());
        let after: u64 = answer.header("retry-after").parse().expect("a number of seconds");
        assert!((1..=60).contains(&after), "{self:?}: {after}");
    }
}

fn part(name: &str, bytes: &[u8]) -> Part {
    Part::bytes(bytes.to_vec()).file_name(name.to_owned())
}
