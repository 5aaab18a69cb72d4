//! Downloads that lead into the store: the same bytes, names and types, and nothing that a browser would run.

use super::site::Site;
use super::way::Way;
use super::{Maker, on_both_stores};
use crate::native::{at, noise, put};
use attache_tests::{Answer, Ask, Client, Process, Setup};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use std::process::Command;

on_both_stores!(
    a_large_download_is_a_way_to_the_same_bytes,
    hostile_content_leaves_the_store_as_harmlessly_as_it_leaves_us,
    what_the_store_would_judge_otherwise_is_answered_here,
    each_face_leads_there_only_if_its_clients_follow,
);

/// Longer than what is sent by ourselves.
const LONG: usize = 3 << 20;

struct Desk {
    site: Site,
    server: Process,
    client: Client,
}

impl Desk {
    async fn open(maker: Maker, name: &str) -> Option<Desk> {
        let site = Site::new(maker, name).await?;
        let server = site.start_with(&[("ATTACHE_DOWNLOADS", "redirect")]);
        let client = site.client(&server);
        Some(Desk { site, server, client })
    }

    /// Asks as a stranger.
    async fn stranger(&self, url: &str) -> Answer {
        Client::new(self.server.url(), None).get(url).ask().await
    }
}

/// Where an answer leads; it must lead to the store.
#[track_caller]
fn way_of(answer: &Answer) -> String {
    assert_eq!(answer.status, 302, "{}", answer.text());
    assert!(answer.body.is_empty());
    for (name, value) in
        [("cache-control", "no-store"), ("referrer-policy", "no-referrer"), ("x-content-type-options", "nosniff")]
    {
        assert_eq!(answer.header(name), value, "{name}");
    }
    let way = answer.header("location").to_owned();
    assert!(way.contains("X-Amz-Expires="), "{way}");
    way
}

/// Goes there as a client does that does not know us.
async fn follow(answer: &Answer, range: Option<&str>) -> Answer {
    let range = range.map(|range| (HeaderName::from_static("range"), HeaderValue::from_str(range).unwrap()));
    let headers: HeaderMap = range.into_iter().collect();
    Client::new("", None).get(&way_of(answer)).headers(headers).ask().await
}

async fn a_large_download_is_a_way_to_the_same_bytes(maker: Maker) {
    let Some(desk) = Desk::open(maker, "redirect").await else { return };
    let bytes = noise(1, LONG);
    let file = put(&desk.client, "caf%C3%A9%20\"1\".pdf", bytes.clone()).await;
    let path = format!("{}/content", at(&file));
    let answer = desk.client.get(&path).ask().await;
    assert!(way_of(&answer).contains("X-Amz-Expires=60&"), "{answer:?}");
    let whole = follow(&answer, None).await;
    assert_eq!(whole.status, 200);
    assert!(whole.body == bytes);
    // What the store says of it is what we would have said.
    let head = desk.client.head(&path).ask().await;
    assert_eq!((head.status.as_u16(), head.header("content-length")), (200, LONG.to_string().as_str()));
    for name in ["content-type", "content-disposition", "content-length", "accept-ranges"] {
        assert_eq!(whole.header(name), head.header(name), "{name}");
    }
    assert!(head.header("content-disposition").ends_with("filename*=UTF-8''caf%C3%A9%20%221%22.pdf"));

    // Ranges go along.
    for (range, part) in [("bytes=100-2999999", 100..3_000_000), ("bytes=1000000-", 1_000_000..LONG)] {
        let answer = desk.client.get(&path).header("Range", range).ask().await;
        let got = follow(&answer, Some(range)).await;
        assert_eq!((got.status.as_u16(), got.body == bytes[part.clone()]), (206, true), "{range}");
        assert_eq!(got.header("content-range"), format!("bytes {}-{}/{LONG}", part.start, part.end - 1));
    }
    curl_follows(&desk, &path, &bytes);
    desk.site.is_sound().await;
}

/// The client that everybody has: it leaves our token out by itself.
fn curl_follows(desk: &Desk, path: &str, bytes: &[u8]) {
    let token = format!("Authorization: Bearer {}", desk.client.token().expect("a token"));
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--fail", "--location", "--noproxy", "*", "-H", &token]);
    let got = curl.arg(desk.client.url(path)).output().expect("curl runs: the object store's starter needs it too");
    assert!(got.status.success() && got.stdout == bytes, "{}", String::from_utf8_lossy(&got.stderr));
}

async fn hostile_content_leaves_the_store_as_harmlessly_as_it_leaves_us(maker: Maker) {
    let Some(desk) = Desk::open(maker, "redirect-hostile").await else { return };
    let script = "<script>alert(document.domain)</script>";
    let page = format!("<!doctype html>{script}{}", " ".repeat(LONG));
    let svg = format!("<svg xmlns=\"http://www.w3.org/2000/svg\">{script}{}</svg>", " ".repeat(LONG));
    for (name, content) in [("a.html", &page), ("a.svg", &svg), ("a.js", &page), ("a.xhtml", &page)] {
        let file = put(&desk.client, name, content.as_bytes()).await;
        let path = format!("{}/content", at(&file));
        let answer = desk.client.get(&path).ask().await;
        if answer.status == 200 {
            // Text that is shown needs our own headers.
            assert!(answer.header("content-type").starts_with("text/plain"), "{name}: {answer:?}");
            continue;
        }
        let got = follow(&answer, None).await;
        assert_eq!((got.status.as_u16(), got.body.len()), (200, content.len()), "{name}");
        assert_eq!(got.header("content-type"), "application/octet-stream", "{name}");
        assert_eq!(got.header("content-disposition"), format!("attachment; filename=\"{name}\""));
        if !maker.is_strict() {
            continue;
        }
        // The link is for this form of it alone.
        let way = way_of(&answer).replace("application%2Foctet-stream", "text%2Fhtml");
        assert_ne!(way, way_of(&answer));
        assert_eq!(Client::new("", None).get(&way).ask().await.status, 403, "{name}");
    }
}

async fn what_the_store_would_judge_otherwise_is_answered_here(maker: Maker) {
    let Some(desk) = Desk::open(maker, "redirect-here").await else { return };
    let bytes = noise(1, LONG);
    let file = put(&desk.client, "a.bin", bytes.clone()).await;
    let path = format!("{}/content", at(&file));
    let tag = desk.client.head(&path).ask().await.header("etag").to_owned();
    let asked = |name: &'static str, value: &str| desk.client.get(&path).header(name, value).ask();
    assert_eq!(asked("If-None-Match", &tag).await.status, 304);
    assert_eq!(asked("If-Match", "\"other\"").await.status, 412);
    assert_eq!(asked("Range", "bytes=99999999-").await.status, 416);
    for (name, value) in [
        ("If-None-Match", "\"other\""),
        ("If-Match", &tag),
        ("If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("Range", "bytes=0-10,20-30"),
        ("Origin", "https://crm.example"),
    ] {
        let answer = asked(name, value).await;
        assert!(answer.status == 200 && answer.body == bytes, "{name}: {}", answer.status);
    }
    // As many bytes as we send ourselves, and one more.
    let most = 1 << 20;
    assert_eq!(asked("Range", &format!("bytes=0-{}", most - 1)).await.status, 206);
    let way = way_of(&asked("Range", &format!("bytes=0-{most}")).await);
    assert_eq!(parameter(&way, "X-Amz-Expires="), "60", "the limit `redirect_life`");
    let edge = put(&desk.client, "edge.bin", noise(2, most)).await;
    assert_eq!(desk.client.get(&format!("{}/content", at(&edge))).ask().await.status, 200);
    let small = put(&desk.client, "small.bin", "small").await;
    assert_eq!(desk.client.get(&format!("{}/content", at(&small))).ask().await.body, b"small");
}

async fn each_face_leads_there_only_if_its_clients_follow(maker: Maker) {
    let Some(desk) = Desk::open(maker, "redirect-faces").await else { return };
    let (client, bytes) = (&desk.client, noise(1, LONG));
    let file = put(client, "a.bin", bytes.clone()).await;
    let no = file["no"].as_i64().unwrap();

    // Ours, and signed links of every kind. They end no later than what they give may be kept.
    let link = client.post(&format!("{}/links", at(&file))).json(&json!({ "expires_in": 30 })).ask().await.expect(201);
    let answer = desk.stranger(link["url"].as_str().unwrap()).await;
    assert_eq!(answer.header("x-robots-tag"), "noindex, nofollow");
    let life: u32 = parameter(&way_of(&answer), "X-Amz-Expires=").parse().unwrap();
    assert!((1..=30).contains(&life), "{life}");
    assert!(follow(&answer, None).await.body == bytes);

    // HubSpot: hosted and signed addresses lead there, a download is the bytes.
    let hosted = hosted(client, &bytes).await;
    let answer = desk.stranger(hosted["url"].as_str().unwrap()).await;
    assert!(follow(&answer, None).await.body == bytes);
    let signed = client.get(&format!("/files/v3/files/{no}/signed-url")).ask().await.expect(200);
    assert!(follow(&desk.stranger(signed["url"].as_str().unwrap()).await, None).await.body == bytes);
    is_sent(&client.get(&format!("/files/v3/files/{no}/download")).ask().await, &bytes);

    // Kommo: a redirect, as its own drive answers.
    let kommo = client.get("/v1.0/files").ask().await.expect(200);
    let shown =
        kommo["_embedded"]["files"].as_array().unwrap().iter().find(|file| file["size"] == LONG as u64).unwrap();
    let answer = desk.stranger(shown["_links"]["download"]["href"].as_str().unwrap()).await;
    assert!(follow(&answer, None).await.body == bytes);

    // Keap: its links lead there, its API sends the bytes.
    let keap = client.get(&format!("/crm/rest/v1/files/{no}")).ask().await.expect(200);
    let answer = desk.stranger(keap["file_descriptor"]["download_url"].as_str().unwrap()).await;
    assert!(follow(&answer, None).await.body == bytes);
    is_sent(&client.get(&format!("/crm/rest/v2/files/{no}:data")).ask().await, &bytes);

    // Sonar: the bytes.
    let put = Way::Sonar.put(client, "s.bin", &bytes).await.expect(200);
    is_sent(&client.get(&format!("/api/files/{}", put["files"][0]["id"])).ask().await, &bytes);
}

#[track_caller]
fn is_sent(answer: &Answer, bytes: &[u8]) {
    assert!(answer.status == 200 && answer.body == bytes, "{}", answer.status);
}

fn parameter<'u>(url: &'u str, name: &str) -> &'u str {
    url.split_once(name).and_then(|(_, rest)| rest.split('&').next()).expect("the parameter is there")
}

/// A public file of HubSpot's.
async fn hosted(client: &Client, bytes: &[u8]) -> Value {
    let part = reqwest::multipart::Part::bytes(bytes.to_vec()).file_name("hosted.bin");
    let form = reqwest::multipart::Form::new().text("folderPath", "/library");
    let form = form.text("options", r#"{"access":"PUBLIC_INDEXABLE"}"#).part("file", part);
    client.post("/files/v3/files").multipart(form).ask().await.expect(201)
}

#[tokio::test]
async fn a_folder_signs_nothing_so_the_bytes_are_sent() {
    let setup = Setup::new().settings(|settings| settings.downloads = attache::setting::Downloads::Redirect);
    let app = setup.start().await;
    let client = app.client("all").await;
    let file = put(&client, "a.bin", noise(1, LONG)).await;
    is_sent(&client.get(&format!("{}/content", at(&file))).ask().await, &noise(1, LONG));
    app.stop().await;
}

#[tokio::test]
async fn nothing_leads_to_the_store_unless_somebody_asks_for_that() {
    let Some(site) = Site::new(Maker::SeaweedFs, "no-redirect").await else { return };
    let server = site.start();
    let client = site.client(&server);
    let file = put(&client, "a.bin", noise(1, LONG)).await;
    is_sent(&client.get(&format!("{}/content", at(&file))).ask().await, &noise(1, LONG));
}
