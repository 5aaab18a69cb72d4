//! GET of one file and of its bytes, and DELETE.

use crate::keap::desk::{Desk, Place, V2, noise};
use crate::native::on_both_engines;
use attache_tests::{Ask, Setup};
use reqwest::Method;

on_both_engines!(
    c10_the_bytes_come_raw_at_every_length,
    c10_the_type_comes_from_the_extension,
    c10_parts_of_the_bytes_can_be_asked_for,
    c10_bytes_that_are_known_are_not_sent_again,
    data_is_found_however_its_colon_is_written,
    deleting_is_204_and_then_404,
);

fn data(no: i64) -> String {
    format!("{V2}/{no}:data")
}

async fn c10_the_bytes_come_raw_at_every_length(setup: Setup) {
    let desk = Desk::open(setup).await;
    for len in [0, 1, 2, 3, 65_536, 65_537, 3 << 20] {
        let bytes = noise(len);
        let no = desk.keap.file("a.bin", &bytes, Place::Contact(7)).await;
        let answer =
            desk.keap.ask(Method::GET, &data(no), |request| request.header("Accept", "application/json")).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-length")), (200, len.to_string().as_str()));
        assert!(answer.body == bytes, "{len}");
        assert!(!answer.header("content-type").contains("json"));
        let head = desk.keap.0.head(&data(no)).ask().await;
        assert_eq!((head.status.as_u16(), head.header("content-length")), (200, len.to_string().as_str()));
    }
    desk.stop().await;
}

async fn c10_the_type_comes_from_the_extension(setup: Setup) {
    let desk = Desk::open(setup).await;
    for (name, kind) in [
        ("a.pdf", "application/pdf"),
        ("a.txt", "text/plain"),
        ("a.PNG", "image/png"),
        ("a", "application/octet-stream"),
        ("a.weird9", "application/octet-stream"),
        ("a.json", "application/json"),
    ] {
        let no = desk.keap.file(name, b"just some words", Place::Contact(7)).await;
        let answer = desk.keap.0.get(&data(no)).ask().await;
        assert!(answer.header("content-type").starts_with(kind), "{name}: {}", answer.header("content-type"));
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.text(), "just some words");
    }
    desk.stop().await;
}

async fn c10_parts_of_the_bytes_can_be_asked_for(setup: Setup) {
    let desk = Desk::open(setup).await;
    for len in [1000, 100_000] {
        let bytes = noise(len);
        let path = data(desk.keap.file("a.bin", &bytes, Place::Contact(7)).await);
        let part =
            async |range: &str| desk.keap.ask(Method::GET, &path, |request| request.header("Range", range)).await;
        for (range, from, to) in [
            ("bytes=0-0", 0, 1),
            ("bytes=10-19", 10, 20),
            ("bytes=990-", 990, len),
            ("bytes=-5", len - 5, len),
            ("bytes=5-99999999", 5, len),
        ] {
            let answer = part(range).await;
            assert_eq!(answer.status, 206, "{range}");
            assert_eq!(answer.header("content-range"), format!("bytes {from}-{}/{len}", to - 1));
            assert!(answer.body == bytes[from..to], "{range}");
        }
        let beyond = part(&format!("bytes={len}-")).await;
        assert_eq!((beyond.status.as_u16(), beyond.header("content-range")), (416, format!("bytes */{len}").as_str()));
        assert_eq!(part("bytes=nonsense").await.status, 200);
        assert_eq!(part("").await.header("accept-ranges"), "bytes");
    }
    desk.stop().await;
}

async fn c10_bytes_that_are_known_are_not_sent_again(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.keap.file("a.txt", b"first", Place::Contact(7)).await;
    let tag = desk.keap.get(&data(no)).await.header("etag").to_owned();
    assert!(tag.len() > 3 && tag.contains('"'), "{tag}");
    let known = async || desk.keap.ask(Method::GET, &data(no), |request| request.header("If-None-Match", &tag)).await;
    assert_eq!(known().await.status, 304);
    let body = serde_json::json!({ "file_data": "c2Vjb25k" });
    desk.keap.put(&format!("{}/{no}", crate::keap::desk::V1), &body).await.expect(200);
    assert_eq!((known().await.status.as_u16(), known().await.text()), (200, "second".to_owned()));
    let range = desk
        .keap
        .ask(Method::GET, &data(no), |request| request.header("Range", "bytes=0-1").header("If-Range", &tag))
        .await;
    assert_eq!(range.status, 200, "a part of other bytes is of no use");
    desk.stop().await;
}

async fn data_is_found_however_its_colon_is_written(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.keap.file("a.txt", b"hello", Place::Contact(7)).await;
    for tail in [":data", "%3Adata", "%3adata", ":data/", ":data?x=1"] {
        let answer = desk.keap.0.get(&format!("{V2}/{no}{tail}")).ask().await;
        assert_eq!((answer.status.as_u16(), answer.text()), (200, "hello".to_owned()), "{tail}");
    }
    for tail in [":DATA", ":bytes", ":", "data", ":data:data"] {
        let answer = desk.keap.0.get(&format!("{V2}/{no}{tail}")).ask().await;
        assert_eq!(answer.status, 404, "{tail}: {}", answer.text());
    }
    for tail in ["", "/", "?fields=id"] {
        assert_eq!(desk.keap.get(&format!("{V2}/{no}{tail}")).await.expect(200)["id"], no.to_string());
    }
    desk.stop().await;
}

async fn deleting_is_204_and_then_404(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.keap.file("a.txt", b"hello", Place::Contact(7)).await;
    assert_eq!(desk.keap.delete(&format!("{V2}/{no}")).await.status, 204);
    desk.keap.delete(&format!("{V2}/{no}")).await.expect(404);
    desk.keap.get(&format!("{V2}/{no}")).await.expect(404);
    desk.keap.get(&data(no)).await.expect(404);
    desk.stop().await;
}
