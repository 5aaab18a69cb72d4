//! The page itself: what it says, what it loads, and what it does not.

use super::{intake, url};
use crate::native::on_both_engines;
use crate::page::{blocks, has_python3, pasted, started};
use attache_tests::{Ask, Setup};
use serde_json::json;

const PAGE: &str = include_str!("../../../docs/intakes.md");

on_both_engines!(
    the_page_says_what_is_asked_for_and_nothing_of_the_account,
    the_page_loads_nothing_but_its_own_style_and_script,
);

async fn the_page_says_what_is_asked_for_and_nothing_of_the_account(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let plan = json!({
        "record": "contact/4711", "title": "Your <passport> & more", "note": "<script>alert(1)</script>\nhttps://x.example",
        "types": ["image/*", "application/pdf", ".docx"], "max_files": 3, "max_bytes": 10 << 20,
        "file_name": "{record}-secret-template", "role": "secret-role", "folder": "/secret-folder"
    });
    let made = intake(&client, plan).await;
    let answer = app.stranger().get(url(&made)).ask().await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "text/html; charset=utf-8"));
    let page = answer.text();
    for said in [
        "<html lang=\"en\">",
        "<h1>Your &lt;passport&gt; &amp; more</h1>",
        "&lt;script&gt;alert(1)&lt;/script&gt;\nhttps://x.example</p>",
        "<li>Up to 3 files</li>",
        "<li>Each at most 10 MB</li>",
        "<li>Kinds: pictures, PDF, .docx</li>",
        "accept=\"image/*,application/pdf,.docx\"",
        "<label for=\"file\">Files</label>",
        "multiple",
        "method=\"post\" enctype=\"multipart/form-data\"",
    ] {
        assert!(page.contains(said), "{said}\n{page}");
    }
    for hidden in ["4711", "secret", "default", "type=\"password\"", made["id"].as_str().unwrap()] {
        assert!(!page.contains(hidden), "{hidden}\n{page}");
    }
    let one = intake(&client, json!({ "max_files": 1 })).await;
    let page = app.stranger().get(url(&one)).ask().await.text();
    assert!(page.contains("<h1>Send files</h1>") && page.contains("<li>One file</li>") && !page.contains("multiple"));
    app.stop().await;
}

async fn the_page_loads_nothing_but_its_own_style_and_script(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let made = intake(&client, json!({})).await;
    let answer = app.stranger().get(url(&made)).ask().await;
    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    for (header, value) in [
        ("referrer-policy", "no-referrer"),
        ("x-robots-tag", "noindex, nofollow"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("set-cookie", ""),
    ] {
        assert_eq!(answer.header(header), value, "{header}");
    }
    let page = answer.text();
    let loads: Vec<&str> = [" src=\"", " href=\"", " action=\""]
        .iter()
        .flat_map(|start| page.split(start).skip(1).filter_map(|rest| rest.split('"').next()))
        .collect();
    assert_eq!(loads, ["page.js", "page.css"]);
    assert!(!page.contains("style=") && !page.contains("onclick"), "{page}");
    let (base, _) = url(&made).rsplit_once('/').unwrap();
    for (file, kind) in [("page.js", "text/javascript; charset=utf-8"), ("page.css", "text/css; charset=utf-8")] {
        let answer = app.stranger().get(&format!("{base}/{file}")).ask().await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, kind));
        assert!(!answer.text().contains("http:") && !answer.text().contains("https:"), "{file}");
    }
    assert_eq!(app.stranger().head(url(&made)).ask().await.status, 200);
    app.stop().await;
}

#[tokio::test]
async fn the_commands_of_the_documentation_ask_for_a_passport_and_get_it() {
    if !has_python3() {
        return;
    }
    let opened = PAGE.lines().filter(|line| line.starts_with("```") && *line != "```").count();
    assert_eq!(opened, blocks(PAGE, "sh").len(), "every example is run");
    let (home, server) = started();
    let out = pasted(PAGE, &home, &server);
    assert!(out.contains("The file was received") && out.contains("intake.received"), "{out}");
    let client = server.client(crate::PROGRAM, "all");
    let on = client.get("/v1/records/contact/42/files").ask().await.expect(200);
    assert_eq!(on["items"][0]["file"]["name"], "contact-42-passport.pdf");
    let sent = std::fs::read(home.path().join("scan.pdf")).unwrap();
    assert!(crate::native::content(&client, &on["items"][0]["file"]).await == sent, "the bytes are others");
    let after = client.get("/v1/intakes").ask().await.expect(200);
    assert_eq!(after["items"][0]["state"], "closed");
}
