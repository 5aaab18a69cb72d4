//! GET of one file, with its content where that is asked for.

use crate::keap::desk::{Desk, Place, V1, decoded, noise};
use crate::native::on_both_engines;
use attache_tests::Setup;
use reqwest::Method;

on_both_engines!(
    a_file_is_told_without_its_content_unless_that_is_asked_for,
    the_content_is_told_whole_at_every_length,
    c06_a_file_that_keap_itself_could_not_read_is_read,
    a_body_with_a_get_does_not_count,
);

async fn a_file_is_told_without_its_content_unless_that_is_asked_for(setup: Setup) {
    let desk = Desk::open(setup).await;
    let file = desk.keap.upload("a.txt", b"hello", Place::Contact(7)).await;
    let no = file["id"].as_i64().unwrap();
    for query in
        ["", "?", "/", "?optional_properties=", "?optional_properties=custom_fields,nothing", "?with=file_data"]
    {
        let told = desk.keap.get(&format!("{V1}/{no}{query}")).await.expect(200);
        assert!(told.get("file_data").is_none(), "{query}");
        for key in ["id", "file_name", "remote_file_key", "date_created"] {
            assert_eq!(told["file_descriptor"][key], file[key], "{query}");
        }
    }
    for query in ["file_data", "nothing,file_data", "file_data,file_data", "file_data%2Cother"] {
        let told = desk.keap.get(&format!("{V1}/{no}?optional_properties={query}")).await.expect(200);
        assert_eq!(decoded(&told["file_data"]), b"hello", "{query}");
        assert_eq!(told["file_descriptor"]["id"], no);
    }
    desk.stop().await;
}

async fn the_content_is_told_whole_at_every_length(setup: Setup) {
    let desk = Desk::open(setup).await;
    for len in [0, 1, 2, 3, 4, 47, 48, 49, 65_535, 65_536, 65_537, 200_000, 3 << 20] {
        let bytes = noise(len);
        let no = desk.keap.file("a.bin", &bytes, Place::Company).await;
        let answer = desk.keap.get(&format!("{V1}/{no}?optional_properties=file_data")).await;
        assert!(decoded(&answer.expect(200)["file_data"]) == bytes, "{len}");
        let length = answer.header("content-length");
        assert!(length.is_empty() || length == answer.body.len().to_string());
    }
    desk.stop().await;
}

async fn c06_a_file_that_keap_itself_could_not_read_is_read(setup: Setup) {
    let desk = Desk::open(setup).await;
    let bytes = noise(9 << 20);
    let no = desk.keap.file("large.bin", &bytes, Place::Contact(7)).await;
    let told = desk.keap.get(&format!("{V1}/{no}?optional_properties=file_data")).await.expect(200);
    assert!(decoded(&told["file_data"]) == bytes);
    desk.stop().await;
}

async fn a_body_with_a_get_does_not_count(setup: Setup) {
    let desk = Desk::open(setup).await;
    let no = desk.keap.file("a.txt", b"hello", Place::Contact(7)).await;
    for path in [V1.to_owned(), format!("{V1}/{no}")] {
        let answer =
            desk.keap.ask(Method::GET, &path, |request| request.json(&serde_json::json!({ "limit": 0 }))).await;
        answer.expect(200);
    }
    desk.stop().await;
}
