//! Hosted files: what a file's `url` answers to people and robots without a token.

use super::*;
use attache_tests::Ask;
use serde_json::json;

async fn put(desk: &Desk, path: &str, bytes: &[u8], access: &str) -> String {
    let file = desk.hubspot.put_with(path, bytes, json!({"access": access})).await;
    assert_eq!(file["url"], file["defaultHostingUrl"]);
    file["url"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn each_access_level_shows_what_it_says() {
    let desk = Desk::open().await;
    for (access, status, robots) in
        [("PUBLIC_INDEXABLE", 200, ""), ("PUBLIC_NOT_INDEXABLE", 200, "noindex"), ("PRIVATE", 404, "")]
    {
        let url = put(&desk, &format!("/f/{access}.txt"), b"content", access).await;
        let got = desk.anybody(&url).await;
        assert_eq!((got.status.as_u16(), got.header("x-robots-tag")), (status, robots), "{access}");
        assert_eq!(got.text() == "content", status == 200, "{access}");
        let head = desk.app.stranger().head(&url).ask().await;
        assert_eq!((head.status.as_u16(), head.header("x-robots-tag")), (status, robots), "HEAD {access}");
    }
}

#[tokio::test]
async fn what_could_run_is_shown_as_text() {
    let desk = Desk::open().await;
    let page = b"<!doctype html><script>alert(1)</script>".as_slice();
    for (name, bytes) in [("a.html", page), ("a.js", b"alert(1)"), ("a.htm", page), ("a.txt", page), ("a.css", b"p{}")]
    {
        let got = desk.anybody(&put(&desk, &format!("/f/{name}"), bytes, "PUBLIC_INDEXABLE").await).await;
        assert_eq!(got.header("content-type"), "text/plain; charset=utf-8", "{name}");
        assert_eq!(got.header("x-content-type-options"), "nosniff", "{name}");
    }
    let picture = desk.anybody(&put(&desk, "/f/a.png", PIXEL, "PUBLIC_INDEXABLE").await).await;
    assert_eq!((picture.header("content-type"), picture.body.as_slice()), ("image/png", PIXEL));
}

#[tokio::test]
async fn the_address_holds_the_path_escaped_and_serves_parts() {
    let desk = Desk::open().await;
    let url = put(&desk, "/a b/\u{e4}+%#?.txt", b"0123456789", "PUBLIC_INDEXABLE").await;
    assert!(url.ends_with("/a%20b/%C3%A4%2B%25%23%3F.txt"), "{url}");
    assert_eq!(desk.anybody(&url).await.text(), "0123456789");
    let part = desk.app.stranger().get(&url).header("range", "bytes=3-5").ask().await;
    assert_eq!((part.status.as_u16(), part.text().as_str()), (206, "345"));
}

#[tokio::test]
async fn hidden_levels_are_hosted_or_not_as_their_names_say() {
    let desk = Desk::open().await;
    let hidden = desk.with_scopes("hubspot:files.ui_hidden.read,hubspot:files.ui_hidden.write").await;
    for (access, status, robots) in
        [("HIDDEN_INDEXABLE", 200, ""), ("HIDDEN_NOT_INDEXABLE", 200, "noindex"), ("HIDDEN_PRIVATE", 404, "")]
    {
        let file = hidden.put_with(&format!("/f/{access}.txt"), b"1", json!({"access": access})).await;
        let got = desk.anybody(file["url"].as_str().unwrap()).await;
        assert_eq!((got.status.as_u16(), got.header("x-robots-tag")), (status, robots), "{access}");
    }
}

#[tokio::test]
async fn accounts_do_not_meet_at_hosted_addresses() {
    let desk = Desk::open().await;
    let mine = put(&desk, "/f/a.txt", b"mine", "PUBLIC_INDEXABLE").await;
    let other = desk.other_account().await;
    let public = json!({"access": "PUBLIC_INDEXABLE"});
    let theirs = other.put_with("/f/a.txt", b"theirs", public).await["url"].as_str().unwrap().to_owned();
    assert_ne!(mine, theirs);
    assert_eq!(
        (desk.anybody(&mine).await.text(), desk.anybody(&theirs).await.text()),
        ("mine".into(), "theirs".into())
    );
    let only_mine = put(&desk, "/f/b.txt", b"mine", "PUBLIC_INDEXABLE").await;
    assert_eq!(desk.anybody(&only_mine).await.status, 200);
    assert_eq!(desk.anybody(&theirs.replace("a.txt", "b.txt")).await.status, 404);
}
