//! Extension concatenation: uploads that are pieces, joined into one.

use super::{BYTES, UPLOADS, ask, asking, content, file, head, metadata, offset, open, patch, tus};
use crate::native::{is_sound, list, noise, on_both_engines};
use attache_tests::{Ask, Client, Setup};
use reqwest::Method;

on_both_engines!(
    pieces_are_joined_in_the_order_in_which_they_are_named,
    a_piece_is_no_file_by_itself,
    head_says_the_role_again_word_for_word,
    what_pieces_say_about_themselves_is_not_said_about_the_whole,
    a_joined_upload_takes_no_bytes,
    pieces_can_be_joined_more_than_once,
    only_whole_pieces_are_joined,
    joining_takes_neither_a_length_nor_a_body,
    pieces_of_another_account_are_404_and_make_no_file,
    more_than_the_largest_file_cannot_be_joined,
    pieces_may_be_given_up_when_they_are_joined,
);

/// The address of a finished piece.
async fn piece(client: &Client, bytes: &[u8]) -> String {
    let length = bytes.len().to_string();
    let at = open(client, &[("Upload-Length", &length), ("Upload-Concat", "partial")]).await;
    if !bytes.is_empty() {
        let sent = patch(client, &at, 0, bytes.to_vec()).await;
        assert_eq!((sent.status.as_u16(), sent.header("upload-offset")), (204, length.as_str()), "{}", sent.text());
    }
    at
}

/// The address without the host.
fn path(at: &str) -> &str {
    &at[at.find(UPLOADS).unwrap()..]
}

async fn pieces_are_joined_in_the_order_in_which_they_are_named(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let parts = [noise(1, 100_000), noise(2, 10), Vec::new(), noise(3, 70_001)];
    let mut at = Vec::new();
    for part in &parts {
        at.push(piece(&client, part).await);
    }
    let named = metadata(&[("filename", "joined.bin"), ("record", "deal/7")]);
    // Whole addresses and paths alone are both understood.
    let concat = format!("final;{} {} {} {}", at[3], path(&at[1]), at[2], path(&at[0]));
    let made = ask(&client, &[("Upload-Concat", &concat), ("Upload-Metadata", &named)]).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let whole = [parts[3].as_slice(), &parts[1], &parts[0]].concat();
    assert!(content(&client, &made).await == whole);
    let seen = head(&client, made.header("location")).await;
    assert_eq!(seen.header("upload-length"), whole.len().to_string());
    assert_eq!(seen.header("upload-offset"), whole.len().to_string());
    assert_eq!(file(&client, &seen).await["name"], "joined.bin");
    assert_eq!(list(&client, "/v1/records/deal/7/files").await.len(), 1);
    is_sound(&app).await;
    app.stop().await;
}

async fn a_piece_is_no_file_by_itself(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let at = piece(&client, b"hello").await;
    assert_eq!(list(&client, "/v1/files").await, Vec::<serde_json::Value>::new());
    let seen = head(&client, &at).await;
    assert_eq!((seen.header("upload-offset"), seen.header("upload-length")), ("5", "5"));
    assert!(!seen.headers.contains_key("attache-file"));
    assert!(!seen.header("upload-expires").is_empty());
    app.stop().await;
}

async fn head_says_the_role_again_word_for_word(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let (one, two) = (piece(&client, b"hello").await, piece(&client, b" world").await);
    assert_eq!(head(&client, &one).await.header("upload-concat"), "partial");
    let concat = format!("final;{} {two}", path(&one));
    let made = ask(&client, &[("Upload-Concat", &concat)]).await;
    assert_eq!(head(&client, made.header("location")).await.header("upload-concat"), concat);
    app.stop().await;
}

async fn what_pieces_say_about_themselves_is_not_said_about_the_whole(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let named = metadata(&[("filename", "piece.txt")]);
    let headers = [("Upload-Length", "5"), ("Upload-Concat", "partial"), ("Upload-Metadata", named.as_str())];
    let first = asking(&client, &headers).header("Content-Type", BYTES).body("hello").ask().await;
    assert_eq!((first.status.as_u16(), first.header("upload-offset")), (201, "5"));
    let made = ask(&client, &[("Upload-Concat", &format!("final;{}", first.header("location")))]).await;
    assert_eq!(file(&client, &made).await["name"], "5d41402abc4b");
    assert!(!head(&client, made.header("location")).await.headers.contains_key("upload-metadata"));
    app.stop().await;
}

async fn a_joined_upload_takes_no_bytes(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let at = piece(&client, b"hello").await;
    let made = ask(&client, &[("Upload-Concat", &format!("final;{at}"))]).await;
    for (offset, bytes) in [(5, " world"), (0, "hello"), (5, "")] {
        assert_eq!(patch(&client, made.header("location"), offset, bytes).await.status, 403);
    }
    assert_eq!(content(&client, &head(&client, made.header("location")).await).await, b"hello");
    app.stop().await;
}

async fn pieces_can_be_joined_more_than_once(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let at = piece(&client, b"ha").await;
    for (concat, whole) in [(format!("final;{at} {at} {at}"), "hahaha"), (format!("final;{at}"), "ha")] {
        let made = ask(&client, &[("Upload-Concat", &concat)]).await;
        assert_eq!(content(&client, &made).await, whole.as_bytes(), "{}", made.text());
    }
    app.stop().await;
}

async fn only_whole_pieces_are_joined(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let whole = piece(&client, b"hello").await;
    let part = open(&client, &[("Upload-Length", "5"), ("Upload-Concat", "partial")]).await;
    let deferred = open(&client, &[("Upload-Defer-Length", "1"), ("Upload-Concat", "partial")]).await;
    let alone = open(&client, &[("Upload-Length", "5")]).await;
    patch(&client, &alone, 0, "hello").await;
    for other in [&part, &deferred, &alone] {
        let made = ask(&client, &[("Upload-Concat", &format!("final;{whole} {other}"))]).await;
        assert!(made.status.is_client_error() && made.header("location").is_empty(), "{made:?}");
    }
    for bad in ["final", "final;", "final; ", "Partial"] {
        assert_eq!(ask(&client, &[("Upload-Length", "5"), ("Upload-Concat", bad)]).await.status, 400, "{bad}");
    }
    assert_eq!(offset(&client, &part).await, 0);
    assert_eq!(list(&client, "/v1/files").await.len(), 1);
    is_sound(&app).await;
    app.stop().await;
}

async fn joining_takes_neither_a_length_nor_a_body(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let concat = format!("final;{}", piece(&client, b"hello").await);
    for header in [("Upload-Length", "5"), ("Upload-Defer-Length", "1")] {
        assert_eq!(ask(&client, &[("Upload-Concat", &concat), header]).await.status, 400);
    }
    let with_body = asking(&client, &[("Upload-Concat", &concat), ("Content-Type", BYTES)]).body("x").ask().await;
    assert_eq!(with_body.status, 400);
    assert_eq!(list(&client, "/v1/files").await, Vec::<serde_json::Value>::new());
    app.stop().await;
}

async fn pieces_of_another_account_are_404_and_make_no_file(setup: Setup) {
    let app = setup.start().await;
    let (client, other) = (app.client("all").await, app.other_account("other").await);
    let (own, theirs) = (piece(&client, b"mine").await, piece(&other, b"theirs").await);
    for concat in [format!("final;{theirs}"), format!("final;{own} {theirs}"), format!("final;{own} /v1/uploads/x")] {
        let made = ask(&client, &[("Upload-Concat", &concat)]).await;
        assert_eq!(made.status, 404, "{}", made.text());
    }
    assert_eq!(list(&client, "/v1/files").await, Vec::<serde_json::Value>::new());
    app.stop().await;
}

async fn more_than_the_largest_file_cannot_be_joined(setup: Setup) {
    let app = setup.limits(|limits| limits.file_bytes = 10).start().await;
    let client = app.client("all").await;
    let at = piece(&client, b"01234").await;
    assert_eq!(ask(&client, &[("Upload-Concat", &format!("final;{at} {at}"))]).await.status, 201);
    assert_eq!(ask(&client, &[("Upload-Concat", &format!("final;{at} {at} {at}"))]).await.status, 413);
    app.stop().await;
}

async fn pieces_may_be_given_up_when_they_are_joined(setup: Setup) {
    let app = setup.start().await;
    let client = app.client("all").await;
    let at = piece(&client, &noise(1, 100_000)).await;
    let made = ask(&client, &[("Upload-Concat", &format!("final;{at}"))]).await;
    assert_eq!(tus(&client, Method::DELETE, &at).ask().await.status, 204);
    assert!(content(&client, &made).await == noise(1, 100_000));
    is_sound(&app).await;
    app.stop().await;
}
