//! Content by its address alone.

use super::desk::{Desk, Drive, download, noise, text};
use crate::native::on_both_engines;
use attache_tests::{Answer, Ask, Setup};
use reqwest::{Method, RequestBuilder};

on_both_engines!(
    an_address_gives_the_whole_file_a_part_of_it_or_its_head,
    an_address_leads_to_its_own_file_alone_whatever_its_name,
    a_page_of_another_site_may_read_with_its_users_credentials,
    content_never_runs_in_a_browser,
);

async fn asked(desk: &Desk, method: Method, url: &str, more: impl FnOnce(RequestBuilder) -> RequestBuilder) -> Answer {
    Drive::of(desk.app.stranger()).ask(method, url, more).await
}

async fn an_address_gives_the_whole_file_a_part_of_it_or_its_head(setup: Setup) {
    let desk = Desk::open(setup).await;
    let bytes = noise(100_000);
    let file = desk.drive.put("Mo\u{eb}l 1.pdf", &bytes).await;
    let url = download(&file);
    let whole = desk.anybody(&url).await;
    assert_eq!((whole.status.as_u16(), &whole.body), (200, &bytes));
    assert_eq!(
        whole.header("content-disposition"),
        "attachment; filename=\"Mo_l 1.pdf\"; filename*=UTF-8''Mo%C3%ABl%201.pdf"
    );
    assert_eq!(whole.header("etag"), format!("\"{}\"", text(&file["version_uuid"])));
    assert_eq!((whole.header("accept-ranges"), whole.header("content-length")), ("bytes", "100000"));

    let head = asked(&desk, Method::HEAD, &url, |request| request).await;
    assert_eq!((head.status.as_u16(), head.header("content-length"), head.body.len()), (200, "100000", 0));
    let part = asked(&desk, Method::GET, &url, |request| request.header("Range", "bytes=10-19")).await;
    assert_eq!((part.status.as_u16(), &part.body[..]), (206, &bytes[10..20]));
    assert_eq!(part.header("content-range"), "bytes 10-19/100000");
    let behind = asked(&desk, Method::GET, &url, |request| request.header("Range", "bytes=100000-")).await;
    assert_eq!((behind.status.as_u16(), behind.header("content-range")), (416, "bytes */100000"));
    let known = whole.header("etag").to_owned();
    let held = asked(&desk, Method::GET, &url, |request| request.header("If-None-Match", known)).await;
    assert_eq!(held.status, 304);
    // Those who send a token get the file too, whatever it is worth.
    let with_token = Drive::of(desk.app.stranger().with_token(Some("wrong".to_owned())));
    assert_eq!(with_token.get(&url).await.body, bytes);
    desk.stop().await;
}

async fn an_address_leads_to_its_own_file_alone_whatever_its_name(setup: Setup) {
    let desk = Desk::open(setup).await;
    let file = desk.drive.put("a.txt", b"mine").await;
    let other = desk.other_account().await.put("b.txt", b"theirs").await;
    let (base, uuid, version) = (desk.app.url(), text(&file["uuid"]), text(&file["version_uuid"]));
    let drive_of = |file: &serde_json::Value| download(file).split('/').nth(4).unwrap().to_owned();
    let (mine, theirs) = (drive_of(&file), drive_of(&other));
    assert_ne!(mine, theirs);
    for name in ["a.txt", "wrong.bin", "%D1%8F", "..%2F.."] {
        assert_eq!(desk.anybody(&format!("{base}/download/{mine}/{uuid}/{name}")).await.text(), "mine", "{name}");
        assert_eq!(desk.anybody(&format!("{base}/download/{mine}/{uuid}/{version}/{name}")).await.text(), "mine");
    }
    let nobody = "00000000-0000-7000-8000-000000000000";
    for (drive, file, version) in [
        (theirs.as_str(), uuid.as_str(), None),
        (nobody, &uuid, None),
        ("x", &uuid, None),
        (&mine, nobody, None),
        (&mine, "x", None),
        (&mine, &text(&other["uuid"]), None),
        (&mine, &uuid, Some(nobody)),
        (&mine, &uuid, Some("x")),
        (&mine, &uuid, Some(uuid.as_str())),
        (&mine, &uuid, Some(&text(&other["version_uuid"]))),
    ] {
        let version = version.map(|version| format!("/{version}")).unwrap_or_default();
        let answer = desk.anybody(&format!("{base}/download/{drive}/{file}{version}/a.txt")).await;
        assert_eq!(answer.status, 404, "{drive} {file} {version}");
    }
    for wrong in ["/x", "/x/y", "/1/2/3/4/5"] {
        assert_eq!(desk.anybody(&format!("{base}/download{wrong}")).await.status, 404, "{wrong}");
    }
    // What lists leave out, and what needs a token each time, has no such address.
    for access in ["hidden_private", "sensitive"] {
        let path = format!("/v1/files?name={access}.txt&access={access}");
        let file = desk.native.post(&path).body("x").ask().await.expect(201);
        let url = format!("{base}/download/{mine}/{}/a.txt", file["id"].as_str().unwrap());
        assert_eq!(desk.anybody(&url).await.status, 404, "{access}");
    }
    desk.stop().await;
}

async fn a_page_of_another_site_may_read_with_its_users_credentials(setup: Setup) {
    let desk = Desk::open(setup).await;
    let url = download(&desk.drive.put("a.txt", b"x").await);
    let site = "https://crm.example.com";
    for url in [url.clone(), url.replace("/a.txt", "x/a.txt")] {
        let answer = asked(&desk, Method::GET, &url, |request| request.header("Origin", site)).await;
        assert_eq!(answer.header("access-control-allow-origin"), site);
        assert_eq!(answer.header("access-control-allow-credentials"), "true");
        assert!(answer.header("vary").to_lowercase().contains("origin"));
    }
    let before = asked(&desk, Method::OPTIONS, &url, |request| request.header("Origin", site)).await;
    assert_eq!((before.status.as_u16(), before.header("access-control-allow-origin")), (204, site));
    assert!(before.header("access-control-allow-headers").contains("Authorization"));
    assert_eq!(desk.anybody(&url).await.header("access-control-allow-origin"), "");
    // Nothing else is open to other sites.
    let list = desk.drive.ask(Method::GET, "/v1.0/files", |request| request.header("Origin", site)).await;
    assert_eq!(list.header("access-control-allow-origin"), "");
    desk.stop().await;
}

async fn content_never_runs_in_a_browser(setup: Setup) {
    let desk = Desk::open(setup).await;
    for name in ["page.html", "picture.svg", "script.js"] {
        let file = desk.drive.put(name, b"<script>alert(1)</script>").await;
        let answer = desk.anybody(&download(&file)).await;
        let kind = answer.header("content-type");
        assert!(["html", "svg", "script"].iter().all(|word| !kind.contains(word)), "{name} leaves as {kind}");
        assert!(answer.header("content-disposition").starts_with("attachment"), "{name}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
    desk.stop().await;
}
