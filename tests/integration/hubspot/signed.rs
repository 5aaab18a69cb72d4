//! Signed URLs.

use super::*;
use attache_tests::{Answer, Ask};
use serde_json::{Value, json};
use std::time::Duration;

async fn sign(desk: &Desk, file: &Value, query: &str) -> Answer {
    desk.hubspot.get(&format!("/files/{}/signed-url{query}", id(file))).await
}

fn url(signed: &Value) -> &str {
    signed["url"].as_str().unwrap()
}

#[tokio::test]
async fn a_signed_url_tells_all_about_the_file_and_gives_it_to_anybody() {
    let desk = Desk::with_held_clock().await;
    let file = desk.hubspot.put("/f/a.png", PIXEL).await;
    let mut signed = sign(&desk, &file, "").await.expect(200);
    let got = desk.anybody(url(&signed)).await;
    assert_eq!((got.status.as_u16(), got.body.as_slice(), got.header("content-type")), (200, PIXEL, "image/png"));
    assert!(got.header("x-robots-tag").contains("noindex"));
    assert!(got.header("cache-control").contains("private"));
    signed.as_object_mut().unwrap().remove("url");
    let told = json!({"expiresAt": "2026-01-31T13:00:00.000Z", "name": "a", "extension": "png", "type": "IMG",
        "size": PIXEL.len(), "width": 1, "height": 1});
    assert_eq!(signed, told);
    let public = desk.hubspot.put_with("/f/b.txt", b"public", json!({"access": "PUBLIC_INDEXABLE"})).await;
    assert_eq!(desk.anybody(url(&sign(&desk, &public, "").await.expect(200))).await.text(), "public");
}

#[tokio::test]
async fn it_works_until_its_last_instant_and_is_refused_from_then_on() {
    let desk = Desk::with_held_clock().await;
    let file = desk.hubspot.put("/f/a.txt", b"1").await;
    let signed = sign(&desk, &file, "?expirationSeconds=60").await.expect(200);
    assert_eq!(signed["expiresAt"], "2026-01-31T12:01:00.000Z");
    desk.pass(Duration::from_millis(59_999));
    assert_eq!(desk.anybody(url(&signed)).await.status, 200);
    desk.pass(Duration::from_millis(1));
    assert_eq!(desk.anybody(url(&signed)).await.status, 403);
}

#[tokio::test]
async fn it_lives_an_hour_unless_told_and_six_hours_at_most() {
    let desk = Desk::with_held_clock().await;
    let file = desk.hubspot.put("/f/a.txt", b"1").await;
    for (query, end) in [
        ("", "2026-01-31T13:00:00.000Z"),
        ("?expirationSeconds=", "2026-01-31T13:00:00.000Z"),
        ("?expirationSeconds=1", "2026-01-31T12:00:01.000Z"),
        ("?expirationSeconds=21600", "2026-01-31T18:00:00.000Z"),
        ("?expirationSeconds=21601", "2026-01-31T18:00:00.000Z"),
        ("?expirationSeconds=9007199254740991", "2026-01-31T18:00:00.000Z"),
    ] {
        assert_eq!(sign(&desk, &file, query).await.expect(200)["expiresAt"], end, "{query}");
    }
    for query in ["0", "-1", "1.5", "soon", "99999999999999999999"] {
        refused_at(&sign(&desk, &file, &format!("?expirationSeconds={query}")).await, 400, "expirationSeconds");
    }
    refused_at(&sign(&desk, &file, "?size=huge").await, 400, "size");
    refused_at(&sign(&desk, &file, "?size=icon&upscale=maybe").await, 400, "upscale");
}

#[tokio::test]
async fn a_url_that_was_tampered_with_is_refused_at_every_character() {
    let desk = Desk::open().await;
    let file = desk.hubspot.put("/f/a.txt", b"1").await;
    let signed = sign(&desk, &file, "").await.expect(200);
    let (base, token) = url(&signed).rsplit_once('/').unwrap();
    for at in 0..token.len() {
        let other = if &token[at..=at] == "A" { "B" } else { "A" };
        let forged = format!("{base}/{}{other}{}", &token[..at], &token[at + 1..]);
        let answer = desk.anybody(&forged).await;
        // The last character can hold spare bits that decoders pass over; strict ones refuse those too.
        assert_eq!(answer.status, 403, "character {at}");
    }
    for forged in
        [format!("{base}/"), format!("{base}/{token}A"), format!("{base}/{}", &token[1..]), format!("{base}/a")]
    {
        assert!(matches!(desk.anybody(&forged).await.status.as_u16(), 403 | 404), "{forged}");
    }
}

#[tokio::test]
async fn it_serves_the_new_bytes_after_a_replace_and_ends_with_the_file() {
    let desk = Desk::open().await;
    let file = desk.hubspot.put("/f/a.txt", b"old").await;
    let signed = sign(&desk, &file, "").await.expect(200);
    desk.hubspot.replace(id(&file), Form::of("a.txt", "new")).await.expect(200);
    assert_eq!(desk.anybody(url(&signed)).await.text(), "new");
    desk.hubspot.delete(&format!("/files/{}", id(&file))).await.expect(204);
    assert_eq!(desk.anybody(url(&signed)).await.status, 404);
}

#[tokio::test]
async fn other_content_than_pictures_ignores_the_size() {
    let desk = Desk::open().await;
    let file = desk.hubspot.put("/f/a.txt", b"text").await;
    for query in ["?size=icon", "?size=preview&upscale=True", "?upscale=1"] {
        let signed = sign(&desk, &file, query).await.expect(200);
        assert_eq!(desk.anybody(url(&signed)).await.text(), "text", "{query}");
    }
}

#[tokio::test]
async fn a_sensitive_file_has_no_signed_url_and_says_why_and_what_to_use_instead() {
    let desk = Desk::open().await;
    let file = desk.hubspot.put("/f/a.txt", b"1").await;
    let native = desk.app.client("all").await;
    let found = native.get("/v1/files/by-path/f/a.txt").ask().await.expect(200);
    let change = json!({"access": "sensitive"});
    native.patch(&format!("/v1/files/{}", id(&found))).json(&change).ask().await.expect(200);
    let seeing = desk.with_scopes("hubspot:files.ui_hidden.read").await;
    let refused = seeing.get(&format!("/files/{}/signed-url", id(&file))).await;
    assert!(refused.expect(404)["message"].as_str().unwrap().contains("download"), "{refused:?}");
    assert_eq!(seeing.get(&format!("/files/{}/download", id(&file))).await.text(), "1");
}

#[tokio::test]
async fn what_is_not_there_has_no_signed_url() {
    let desk = Desk::open().await;
    assert_eq!(desk.hubspot.get(&format!("/files/{NOBODY}/signed-url")).await.status, 404);
    let file = desk.hubspot.put("/f/a.txt", b"1").await;
    desk.hubspot.delete(&format!("/files/{}", id(&file))).await.expect(204);
    assert_eq!(sign(&desk, &file, "").await.status, 404);
}
