//! What leaves is served as if it were hostile: it may be.

use crate::native::{at, post};
use attache_tests::{Ask, TestApp};
use reqwest::multipart::{Form, Part};
use serde_json::json;

const SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
const XHTML: &str =
    "<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\"><script>alert(1)</script></html>";
const XSL: &str = "<?xml version=\"1.0\"?><?xml-stylesheet type=\"text/xsl\" href=\"http://127.0.0.1/x.xsl\"?><a/>";
const MATHML: &str = "<math xmlns=\"http://www.w3.org/1998/Math/MathML\"><mtext/></math>";

#[tokio::test]
async fn content_that_a_browser_could_run_leaves_as_an_inert_download() {
    let app = TestApp::start().await;
    let client = app.client("all").await;
    for (name, kind, bytes) in [
        ("picture.png", "image/png", SVG),
        ("picture.svg", "image/svg+xml", SVG),
        ("page.html", "text/html", "<script>alert(1)</script>"),
        ("page.xhtml", "application/xhtml+xml", XHTML),
        ("style.xml", "application/xml", XSL),
        ("formula.mml", "application/mathml+xml", MATHML),
        ("script.js", "text/javascript", "alert(1)"),
        ("paper.pdf", "application/pdf", "%PDF-1.7 /OpenAction"),
    ] {
        let request = client.post(&format!("/v1/files?name={name}")).header("Content-Type", kind).body(bytes);
        let file = request.ask().await.expect(201);
        for accept in ["*/*", "text/html"] {
            let answer = client.get(&format!("{}/content", at(&file))).header("Accept", accept).ask().await;
            assert_eq!(answer.text(), bytes);
            let kind = answer.header("content-type").to_owned();
            let runs = ["html", "svg", "xml", "script", "mathml"].iter().any(|word| kind.contains(word));
            assert!(!runs, "{name} leaves as {kind}");
            assert!(answer.header("content-disposition").starts_with("attachment"), "{name}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            assert!(answer.header("content-security-policy").contains("sandbox"), "{name}");
            assert!(!answer.header("cross-origin-resource-policy").is_empty(), "{name}");
            assert_eq!(answer.header("access-control-allow-origin"), "");
        }
    }
    app.stop().await;
}

#[tokio::test]
async fn content_runs_nowhere_whatever_address_gives_it() {
    let app = TestApp::start().await;
    let client = app.client("all").await;
    let made = client.post("/v1/panel-tokens").json(&json!({ "record": "contact/42" })).ask().await.expect(201);
    let guest = app.stranger().with_token(made["token"].as_str().map(str::to_owned));
    for (name, bytes) in [
        ("picture.svg", SVG),
        ("page.html", "<script>alert(1)</script>"),
        ("style.xml", XSL),
        ("paper.pdf", "%PDF-1.7 /OpenAction"),
        ("both.gif", "GIF89a/*<script>alert(1)</script>*/=1;alert(1)"),
        ("note.txt", "<script>alert(1)</script>"),
    ] {
        let request = client.post(&format!("/v1/files?name={name}&access=public_indexable&record=contact/42"));
        let file = request.body(bytes).ask().await.expect(201);
        let (at, id, no) = (at(&file), file["id"].as_str().unwrap(), &file["no"]);
        let link = client.post(&format!("{at}/links")).json(&json!({})).ask().await.expect(201);
        let shown = guest.get("/v1/panel/files").ask().await.expect(200);
        let hubspot = client.get(&format!("/files/v3/files/{no}/signed-url")).ask().await.expect(200);
        for (who, address) in [
            (&client, format!("{at}/content")),
            (&client, format!("{at}/versions/1/content")),
            (&client, link["url"].as_str().unwrap().to_owned()),
            (&client, hubspot["url"].as_str().unwrap().to_owned()),
            (&client, format!("/hubfs/1/{name}")),
            (&guest, format!("/v1/panel/files/{id}/content")),
            (&guest, shown["items"][0]["content_url"].as_str().unwrap().to_owned()),
        ] {
            let answer = who.get(&address).header("Accept", "text/html").ask().await;
            assert_eq!((answer.status.as_u16(), answer.text().as_str()), (200, bytes), "{name} at {address}");
            let kind = answer.header("content-type").to_owned();
            let runs = ["html", "svg", "xml", "script", "mathml"].iter().any(|word| kind.contains(word));
            assert!(!runs, "{name} leaves as {kind} at {address}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{name} at {address}");
            let policy = answer.header("content-security-policy");
            assert!(policy.starts_with("default-src 'none'") && policy.contains("sandbox"), "{address}: {policy}");
            assert!(!policy.contains("allow-"), "{address}: {policy}");
        }
    }
    app.stop().await;
}

#[tokio::test]
async fn a_disposition_holds_one_name_whatever_the_name_holds() {
    let app = TestApp::start().await;
    let client = app.client("all").await;
    for (name, plain, extended) in [
        ("a\";filename=\"b.html", None, "a%22%3Bfilename%3D%22b.html"),
        ("\u{6771}\u{4eac}.txt", Some("filename=\""), "%E6%9D%B1%E4%BA%AC.txt"),
        ("say 100%.txt", Some("filename=\""), "say%20100%25.txt"),
    ] {
        let form = Form::new().text("name", name).part("file", Part::text("x").file_name("n.txt"));
        let file = client.post("/v1/files").multipart(form).ask().await.expect(201);
        assert_eq!(file["name"], name);
        let answer = client.get(&format!("{}/content?download=true", at(&file))).ask().await;
        let told = answer.header("content-disposition").to_owned();
        assert!(told.contains(&format!("filename*=UTF-8''{extended}")), "{told}");
        assert!(plain.is_none_or(|plain| told.contains(plain)), "{told}");
        // Every second piece between quotes is the inside of a quoted text.
        let outside: String = told.split('"').step_by(2).collect();
        assert_eq!(outside.matches("filename=").count(), 1, "{told}");
        assert!(told.is_ascii());
    }
    app.stop().await;
}

#[tokio::test]
async fn private_answers_are_not_for_shared_caches() {
    let app = TestApp::start().await;
    let (client, other) = (app.client("all").await, app.other_account("other").await);
    let file = post(&client, "name=a.txt", "x").await.expect(201);
    for path in [at(&file), format!("{}/content", at(&file))] {
        let answer = client.get(&path).header("Origin", "https://evil.example").ask().await;
        let cache = answer.header("cache-control").to_owned();
        assert!(cache.contains("private") || cache.contains("no-store"), "{path}: {cache}");
        assert!(answer.header("vary").to_lowercase().contains("authorization"), "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), "");
        other.get(&path).ask().await.refused(404, "not_found");
    }
    app.stop().await;
}
