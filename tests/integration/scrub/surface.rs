//! A content that is known as damaged, asked for at every place that gives contents away: whole, from the first byte on and
//! in parts. A part has no digest of its own, so the mark alone keeps it back.

use super::unit;
use crate::PROGRAM;
use crate::fault::get::{Got, get};
use crate::keap::xml::{Xml, call};
use crate::native::noise;
use crate::preview::png;
use attache_blobs::{Body, Expect};
use attache_db::{Db, Options, Target, Val};
use attache_tests::{Ask, Client, Home, figure};
use image::{ImageFormat, RgbImage};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use std::io::Cursor;

/// How parts are asked for; `None` is without a range.
const RANGES: [Option<&str>; 5] = [None, Some("bytes=0-"), Some("bytes=0-9"), Some("bytes=10-"), Some("bytes=-10")];
/// Pixels of a side of the larger picture.
const SIDE: u32 = 300;

/// A place that gives a content away.
struct Surface {
    name: &'static str,
    client: Client,
    path: String,
    /// The body of a request that has one.
    body: Option<String>,
}

impl Surface {
    fn request(&self, method: Method, range: Option<&str>) -> RequestBuilder {
        let request = match &self.body {
            Some(body) => self.client.post(&self.path).header("Content-Type", "text/xml").body(body.clone()),
            None => self.client.request(method, &self.path),
        };
        range.into_iter().fold(request, |request, range| request.header("Range", range))
    }

    /// Whether bytes are given out: HEAD and conditions give none, and a fault of XML-RPC is a 200.
    fn gives(&self, status: StatusCode, body: &[u8]) -> bool {
        let is_fault = self.body.is_some() && String::from_utf8_lossy(body).contains("<fault>");
        status.is_success() && !is_fault
    }
}

/// Every place that gives a file away, asked as whoever may have it.
async fn surfaces(client: &Client, file: &Value) -> Vec<Surface> {
    let (id, no) = (file["id"].as_str().unwrap(), &file["no"]);
    let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{value} is a text")).to_owned();
    let anybody = client.with_token(None);
    let told = async |path: String| client.get(&path).ask().await.expect(200);
    let link = client.post(&format!("/v1/files/{id}/links")).json(&json!({})).ask().await.expect(201);
    let panel = client.post("/v1/panel-tokens").json(&json!({ "record": "contact/7", "scopes": ["files:read"] }));
    let panel = client.with_token(panel.ask().await.expect(201)["token"].as_str().map(str::to_owned));
    let hubspot = told(format!("/files/v3/files/{no}")).await;
    let signed = told(format!("/files/v3/files/{no}/signed-url")).await;
    let keap = told(format!("/crm/rest/v1/files/{no}")).await["file_descriptor"].clone();
    let drive = told(format!("/v1.0/files/{id}")).await;
    let at = |name, client: &Client, path: String| Surface { name, client: client.clone(), path, body: None };
    vec![
        at("content", client, format!("/v1/files/{id}/content")),
        at("version", client, format!("/v1/files/{id}/versions/1/content")),
        at("preview", client, format!("/v1/files/{id}/preview?size=thumb")),
        at("link", &anybody, text(&link["url"])),
        at("panel", &panel, format!("/v1/panel/files/{id}/content")),
        at("preview in a panel", &panel, format!("/v1/panel/files/{id}/preview?size=thumb")),
        at("HubSpot's download", client, format!("/files/v3/files/{no}/download")),
        at("HubSpot's signed link", &anybody, text(&signed["url"])),
        at("HubSpot's hosted file", &anybody, text(&hubspot["url"])),
        at("Kommo's download", &anybody, text(&drive["_links"]["download"]["href"])),
        at("Kommo's version", &anybody, text(&drive["_links"]["download_version"]["href"])),
        at("Kommo's preview", &anybody, text(&drive["previews"][0]["download_link"])),
        at("Keap's v1", client, format!("/crm/rest/v1/files/{no}?optional_properties=file_data")),
        at("Keap's v2", client, format!("/crm/rest/v2/files/{no}:data")),
        at("Keap's link", &anybody, text(&keap["download_url"])),
        Surface {
            body: Some(call("FileService.getFile", &["key".into(), Xml::Int(no.as_i64().unwrap())])),
            ..at("Keap's XML-RPC", client, "/crm/xmlrpc/v1".to_owned())
        },
        at("Sonar's download", client, format!("/api/files/{no}")),
    ]
}

async fn put(client: &Client, name: &str, bytes: Vec<u8>) -> Value {
    let made = client.post(&format!("/v1/files?name={name}&access=public_indexable&record=contact/7"));
    made.body(bytes).ask().await.expect(201)
}

/// A picture that is kept apart from the rows.
fn large() -> Vec<u8> {
    let picture = RgbImage::from_raw(SIDE, SIDE, noise(5, (SIDE * SIDE * 3) as usize)).unwrap();
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Changes the last byte of every content, behind the server's back.
async fn harm(home: &Home, small: Vec<u8>, large: Vec<u8>) {
    let changed = |mut bytes: Vec<u8>| {
        *bytes.last_mut().unwrap() ^= 1;
        bytes
    };
    let target = home.database().map(|url| Target::Postgres(url.to_owned()));
    let target = target.unwrap_or_else(|| Target::Sqlite(home.path().join("attache.db")));
    let db = Db::open(&target, &Options::default()).await.unwrap();
    let small = changed(small);
    let change = unit(move |tx| {
        let small = small.clone();
        Box::pin(async move { tx.run("UPDATE blob_small SET bytes = $1", &[Val::from(small.as_slice())]).await })
    });
    assert_eq!(db.write(change).await.unwrap(), 1);
    db.close().await;
    let store = home.blobs();
    let kept = store.keys().next_batch().await.unwrap().unwrap();
    assert_eq!(kept.len(), 1);
    assert!(store.remove(&kept[0].key).await.unwrap());
    store.put_as(&kept[0].key, Body::from(changed(large)), &Expect::at_most(1 << 30)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_content_is_refused_at_every_place_whole_and_in_parts() {
    let home = tokio::task::spawn_blocking(Home::new).await.unwrap();
    let server = home.serve(PROGRAM, &[]);
    let client = server.client(PROGRAM, "all");
    let pictures = [png(40, 40), large()];
    let files =
        [put(&client, "small.png", pictures[0].clone()).await, put(&client, "large.png", pictures[1].clone()).await];
    let mut places = Vec::new();
    for file in &files {
        places.extend(surfaces(&client, file).await);
    }
    for place in &places {
        for range in RANGES {
            let answer = place.request(Method::GET, range).ask().await;
            assert!(place.gives(answer.status, &answer.body), "{} with {range:?}: {}", place.name, answer.text());
        }
    }
    let [small, kept] = pictures;
    harm(&home, small, kept).await;

    // Before anybody knows of it, what is all of it is compared: also as a range from its first byte to its last.
    let path = format!("/v1/files/{}/content", files[1]["id"].as_str().unwrap());
    match get(client.get(&path).header("Range", "bytes=0-")).await {
        Got::Broken(_) | Got::Refused(500, _) => {}
        got => panic!("a range of all bytes is called whole: {:.100}", format!("{got:?}")),
    }
    let scrub = home.command(PROGRAM, &["scrub"]).output().unwrap();
    assert_eq!(scrub.status.code(), Some(1), "{scrub:?}");

    let mut refused = 0;
    for place in &places {
        for range in RANGES {
            let answer = place.request(Method::GET, range).ask().await;
            let is_given = place.gives(answer.status, &answer.body);
            assert!(!is_given, "{} with {range:?} gives {} bytes", place.name, answer.body.len());
            assert!(!answer.body.is_empty() && answer.status != 404, "{} with {range:?}: no words", place.name);
            refused += 1;
        }
        if place.body.is_none() {
            let head = place.request(Method::HEAD, Some("bytes=0-9")).ask().await;
            assert!(!head.status.is_success(), "HEAD of {}: {}", place.name, head.status);
        }
    }
    figure(
        "scrub",
        &format!(
            "a content known as damaged, at {} places, whole and in parts: {refused} of {refused} refused",
            places.len() / 2
        ),
    );
}
