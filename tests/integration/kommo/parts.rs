//! Parts: what may be sent, and that a part that comes twice, cut or too late never breaks a file.

use super::desk::{Desk, Drive, PART, download, noise, text};
use crate::native::on_both_engines;
use attache_tests::Setup;
use futures_util::stream::iter;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Body, Method};
use serde_json::{Value, json};
use std::io;

on_both_engines!(
    parts_need_no_token_and_have_three_addresses,
    parts_need_not_be_equal_and_come_in_any_wrapping,
    a_part_that_comes_again_gets_the_same_answer_and_other_bytes_a_conflict,
    a_part_that_is_too_large_too_long_or_empty_is_refused_and_the_session_goes_on,
    a_part_that_is_cut_leaves_nothing,
    the_same_part_sent_twice_at_once_is_kept_once,
    an_address_that_was_changed_or_is_not_due_is_nobodys,
    parts_survive_a_restart,
);

/// A session of so many bytes: the address of its first part.
async fn opened(desk: &Desk, size: usize) -> String {
    text(&desk.drive.session("parts.bin", size).await["upload_url"])
}

fn next(answer: &Value) -> String {
    text(&answer["next_url"])
}

async fn parts_need_no_token_and_have_three_addresses(setup: Setup) {
    let desk = Desk::open(setup).await;
    let nobody = Drive::of(desk.app.stranger());
    let first = opened(&desk, 4).await;
    assert!(first.starts_with(&format!("{}/upload/", desk.app.url())), "{first}");
    let second = next(&nobody.part(&first, "1").await.expect(202));
    let second = second.replace("/upload/", "/v1.0/sessions/upload/");
    let third = next(&nobody.part(&second, "2").await.expect(202)).replace("/upload/", "/v1.0/upload/");
    let fourth = next(&desk.drive.part(&third, "3").await.expect(202));
    let send = |request: reqwest::RequestBuilder| request.header(AUTHORIZATION, "Bearer wrong").body("4");
    let file = nobody.ask(Method::POST, &fourth, send).await.expect(200);
    assert_eq!(desk.anybody(&download(&file)).await.body, b"1234");
    desk.stop().await;
}

async fn parts_need_not_be_equal_and_come_in_any_wrapping(setup: Setup) {
    let desk = Desk::open(setup).await;
    let whole = "a=1&b=2%2{\"x\":--c\r\n==chunksin a formthe end.";
    let first = opened(&desk, whole.len()).await;
    let kinds = ["application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=b"];
    let mut url = first;
    for (kind, bytes) in kinds.into_iter().zip(["a=1&b=2%2", "{\"x\":", "--c\r\n=="]) {
        let send = |request: reqwest::RequestBuilder| request.header(CONTENT_TYPE, kind).body(bytes);
        url = next(&desk.drive.ask(Method::POST, &url, send).await.expect(202));
    }
    // Chunked, without a length.
    let chunks = iter(["chun", "ks"].map(|chunk| Ok::<_, io::Error>(chunk.to_owned())));
    let chunked = desk.drive.ask(Method::POST, &url, |request| request.body(Body::wrap_stream(chunks))).await;
    // A form, and a range that nobody looks at.
    let form = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\nin a form\r\n--b--\r\n";
    let send = |request: reqwest::RequestBuilder| {
        request.header(CONTENT_TYPE, kinds[2]).header("Content-Range", "bytes 500-509/1000").body(form)
    };
    let unwrapped = desk.drive.ask(Method::POST, &next(&chunked.expect(202)), send).await.expect(202);
    let file = desk.drive.part(&next(&unwrapped), "the end.").await.expect(200);
    assert_eq!(desk.anybody(&download(&file)).await.text(), whole);
    desk.stop().await;
}

async fn a_part_that_comes_again_gets_the_same_answer_and_other_bytes_a_conflict(setup: Setup) {
    let desk = Desk::open(setup).await;
    let first = opened(&desk, 8).await;
    let told = desk.drive.part(&first, "1234").await.expect(202);
    assert_eq!(desk.drive.part(&first, "1234").await.expect(202), told);
    for other in ["4321", "123", "12345", ""] {
        desk.drive.part(&first, other).await.expect(409);
    }
    let last = next(&told);
    let file = desk.drive.part(&last, "5678").await.expect(200);
    assert_eq!(desk.drive.part(&last, "5678").await.expect(200), file);
    assert_eq!(desk.drive.part(&first, "1234").await.expect(202), told);
    desk.drive.part(&last, "8765").await.expect(409);
    assert_eq!(desk.drive.names("").await, ["parts.bin"]);
    assert_eq!(desk.anybody(&download(&file)).await.body, b"12345678");
    desk.stop().await;
}

async fn a_part_that_is_too_large_too_long_or_empty_is_refused_and_the_session_goes_on(setup: Setup) {
    let desk = Desk::open(setup).await;
    let bytes = noise(PART + 2);
    let first = opened(&desk, bytes.len()).await;
    desk.drive.part(&first, &bytes[..PART + 1]).await.expect(413);
    desk.drive.part(&first, "").await.expect(400);
    let second = next(&desk.drive.part(&first, &bytes[..PART]).await.expect(202));
    desk.drive.part(&second, "123").await.expect(400);
    desk.drive.part(&second, "").await.expect(400);
    let file = desk.drive.part(&second, &bytes[PART..]).await.expect(200);
    assert_eq!(desk.anybody(&download(&file)).await.body, bytes);
    desk.stop().await;
}

async fn a_part_that_is_cut_leaves_nothing(setup: Setup) {
    let desk = Desk::open(setup).await;
    let opened = desk.drive.session("parts.bin", 8).await;
    let url = text(&opened["upload_url"]);
    let cut = iter([Ok("12".to_owned()), Err(io::Error::other("the wire is cut"))]);
    assert!(desk.drive.0.post(&url).body(Body::wrap_stream(cut)).send().await.is_err());
    let at = format!("/v1.0/sessions/{}", opened["session_id"]);
    assert_eq!(desk.drive.get(&at).await.expect(200)["received"], 0);
    let file = desk.drive.part(&url, "abcdefgh").await.expect(200);
    assert_eq!(desk.anybody(&download(&file)).await.body, b"abcdefgh");
    desk.stop().await;
}

async fn the_same_part_sent_twice_at_once_is_kept_once(setup: Setup) {
    let desk = Desk::open(setup).await;
    let bytes = noise(200_000);
    let first = opened(&desk, 2 * bytes.len()).await;
    let (one, two) = tokio::join!(desk.drive.part(&first, bytes.clone()), desk.drive.part(&first, bytes.clone()));
    let told = one.expect(202);
    assert_eq!(two.expect(202), told);
    let last = next(&told);
    let (one, two) = tokio::join!(desk.drive.part(&last, bytes.clone()), desk.drive.part(&last, bytes.clone()));
    let file = one.expect(200);
    assert_eq!(two.expect(200)["uuid"], file["uuid"]);
    assert_eq!(desk.anybody(&download(&file)).await.body, [bytes.clone(), bytes].concat());
    assert_eq!(desk.drive.names("").await, ["parts.bin"]);
    desk.stop().await;
}

async fn an_address_that_was_changed_or_is_not_due_is_nobodys(setup: Setup) {
    let desk = Desk::open(setup).await;
    let first = opened(&desk, 4).await;
    let claims = |url: &str| -> Value {
        let payload = url.rsplit('/').next().unwrap().split('.').nth(1).unwrap();
        serde_json::from_slice(
            &base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, payload).unwrap(),
        )
        .unwrap()
    };
    let told = claims(&first);
    assert_eq!(told["exp"].as_i64().zip(told["iat"].as_i64()).map(|(exp, iat)| exp - iat), Some(86_400));
    assert_eq!(
        (&told["part_num"], &told["content_size"], &told["user_type"]),
        (&json!(1), &json!(4), &json!("internal"))
    );
    let token = first.rsplit('/').next().unwrap();
    let (head, tail) = token.split_at(token.len() / 2);
    let other = if tail.starts_with('A') { 'B' } else { 'A' };
    for bad in [format!("{head}{other}{}", &tail[1..]), head.to_owned(), "x".to_owned(), "a.b.c".to_owned()] {
        desk.drive.part(&format!("{}/upload/{bad}", desk.app.url()), "1234").await.expect(404);
    }
    let get = desk.drive.get(&first).await;
    assert_eq!(get.status, 405, "an address of a part is for sending alone");
    let file = desk.drive.part(&first, "1234").await.expect(200);
    assert_eq!(desk.anybody(&download(&file)).await.body, b"1234");
    desk.stop().await;
}

async fn parts_survive_a_restart(setup: Setup) {
    let desk = Desk::open(setup).await;
    let first = opened(&desk, 8).await;
    let told = desk.drive.part(&first, "1234").await.expect(202);
    let before = desk.app.url();
    let desk = desk.again().await;
    let moved = |url: &str| url.replace(&before, &desk.app.url());
    let again = desk.drive.part(&moved(&first), "1234").await.expect(202);
    assert_eq!(again["next_url"], moved(&next(&told)));
    let file = desk.drive.part(&moved(&next(&told)), "5678").await.expect(200);
    assert_eq!(desk.anybody(&download(&file)).await.body, b"12345678");
    desk.stop().await;
}
