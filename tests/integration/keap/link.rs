//! Links to bytes: lasting ones to public files, signed ones to private files.

use super::desk::{Desk, Place, V1, V2, noise};
use crate::native::on_both_engines;
use attache_tests::{Answer, Ask, Setup};
use serde_json::json;
use std::time::Duration;

on_both_engines!(
    c08_a_private_files_link_works_for_a_quarter_of_an_hour,
    c08_a_public_files_link_lasts_and_ends_with_its_publicity,
    c08_a_link_that_was_tampered_with_opens_nothing,
    c08_links_follow_renames_and_replacements,
    c08_parts_of_a_link_can_be_asked_for_and_known_bytes_are_not_sent_again,
    c08_what_a_browser_would_run_is_saved_instead,
    c08_what_is_no_key_is_not_found,
);

async fn link(desk: &Desk, no: i64) -> String {
    desk.keap.v1(no).await["download_url"].as_str().unwrap().to_owned()
}

async fn publish(desk: &Desk, no: i64, public: bool) {
    desk.keap.put(&format!("{V1}/{no}"), &json!({ "is_public": public })).await.expect(200);
}

async fn c08_a_private_files_link_works_for_a_quarter_of_an_hour(setup: Setup) {
    let desk = Desk::open(setup).await;
    let bytes = noise(100_000);
    let no = desk.keap.file("a.bin", &bytes, Place::Contact(7)).await;
    let url = link(&desk, no).await;
    let bare = url.split('?').next().unwrap().to_owned();
    assert!(desk.anybody(&url).await.body == bytes);
    desk.pass(Duration::from_secs(15 * 60 - 1));
    assert!(desk.anybody(&url).await.body == bytes);
    desk.pass(Duration::from_secs(2));
    assert_eq!(desk.anybody(&url).await.status, 403, "its time is over");
    assert!(desk.anybody(&link(&desk, no).await).await.body == bytes);
    let without = desk.anybody(&bare).await.status.as_u16();
    assert!([403, 404].contains(&without), "{without}");
    desk.stop().await;
}

async fn c08_a_public_files_link_lasts_and_ends_with_its_publicity(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.keap.file("a.txt", b"hello", Place::Contact(7)).await;
    let signed = link(&desk, no).await;
    publish(&desk, no, true).await;
    let url = link(&desk, no).await;
    assert_eq!(url, format!("{}/{}", desk.app.url(), desk.keap.v1(no).await["remote_file_key"].as_str().unwrap()));
    desk.pass(Duration::from_secs(400 * 24 * 3600));
    assert_eq!(desk.anybody(&url).await.text(), "hello");
    publish(&desk, no, false).await;
    let closed = desk.anybody(&url).await.status.as_u16();
    assert!([403, 404].contains(&closed), "{closed}");
    assert_eq!(desk.anybody(&signed).await.status, 403);
    publish(&desk, no, true).await;
    assert_eq!(desk.anybody(&url).await.text(), "hello");
    desk.keap.delete(&format!("{V1}/{no}")).await.expect(204);
    assert_eq!(desk.anybody(&url).await.status, 404);
    desk.stop().await;
}

async fn c08_a_link_that_was_tampered_with_opens_nothing(setup: Setup) {
    let desk = Desk::open(setup).await;
    let mine = link(&desk, desk.keap.file("a.txt", b"hello", Place::Contact(7)).await).await;
    let other = link(&desk, desk.keap.file("b.txt", b"other", Place::Contact(7)).await).await;
    let (bare, sign) = mine.split_once('?').unwrap();
    let other_sign = other.split_once('?').unwrap().1;
    let last = sign.chars().last().unwrap();
    let bent = format!("{}{}", &sign[..sign.len() - 1], if last == 'A' { 'B' } else { 'A' });
    for url in [
        format!("{bare}?{other_sign}"),
        format!("{bare}?{bent}"),
        format!("{bare}?sig="),
        format!("{bare}?sig=x"),
        format!("{bare}?{sign}x"),
        bare.to_owned(),
    ] {
        let answer = desk.anybody(&url).await;
        assert!([403, 404].contains(&answer.status.as_u16()), "{url}: {}", answer.text());
        assert!(!answer.text().contains("hello") && !answer.text().contains("other"), "{url}");
    }
    desk.stop().await;
}

async fn c08_links_follow_renames_and_replacements(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.keap.file("a.txt", b"first", Place::Contact(7)).await;
    let url = link(&desk, no).await;
    let body = json!({ "file_name": "b.txt", "file_data": "c2Vjb25k" });
    desk.keap.put(&format!("{V1}/{no}"), &body).await.expect(200);
    let answer = desk.anybody(&url).await;
    assert_eq!((answer.status.as_u16(), answer.text()), (200, "second".to_owned()));
    assert!(answer.header("content-disposition").contains("b.txt"), "{}", answer.header("content-disposition"));
    desk.stop().await;
}

async fn c08_parts_of_a_link_can_be_asked_for_and_known_bytes_are_not_sent_again(setup: Setup) {
    let desk = Desk::open(setup).await;
    for len in [1000, 100_000] {
        let bytes = noise(len);
        let no = desk.keap.file("a.bin", &bytes, Place::Contact(7)).await;
        for public in [false, true] {
            publish(&desk, no, public).await;
            let url = link(&desk, no).await;
            let ask = async |name: &'static str, value: String| -> Answer {
                desk.app.stranger().get(&url).header(name, value).ask().await
            };
            let part = ask("Range", "bytes=10-19".into()).await;
            assert_eq!(
                (part.status.as_u16(), part.header("content-range")),
                (206, format!("bytes 10-19/{len}").as_str())
            );
            assert!(part.body == bytes[10..20]);
            assert_eq!(ask("Range", format!("bytes={len}-")).await.status, 416);
            let tag = part.header("etag").to_owned();
            assert!(tag.starts_with('"'), "{tag}");
            assert_eq!(ask("If-None-Match", tag.clone()).await.status, 304);
            let head = desk.app.stranger().head(&url).ask().await;
            assert_eq!((head.status.as_u16(), head.header("content-length")), (200, len.to_string().as_str()));
            let data = desk.keap.get(&format!("{V2}/{no}:data")).await;
            assert_eq!(data.header("etag"), tag, "the same bytes have the same tag");
        }
    }
    desk.stop().await;
}

async fn c08_what_a_browser_would_run_is_saved_instead(setup: Setup) {
    let desk = Desk::open(setup).await;
    let script = b"<script>alert(1)</script>";
    for (name, active) in [("a.html", true), ("a.svg", true), ("a.xhtml", true), ("a.pdf", false), ("a.txt", false)] {
        let no = desk.keap.file(name, script, Place::Contact(7)).await;
        publish(&desk, no, true).await;
        let answer = desk.anybody(&link(&desk, no).await).await;
        assert_eq!((answer.status.as_u16(), answer.header("x-content-type-options")), (200, "nosniff"), "{name}");
        let disposition = answer.header("content-disposition");
        assert!(disposition.contains(name), "{name}: {disposition}");
        assert!(!active || disposition.starts_with("attachment"), "{name}: {disposition}");
    }
    let no = desk.keap.file("r\u{e9}sum\u{e9} \"x\".txt", b"x", Place::Contact(7)).await;
    publish(&desk, no, true).await;
    let answer = desk.anybody(&link(&desk, no).await).await;
    assert!(answer.header("content-disposition").contains("filename*=UTF-8''r%C3%A9sum%C3%A9"), "{answer:?}");
    desk.stop().await;
}

async fn c08_what_is_no_key_is_not_found(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.keap.file("a.txt", b"x", Place::Contact(7)).await;
    publish(&desk, no, true).await;
    let key = desk.keap.v1(no).await["remote_file_key"].as_str().unwrap().to_owned();
    let id = &key["at1-".len()..key.len() - "-v2".len()];
    for bad in [
        format!("at2-{id}-v2"),
        format!("at01-{id}-v2"),
        format!("at1-{id}-v3"),
        format!("at1-{id}"),
        format!("at1-{}-v2", id.to_uppercase()),
        format!("at1-{}-v2", "0".repeat(36)),
        "at1--v2".to_owned(),
        "favicon.ico".to_owned(),
    ] {
        assert!(bad == key || desk.anybody(&format!("/{bad}")).await.status == 404, "{bad}");
    }
    assert_eq!(desk.anybody(&format!("/{key}")).await.text(), "x");
    desk.stop().await;
}
