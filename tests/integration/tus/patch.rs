//! Sending bytes: the core of the protocol.

use super::{BYTES, UPLOADS, content, head, offset, open, open_named, patch, patching, tus};
use crate::native::{is_sound, noise, on_both_engines};
use attache_tests::{Ask, Setup};
use reqwest::Method;

on_both_engines!(
    bytes_that_are_taken_are_204_with_the_new_offset,
    the_answer_that_completes_an_upload_names_a_file_that_is_there,
    bytes_at_another_offset_are_409_and_change_nothing,
    bytes_past_the_length_are_400_and_never_pass_it,
    bytes_of_another_type_are_415_and_change_nothing,
    bytes_without_an_offset_are_400,
    an_offset_that_is_no_number_is_400,
    an_upload_that_was_never_made_is_404_without_an_offset,
    an_empty_request_moves_nothing,
    bytes_for_a_finished_upload_are_refused_and_none_at_its_end_are_not,
    a_stream_of_unknown_length_is_taken,
    small_and_large_contents_come_through_byte_for_byte,
);

async fn bytes_that_are_taken_are_204_with_the_new_offset(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let at = open(&client, &[("Upload-Length", "11")]).await;
    let first = patch(&client, &at, 0, "hello").await;
    assert_eq!((first.status.as_u16(), first.header("upload-offset")), (204, "5"));
    assert!(first.body.is_empty() && !first.headers.contains_key("attache-file"));
    assert_eq!(offset(&client, &at).await, 5);
    app.stop().await;
}

async fn the_answer_that_completes_an_upload_names_a_file_that_is_there(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let at = open_named(&client, 11, "greeting.txt").await;
    patch(&client, &at, 0, "hello").await;
    let done = patch(&client, &at, 5, " world").await;
    assert_eq!((done.status.as_u16(), done.header("upload-offset")), (204, "11"));
    assert_eq!(content(&client, &done).await, b"hello world");
    let seen = head(&client, &at).await;
    assert_eq!((seen.header("upload-offset"), seen.header("upload-length")), ("11", "11"));
    assert_eq!(content(&client, &seen).await, b"hello world");
    is_sound(&app).await;
    app.stop().await;
}

async fn bytes_at_another_offset_are_409_and_change_nothing(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let at = open(&client, &[("Upload-Length", "11")]).await;
    patch(&client, &at, 0, "hello").await;
    for wrong in [0, 4, 6, 11, 12, 1 << 40] {
        let answer = patch(&client, &at, wrong, "XXX").await;
        assert_eq!((answer.status.as_u16(), answer.header("upload-offset")), (409, "5"), "{wrong}: {}", answer.text());
    }
    let done = patch(&client, &at, 5, " world").await;
    assert_eq!(content(&client, &done).await, b"hello world");
    app.stop().await;
}

async fn bytes_past_the_length_are_400_and_never_pass_it(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let at = open(&client, &[("Upload-Length", "5")]).await;
    assert_eq!(patch(&client, &at, 0, "hello!").await.status, 400);
    assert_eq!(offset(&client, &at).await, 0, "a declared length is believed");
    let pieces = futures_util::stream::iter([Ok::<_, std::io::Error>("hel"), Ok("lo!")]);
    let streamed = patch(&client, &at, 0, reqwest::Body::wrap_stream(pieces)).await;
    assert_eq!(streamed.status, 400);
    let seen = head(&client, &at).await;
    assert!(seen.header("upload-offset").parse::<u64>().unwrap() <= 5, "{seen:?}");
    app.stop().await;
}

async fn bytes_of_another_type_are_415_and_change_nothing(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let at = open(&client, &[("Upload-Length", "5")]).await;
    for kind in ["application/octet-stream", "application/offset+octet-stream, text/plain", "text/plain"] {
        let request = tus(&client, Method::PATCH, &at).header("Upload-Offset", "0").header("Content-Type", kind);
        assert_eq!(request.body("hello").ask().await.status, 415, "{kind}");
    }
    let untyped = tus(&client, Method::PATCH, &at).header("Upload-Offset", "0").body("hello").ask().await;
    assert_eq!(untyped.status, 415);
    let packed = patching(&client, &at, 0, "hello").header("Content-Encoding", "gzip").ask().await;
    assert_eq!(packed.status, 415);
    assert_eq!(offset(&client, &at).await, 0);
    app.stop().await;
}

async fn bytes_without_an_offset_are_400(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let at = open(&client, &[("Upload-Length", "5")]).await;
    let answer = tus(&client, Method::PATCH, &at).header("Content-Type", BYTES).body("hello").ask().await;
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains("Upload-Offset"), "{}", answer.text());
    assert_eq!(offset(&client, &at).await, 0);
    app.stop().await;
}

async fn an_offset_that_is_no_number_is_400(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let at = open(&client, &[("Upload-Length", "5")]).await;
    for bad in ["-1", "0x0", "", "0, 0", "99999999999999999999"] {
        let request = tus(&client, Method::PATCH, &at).header("Upload-Offset", bad).header("Content-Type", BYTES);
        assert_eq!(request.body("hello").ask().await.status, 400, "{bad}");
    }
    assert_eq!(offset(&client, &at).await, 0);
    app.stop().await;
}

async fn an_upload_that_was_never_made_is_404_without_an_offset(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    for id in ["0190a5a4-5d5c-7f00-8000-00000000000a", "1", "none", "%ff", ".."] {
        let at = format!("{UPLOADS}/{id}");
        let answers = [
            head(&client, &at).await,
            patch(&client, &at, 0, "x").await,
            tus(&client, Method::DELETE, &at).ask().await,
        ];
        for answer in answers {
            assert!([400, 404, 405].contains(&answer.status.as_u16()), "{id}: {answer:?}");
            assert!(!answer.headers.contains_key("upload-offset"));
        }
    }
    let at = format!("{UPLOADS}/0190a5a4-5d5c-7f00-8000-00000000000a");
    assert_eq!(head(&client, &at).await.status, 404);
    assert_eq!(patch(&client, &at, 0, "x").await.status, 404);
    app.stop().await;
}

async fn an_empty_request_moves_nothing(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let at = open(&client, &[("Upload-Length", "5")]).await;
    patch(&client, &at, 0, "he").await;
    let empty = patch(&client, &at, 2, "").await;
    assert_eq!((empty.status.as_u16(), empty.header("upload-offset")), (204, "2"), "{}", empty.text());
    assert_eq!(patch(&client, &at, 2, "llo").await.status, 204);
    app.stop().await;
}

async fn bytes_for_a_finished_upload_are_refused_and_none_at_its_end_are_not(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let at = open(&client, &[("Upload-Length", "5")]).await;
    let done = patch(&client, &at, 0, "hello").await;
    // The answer may have been lost on its way: the same request again tells where the upload is.
    let again = patch(&client, &at, 0, "hello").await;
    assert_eq!((again.status.as_u16(), again.header("upload-offset")), (409, "5"));
    assert!([400, 409].contains(&patch(&client, &at, 5, "!").await.status.as_u16()));
    let nothing = patch(&client, &at, 5, "").await;
    assert_eq!((nothing.status.as_u16(), nothing.header("upload-offset")), (204, "5"), "{}", nothing.text());
    assert_eq!(nothing.header("attache-file"), done.header("attache-file"));
    assert_eq!(content(&client, &nothing).await, b"hello");
    let usage = client.get("/v1/account").ask().await.expect(200)["usage"]["files"].clone();
    assert_eq!(usage, 1, "one upload is one file");
    app.stop().await;
}

async fn a_stream_of_unknown_length_is_taken(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let at = open(&client, &[("Upload-Length", "11")]).await;
    let pieces = futures_util::stream::iter([Ok::<_, std::io::Error>("hello"), Ok(" "), Ok("world")]);
    let done = patch(&client, &at, 0, reqwest::Body::wrap_stream(pieces)).await;
    assert_eq!(content(&client, &done).await, b"hello world");
    app.stop().await;
}

async fn small_and_large_contents_come_through_byte_for_byte(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    for (seed, len, piece) in [(1, 1, 1), (2, 65_536, 65_536), (3, 65_537, 40_000), (4, 3 << 20, 777_777)] {
        let bytes = noise(seed, len);
        let at = open_named(&client, len, &format!("{seed}.bin")).await;
        let mut sent = 0;
        let mut last = None;
        for piece in bytes.chunks(piece) {
            let answer = patch(&client, &at, sent, piece.to_vec()).await;
            sent += piece.len() as u64;
            assert_eq!(answer.header("upload-offset"), sent.to_string(), "{}", answer.text());
            last = Some(answer);
        }
        assert_eq!(content(&client, &last.unwrap()).await, bytes);
    }
    is_sound(&app).await;
    app.stop().await;
}
