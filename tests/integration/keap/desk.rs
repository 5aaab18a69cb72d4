//! Keap's three faces, spoken to as its clients do. Every answer is judged: its media type, the envelope of a refusal,
//! and all that clients read of a file.

use super::judge::judge;
use super::xml::{Told, Xml, call};
use crate::desk::{Judge, Judged, Stand};
use attache_tests::{Answer, Client, Setup};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use std::ops::Deref;

/// The files of REST v1.
pub(super) const V1: &str = "/crm/rest/v1/files";
/// The files of REST v2.
pub(super) const V2: &str = "/crm/rest/v2/files";
/// XML-RPC behind the gateway.
pub(super) const RPC: &str = "/crm/xmlrpc/v1";
/// XML-RPC of an application's own host.
pub(super) const LEGACY: &str = "/api/xmlrpc";

/// A server by a held clock, and a client that may do everything.
pub(super) struct Desk {
    stand: Stand,
    pub(super) keap: Keap,
    /// Our own face, to look from the other side.
    pub(super) native: Client,
}

impl Desk {
    pub(super) async fn open(setup: Setup) -> Desk {
        let stand = Stand::held(setup).await;
        let keap = stand.client("keap:full").await;
        let native = stand.app.client("all").await;
        Desk { stand, keap, native }
    }

    /// A client of the account's owner with other scopes.
    pub(super) async fn with(&self, scopes: &str) -> Keap {
        self.client(scopes).await
    }

    /// A client of another user of the account.
    pub(super) async fn user(&self, no: i64, scopes: &str) -> Keap {
        let token = self.app.token_of(no, scopes, None).await;
        Keap::of(self.app.stranger().with_token(Some(token)))
    }

    pub(super) async fn stop(self) -> Setup {
        self.stand.stop().await
    }
}

impl Deref for Desk {
    type Target = Stand;

    fn deref(&self) -> &Stand {
        &self.stand
    }
}

/// Whose a file is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Contact(i64),
    User,
    Company,
}

impl Place {
    pub(super) fn word(self) -> &'static str {
        match self {
            Place::Contact(_) => "CONTACT",
            Place::User => "USER",
            Place::Company => "COMPANY",
        }
    }

    pub(super) fn contact(self) -> Option<i64> {
        match self {
            Place::Contact(no) => Some(no),
            Place::User | Place::Company => None,
        }
    }
}

/// What must hold of each of Keap's answers.
#[derive(Clone, Default)]
pub(super) struct Rules;

impl Judge for Rules {
    fn judge(&self, answer: &Answer, method: &Method, path: &str) {
        judge(answer, method, path);
    }
}

/// A client of Keap.
pub(super) type Keap = Judged<Rules>;

impl Keap {
    pub(super) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::PUT, path, |request| request.json(body)).await
    }

    pub(super) async fn form(&self, path: &str, form: Form) -> Answer {
        self.ask(Method::POST, path, |request| request.multipart(form)).await
    }

    /// Puts a file in through REST v1; its descriptor.
    pub(super) async fn upload(&self, name: &str, bytes: &[u8], place: Place) -> Value {
        self.post(V1, &upload_body(name, bytes, place)).await.expect(200)["file_descriptor"].clone()
    }

    /// The number of a file that is put in through REST v1.
    pub(super) async fn file(&self, name: &str, bytes: &[u8], place: Place) -> i64 {
        self.upload(name, bytes, place).await["id"].as_i64().unwrap()
    }

    /// Puts a file in through REST v2; its metadata.
    pub(super) async fn upload2(&self, name: &str, bytes: &[u8], place: Place) -> Value {
        self.form(V2, upload_form(name, bytes, place)).await.expect(201)
    }

    /// A file's descriptor in REST v1.
    pub(super) async fn v1(&self, no: i64) -> Value {
        self.get(&format!("{V1}/{no}")).await.expect(200)["file_descriptor"].clone()
    }

    /// A file's metadata in REST v2.
    pub(super) async fn v2(&self, no: i64) -> Value {
        self.get(&format!("{V2}/{no}")).await.expect(200)
    }

    /// The numbers of a list of REST v1.
    pub(super) async fn list1(&self, query: &str) -> Vec<i64> {
        let list = self.get(&format!("{V1}?{query}")).await.expect(200);
        list["files"].as_array().unwrap().iter().map(|file| file["id"].as_i64().unwrap()).collect()
    }

    /// The numbers of a list of REST v2.
    pub(super) async fn list2(&self, query: &str) -> Vec<i64> {
        let list = self.get(&format!("{V2}?{query}")).await.expect(200);
        list["files"].as_array().unwrap().iter().map(|file| file["id"].as_str().unwrap().parse().unwrap()).collect()
    }

    /// The numbers of a list of REST v2 with a filter.
    pub(super) async fn filtered(&self, filter: &str) -> Vec<i64> {
        self.list2(&format!("filter={}", encoded(filter))).await
    }

    /// Calls a method of XML-RPC behind the gateway, where the first parameter is of no account.
    pub(super) async fn call(&self, method: &str, args: impl IntoIterator<Item = Xml>) -> Told {
        let params = std::iter::once(Xml::from("backwards-compatability")).chain(args).collect::<Vec<_>>();
        self.send(RPC, call(method, &params)).await
    }

    /// Posts a document of XML-RPC; the answer is one of XML-RPC.
    pub(super) async fn send(&self, path: &str, document: impl Into<Vec<u8>>) -> Told {
        let answer = self.post_xml(path, document).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        super::xml::told(&answer.text())
    }

    pub(super) async fn post_xml(&self, path: &str, document: impl Into<Vec<u8>>) -> Answer {
        let document = document.into();
        self.ask(Method::POST, path, |request| request.header("Content-Type", "text/xml").body(document)).await
    }

    /// The numbers of a query of the table of files.
    pub(super) async fn query(&self, tests: Vec<(&str, Xml)>) -> Vec<i64> {
        let args = ["FileBox".into(), 1000.into(), 0.into(), Xml::record(tests), Xml::list(["Id"])];
        let rows = self.call("DataService.query", args).await.unwrap();
        rows.items().iter().map(|row| row.field("Id").int()).collect()
    }
}

/// The body of an upload to REST v1.
pub(super) fn upload_body(name: &str, bytes: &[u8], place: Place) -> Value {
    let mut body = json!({
        "file_name": name, "file_data": STANDARD.encode(bytes), "file_association": place.word(), "is_public": false
    });
    if let Some(contact) = place.contact() {
        body["contact_id"] = contact.into();
    }
    body
}

/// The form of an upload to REST v2.
pub(super) fn upload_form(name: &str, bytes: &[u8], place: Place) -> Form {
    let form = Form::new().text("file_name", name.to_owned()).text("file_association", place.word());
    let form = match place.contact() {
        Some(contact) => form.text("contact_id", contact.to_string()),
        None => form,
    };
    form.part("file", Part::bytes(bytes.to_vec()).file_name("blob"))
}

/// The bytes of base64 as Keap's clients read it: padded, of the standard alphabet, without breaks.
#[track_caller]
pub(super) fn decoded(value: &Value) -> Vec<u8> {
    STANDARD.decode(value.as_str().expect("base64 is a text")).expect("plain base64")
}

/// A value of a query.
pub(super) fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// Bytes of every value, in no simple order.
pub(super) fn noise(len: usize) -> Vec<u8> {
    crate::native::noise(len as u64 + 1, len)
}
